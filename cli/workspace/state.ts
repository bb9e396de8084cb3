import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { isAlive } from "../toolchain/lock";
import { projectName } from "./stacks";
import type { Workspace } from "./workspace";

/** A resource as the state has it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
}

interface StateFile {
  readonly checkpoint?: {
    readonly latest?: {
      readonly secrets_providers?: { readonly state?: { readonly salt?: string } };
      readonly resources?: readonly StateResource[];
    };
  };
}

/** Whether the workspace's backend knows the stack. */
export function hasState(workspace: Workspace, stack: string): boolean {
  return existsSync(stateFile(workspace, stack));
}

/** The stack's resources, none if there is no such stack. */
export function stateResources(workspace: Workspace, stack: string): readonly StateResource[] {
  return latest(workspace, stack)?.resources ?? [];
}

/** The salt that the stack's secrets are encrypted with; a new stack has none yet. */
export function stateSalt(workspace: Workspace, stack: string): string | undefined {
  return latest(workspace, stack)?.secrets_providers?.state?.salt;
}

/**
 * Removes locks of pulumi processes that were killed. Only to be called while the stack's own lock
 * is held: then no other command of ours runs pulumi on it.
 */
export function removeStaleLocks(workspace: Workspace, stack: string): void {
  const project = projectName(workspace);
  const folder = join(workspace.state, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
    const path = join(folder, name);
    const owner = JSON.parse(readFileSync(path, "utf8")) as { pid: number; hostname: string };
    if (owner.hostname === hostname() && !isAlive(owner.pid)) {
      rmSync(path);
      rmSync(`${path}.attrs`, { force: true });
    }
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

function latest(workspace: Workspace, stack: string) {
  if (!hasState(workspace, stack)) return undefined;
  return (JSON.parse(readState(workspace, stack)) as StateFile).checkpoint?.latest;
}

function stateFile(workspace: Workspace, stack: string): string {
  const folder = join(workspace.state, ".pulumi", "stacks", projectName(workspace));
  return join(folder, `${stack}.json`);
}
