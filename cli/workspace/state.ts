import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

import { isAlive } from "../toolchain/lock";
import { projectName } from "./stacks";
import { type PendingCreation, readCheckpoint, stateFile, type StateResource } from "./state-file";
import type { Workspace } from "./workspace";

/** Whether the workspace's backend knows the stack. */
export function hasState(workspace: Workspace, stack: string): boolean {
  return existsSync(stateFile(workspace, stack));
}

/** The stack's resources, none if there is no such stack. */
export function stateResources(workspace: Workspace, stack: string): readonly StateResource[] {
  return readCheckpoint(workspace, stack)?.latest?.resources ?? [];
}

/** The salt that the stack's secrets are encrypted with; a new stack has none yet. */
export function stateSalt(workspace: Workspace, stack: string): string | undefined {
  return readCheckpoint(workspace, stack)?.latest?.secrets_providers?.state?.salt;
}

/** What an update was making when it was cut off; nobody knows whether it was made. */
export function pendingCreations(workspace: Workspace, stack: string): readonly PendingCreation[] {
  const pending = readCheckpoint(workspace, stack)?.latest?.pending_operations ?? [];
  return pending.filter(({ type }) => type === "creating").map(({ resource }) => resource);
}

/** A process that works on a stack, by the lock that pulumi keeps for it. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly user: string;
  readonly since: string;
  /** The file that is its lock. */
  readonly file: string;
}

/**
 * Removes locks of pulumi processes that were killed, and tells whose are left. Only to be called while
 * the stack's own lock is held: then no other command of ours is at work, but a pulumi may be that has
 * outlived its command.
 */
export function removeStaleLocks(workspace: Workspace, stack: string): readonly LockHolder[] {
  const project = projectName(workspace);
  const folder = join(workspace.state, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.flatMap((name) => {
    const file = join(folder, name);
    const holder = holderIn(file);
    const isLeft = holder !== undefined && (holder.host !== hostname() || isAlive(holder.pid));
    if (isLeft) return [holder];
    rmSync(file, { force: true });
    rmSync(`${file}.attrs`, { force: true });
    return [];
  });
}

/**
 * Removes what a killed pulumi was writing beside the stack's state. The storage keeps a description of
 * each file that it does not write in one go: an empty one keeps pulumi ("failed to load checkpoint: EOF")
 * from a state that is whole, and none at all is as good as any. To be called when no pulumi is at work.
 */
export function removeHalfWritten(workspace: Workspace, stack: string): void {
  const file = stateFile(workspace, stack);
  const folder = dirname(file);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(file)}.`)) continue;
    const path = join(folder, name);
    const cutShort = name.endsWith(".attrs") && !isJson(readFileSync(path, "utf8"));
    if (cutShort || name.endsWith(".tmp")) rmSync(path, { force: true });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Undefined where pulumi has just given it back, or died before it was written. */
function holderIn(file: string): LockHolder | undefined {
  try {
    const {
      pid,
      hostname: host,
      username,
      timestamp,
    } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly pid: number;
      readonly hostname: string;
      readonly username: string;
      readonly timestamp: string;
    };
    return { pid, host, user: username, since: timestamp, file };
  } catch {
    return undefined;
  }
}

/** What names a resource to people: its type and its name, `kubernetes:core/v1:Namespace demo`. */
export function describeResource({ urn, type, id }: StateResource): string {
  const name = urn.slice(urn.lastIndexOf("::") + 2);
  // The id of a Kubernetes object is what kubectl calls it. Ids of others, a password's for one, can
  // be the value itself.
  return `${type} ${type.startsWith("kubernetes:") && id !== undefined ? id : name}`;
}

/** The text of the stack's state, in which secrets are encrypted. */
export function readState(workspace: Workspace, stack: string): string {
  return readFileSync(stateFile(workspace, stack), "utf8");
}
