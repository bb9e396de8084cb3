import { UserError } from "../errors";
import { hasLockFiles, type Holder, holdersOf, releaseLocks, type RunPulumi } from "./lock";
import type { Owner } from "./run-host";

/** How far the clocks of a runner and of GitHub may be apart. */
const clockSkewMs = 5 * 60_000;

/** What became of a lock, in words. */
export type Unlocked = "no lock" | "released" | "the backend releases locks by itself";

/**
 * Releases the lock of a stack if it was left by a job of ours that is over.
 *
 * @throws UserError that names who holds it, where it is anybody else
 */
export async function unlock(
  stack: string,
  pulumi: RunPulumi,
  ownerOf: (holder: Holder) => Promise<Owner | undefined>,
): Promise<Unlocked> {
  if (!(await hasLockFiles(pulumi))) return "the backend releases locks by itself";
  const holders = await holdersOf(pulumi, stack);
  if (holders.length === 0) return "no lock";
  for (const holder of holders) {
    const why = whyNot(holder, await ownerOf(holder));
    if (why !== undefined) throw notReleased(stack, holder, why);
  }
  // While a lock is there nobody else gets one, so that these are all.
  await releaseLocks(pulumi, stack);
  return "released";
}

/** Why the lock of a holder is not released; undefined where a job of ours left it behind. */
export function whyNot({ since }: Holder, owner: Owner | undefined): string | undefined {
  if (owner === undefined) return "that is no job of ours that applies this stack";
  const at = since.getTime();
  const { page, until } = owner;
  const before = at < owner.since.getTime() - clockSkewMs;
  if (before || (until !== undefined && at > until.getTime() + clockSkewMs)) {
    return `it was not taken while the job ran that has this name: ${page}`;
  }
  return until === undefined ? `the job is under way: ${page}` : undefined;
}

function notReleased(stack: string, { user, host, pid, since }: Holder, why: string): UserError {
  return new UserError(
    `Stack ${stack} is locked by ${user}@${host} (pid ${pid}) since ${since.toISOString()}, and ${why}.`,
    `Nothing was released. Ask them; if that process is no more: pulumi cancel ${stack}`,
  );
}
