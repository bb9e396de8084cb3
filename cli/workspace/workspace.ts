import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import { isAlive, withLock } from "../toolchain/lock";

/** Where our commands keep what is not committed: state, passphrase, clusters. */
export interface Workspace {
  /** The folder of the program, which none of our commands writes to. */
  readonly repository: string;
  /** Ours alone, mode 0700, because state files are readable for all. */
  readonly base: string;
  /** Pulumi's file backend. */
  readonly state: string;
  readonly passphrase: string;
  /** The derived stack files. */
  readonly stacks: string;
  /** What lives no longer than one command. */
  readonly tmp: string;
  readonly clusters: string;
}

/** Where {@link openWorkspace} looks. */
export interface WorkspaceOptions {
  /** @default the folder that this file's package is in */
  readonly repository?: string;
  /** @default the environment variable PLATFORM_DIR, else `.platform` in the repository */
  readonly base?: string;
}

/** The workspace, with its folders made and leftovers of commands that were killed removed. */
export function openWorkspace(options: WorkspaceOptions = {}): Workspace {
  const repository = options.repository ?? resolve(__dirname, "../..");
  const elsewhere = process.env.PLATFORM_DIR;
  const standard = elsewhere === undefined || elsewhere === "" ? ".platform" : elsewhere;
  const base = resolve(repository, options.base ?? standard);
  const workspace: Workspace = {
    repository,
    base,
    state: join(base, "state"),
    passphrase: join(base, "passphrase"),
    stacks: join(base, "stacks"),
    tmp: join(base, "tmp"),
    clusters: join(base, "clusters"),
  };
  for (const folder of [base, workspace.state, workspace.stacks, workspace.tmp]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  sweep(workspace.tmp);
  return workspace;
}

/**
 * Does something with a folder of its own, which is gone afterwards whatever happens. Pulumi's
 * Kubernetes provider leaves files with credentials in the temporary folder.
 */
export async function withTemporaryFolder<T>(
  workspace: Workspace,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(workspace.tmp, `${process.pid}-`));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.on("exit", remove);
  try {
    return await work(folder);
  } finally {
    process.off("exit", remove);
    remove();
  }
}

/** Does something while no other process does anything with this stack. */
export function withStackLock<T>(
  workspace: Workspace,
  stack: string,
  work: () => Promise<T>,
  onWait?: (owner: string) => void,
): Promise<T> {
  const path = join(workspace.base, "locks", `stack-${stack}`);
  return withLock(path, work, onWait === undefined ? {} : { onWait });
}

/** Removes the temporary folders of processes that are no more. */
function sweep(tmp: string): void {
  for (const name of readdirSync(tmp)) {
    const pid = Number.parseInt(name, 10);
    if (!isAlive(pid)) rmSync(join(tmp, name), { recursive: true, force: true });
  }
}
