import { UserError } from "../errors";
import { ChildFailure, type ChildResult } from "../process";

/** Who holds the lock of a stack, as pulumi wrote it down. */
export interface Holder {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  readonly since: Date;
}

/** Runs pulumi in the program's folder, with the user's own backend. */
export type RunPulumi = (args: readonly string[]) => Promise<ChildResult>;

const line = /: created by (.+)@([^@\s]+) \(pid (\d+)\) at (\S+)$/gm;

/**
 * The holders that pulumi names when it refuses to work on a stack that is locked; none where it says
 * nothing of a lock.
 *
 * @throws UserError where it names fewer than there are
 */
export function holdersIn(output: string): Holder[] {
  const count = Number(/currently locked by (\d+) lock\(s\)/.exec(output)?.[1] ?? 0);
  const holders = [...output.matchAll(line)].map(([, user = "", host = "", pid, since = ""]) => ({
    ...{ user, host },
    pid: Number(pid),
    since: new Date(since),
  }));
  const known = holders.filter(({ since }) => !Number.isNaN(since.getTime()));
  if (count === known.length) return known;
  throw new UserError(
    `The stack has ${count} locks, and pulumi tells of ${known.length} who holds them.`,
    "Look at them yourself; `pulumi cancel` releases all of them.",
  );
}

/**
 * Who holds the lock of a stack. Pulumi has no command that tells; it is asked to give the stack the
 * name that it has, for which it takes the lock first and then always refuses and gives it back, so
 * that nothing is changed either way. Should it die in between, the lock is that of whoever asked: a
 * job has its own host name by then.
 */
export async function holdersOf(pulumi: RunPulumi, stack: string): Promise<readonly Holder[]> {
  const { code, stdout, stderr } = await pulumi(["stack", "rename", stack, "--stack", stack]);
  const output = `${stdout}${stderr}`;
  if (code === 0) throw new Error(`pulumi has renamed stack ${stack} to the name that it had.`);
  if (/a stack named \S+ already exists/.test(output)) return [];
  // Nothing is there yet that could be locked.
  if (/no stack named \S+ found/.test(output)) return [];
  const holders = holdersIn(output);
  if (holders.length > 0) return holders;
  throw new ChildFailure("pulumi", code, output);
}

/** Whether the backend keeps locks as files. Pulumi's service takes them back by itself. */
export async function hasLockFiles(pulumi: RunPulumi): Promise<boolean> {
  const { code, stdout, stderr } = await pulumi(["whoami", "--json"]);
  if (code !== 0) throw new ChildFailure("pulumi", code, `${stdout}${stderr}`);
  const { url = "" } = JSON.parse(stdout) as { url?: string };
  return !/^https?:/.test(url);
}

/** Releases every lock of a stack. */
export async function releaseLocks(pulumi: RunPulumi, stack: string): Promise<void> {
  const { code, stdout, stderr } = await pulumi(["cancel", stack, "--yes"]);
  if (code !== 0) throw new ChildFailure("pulumi", code, `${stdout}${stderr}`);
}
