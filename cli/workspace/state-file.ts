import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors";
import { projectName } from "./stacks";
import type { Workspace } from "./workspace";

/** A resource as the state has it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
}

/** What an update was making when it was cut off. */
export interface PendingCreation extends StateResource {
  readonly inputs?: { readonly metadata?: { readonly name?: string; readonly namespace?: string } };
}

/** What the file backend keeps of a stack. */
export interface Checkpoint {
  readonly latest?: {
    readonly manifest?: { readonly time?: string };
    readonly secrets_providers?: { readonly state?: { readonly salt?: string } };
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly {
      readonly type: string;
      readonly resource: PendingCreation;
    }[];
  };
}

/** A stack's state in the workspace's backend. */
export function stateFile(workspace: Workspace, stack: string): string {
  return join(workspace.state, ".pulumi", "stacks", projectName(workspace), `${stack}.json`);
}

/**
 * The stack's checkpoint; undefined where the backend does not know the stack.
 *
 * @throws UserError where the file is broken, or gone while copies of it are there: to go on would make
 * everything a second time, with other passwords
 */
export function readCheckpoint(workspace: Workspace, stack: string): Checkpoint | undefined {
  const file = stateFile(workspace, stack);
  const text = textOf(file);
  const whole = text === undefined ? undefined : checkpointIn(text);
  if (whole !== undefined) return whole;
  const [newest] = copiesOf(workspace, stack);
  if (text === undefined) {
    if (newest === undefined) return undefined;
    throw new UserError(
      `The state of stack ${stack} is gone, and there are copies of it: ${file} is missing. Nothing ` +
        "was changed.",
      recovery(workspace, stack, newest),
    );
  }
  throw new UserError(
    `The state of stack ${stack} is broken: ${file} is not the JSON that Pulumi wrote, or only a ` +
      `part of it (${text.length} bytes). Nothing was changed.`,
    recovery(workspace, stack, newest),
  );
}

/** A copy of a state that is whole. */
interface Copy {
  readonly path: string;
  readonly time: string;
  readonly resources: number;
}

/** Those that Pulumi keeps: the file before its last change, and one of the end of each update. */
function copiesOf(workspace: Workspace, stack: string): readonly Copy[] {
  const file = stateFile(workspace, stack);
  const folder = join(workspace.state, ".pulumi", "backups", projectName(workspace), stack);
  const ends = existsSync(folder) ? readdirSync(folder).filter((it) => it.endsWith(".json")) : [];
  return [...ends.map((name) => join(folder, name)), `${file}.bak`]
    .flatMap((path) => {
      const latest = checkpointIn(textOf(path) ?? "")?.latest;
      const time = latest?.manifest?.time;
      if (time === undefined) return [];
      return [{ path, time, resources: latest?.resources?.length ?? 0 }];
    })
    .sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
}

function recovery(workspace: Workspace, stack: string, copy: Copy | undefined): string {
  const page = 'docs/RUNBOOKS.md, "Broken state", says more.';
  if (copy === undefined) {
    return (
      `There is no whole copy of it. Start anew: remove ${workspace.base} (what is on the embedded ` +
      `clusters is simulated and goes with it). ${page}`
    );
  }
  return [
    `The newest copy that is whole is of ${copy.time}, with ${copy.resources} resources. Take it, and ` +
      "look at the cluster in the next update:",
    `  cp ${quoted(copy.path)} ${quoted(stateFile(workspace, stack))}`,
    `  npm run up -- --stack ${stack} --refresh`,
    page,
  ].join("\n");
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Undefined where there is no such file. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Undefined where the text is not what Pulumi writes. */
function checkpointIn(text: string): Checkpoint | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { checkpoint } = (content ?? {}) as { checkpoint?: unknown };
  return typeof checkpoint === "object" && checkpoint !== null ? checkpoint : undefined;
}
