import type { Checkout, Ended } from "./checkout";
import { sound, type Standing, standingOf } from "./consistency";

/** However long it waits for a workload, an update that fails ends within this time. */
export const boundSeconds = 120;

let changes = 0;

/** A change that gives the API new pods, another one each time. */
export function changeApi(checkout: Checkout): void {
  changes += 1;
  checkout.set(["philotes", "api", "readTimeout"], `${String(15 + changes)}s`);
}

/** Something that stands in an update's way. */
export interface Hindrance {
  readonly begin: () => Promise<unknown>;
  /** Takes it back, also where it has only half begun. */
  readonly end: () => Promise<unknown>;
}

/** Does something while a hindrance is there, and takes it back whatever comes of that. */
export async function hindered<T>({ begin, end }: Hindrance, work: () => Promise<T>): Promise<T> {
  try {
    await begin();
    return await work();
  } finally {
    await end();
  }
}

/** What a command wrote that ended with this code; all of it is told where it ended with another one. */
export function endedWith(code: number, ended: Ended): Ended {
  if (ended.code === code) return ended;
  throw new Error(`It ended with ${String(ended.code)}, and not ${String(code)}:\n${ended.output}`);
}

/** An update that fails as it should: in time, in words, and with what to type next. */
export async function failingUpdate(
  checkout: Checkout,
  words: readonly (string | RegExp)[],
  ...args: readonly string[]
): Promise<Ended> {
  const ended = endedWith(1, await checkout.run("up", ...args));
  expect(ended.seconds).toBeLessThan(boundSeconds);
  for (const word of words) expect(ended.output).toMatch(word);
  expect(ended.output).not.toMatch(/Unexpected:|^panic|^\s+at .*:\d+:\d+/m);
  return ended;
}

/** An update that has gone on where another one stopped. */
export interface Recovery extends Ended {
  readonly standing: Standing;
}

/** The update that follows once the cause is gone: it ends well, and all is as if nothing had been. */
export async function recovery(
  checkout: Checkout,
  before: Standing | undefined,
  ...args: readonly string[]
): Promise<Recovery> {
  const ended = endedWith(0, await checkout.run("up", ...args));
  const after = await standingOf(checkout);
  expect(after).toMatchObject(sound);
  // What was there before is the same object still, with the same values.
  expect(after.objects).toMatchObject(before?.objects ?? {});
  expect(after.secrets).toMatchObject(before?.secrets ?? {});
  expect(after.passwords).toEqual(expect.arrayContaining([...(before?.passwords ?? [])]));
  endedWith(0, await checkout.run("preview", "--expect-no-changes"));
  return { ...ended, standing: after };
}

/** The longest of some updates, in words. */
export function longest(all: readonly Ended[]): string {
  return `${Math.max(...all.map(({ seconds }) => seconds)).toFixed(1)} s`;
}
