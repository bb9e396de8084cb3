import type { Checkout } from "./checkout";
import { sound, standingOf } from "./consistency";
import { endedWith } from "./hindrance";
import { changedSince, type Snapshot, snapshotOf } from "./snapshot";

/** Nothing has drifted any more, and nobody has written to any object but these. Gives all as they are now. */
export async function isMended(
  checkout: Checkout,
  before: Snapshot,
  mended: readonly string[],
): Promise<Snapshot> {
  endedWith(0, await checkout.run("drift"));
  expect(await standingOf(checkout)).toMatchObject(sound);
  const after = await snapshotOf(checkout);
  expect(changedSince(before, after).filter((name) => !mended.includes(name))).toEqual([]);
  return after;
}
