/**
 * How often a proof is repeated, or with what: all trials under `npm run proof`, a reduced number where it runs as one
 * layer of the tests among others. Both hold the same claim.
 */
export function trials<T>(choice: { readonly reduced: T; readonly full: T }): T {
  return process.env.PLATFORM_TRIALS === "full" ? choice.full : choice.reduced;
}
