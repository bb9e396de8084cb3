import type { Side } from "./model";
import { median } from "./statistics";

/** One side of a comparison; gives how long it took, in milliseconds. */
export interface Turn {
  readonly name: string;
  readonly run: () => Promise<number>;
}

/**
 * Runs the sides in turns, so that whatever else the machine does falls on all of them. A round that
 * warms the caches comes first and does not count, where that is asked for.
 */
export async function inTurns(
  turns: readonly Turn[],
  runs: number,
  {
    warm = true,
    onRound,
  }: { readonly warm?: boolean; readonly onRound?: (round: number) => void } = {},
): Promise<Side[]> {
  const seconds = new Map<string, number[]>(turns.map(({ name }) => [name, []]));
  for (let round = warm ? 0 : 1; round <= runs; round += 1) {
    onRound?.(round);
    for (const { name, run } of turns) {
      const ms = await run();
      if (round > 0) seconds.get(name)?.push(ms / 1000);
    }
  }
  return [...seconds].map(([name, all]) => ({ name, seconds: median(all), runs: all }));
}

/** Milliseconds that something takes. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The time of one side as a multiple of another's. */
export function ratioOf(sides: readonly Side[], name: string, to: string): number {
  const of = (wanted: string): number =>
    sides.find((side) => side.name === wanted)?.seconds ?? Number.NaN;
  return of(name) / of(to);
}
