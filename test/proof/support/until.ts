import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something is so, and fails where it is not within a time. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  withinMs = 180_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > end) {
      throw new Error(`Not within ${String(withinMs / 1000)} s: ${isSo.toString()}`);
    }
    await sleep(10);
  }
}
