/**
 * How often a proof is repeated: all trials under `npm run proof`, a reduced number where it runs as one
 * layer of the tests among others. Both hold the same claim.
 */
export function trials(number: { readonly reduced: number; readonly full: number }): number {
  return process.env.PLATFORM_TRIALS === "full" ? number.full : number.reduced;
}
