import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors";
import { type ChildResult, runChild } from "../process";
import type { Workspace } from "../workspace";

/** A revision of the repository, laid out beside it. */
export interface Revision {
  /** The folder with its files, ready to run. */
  readonly folder: string;
  readonly commit: string;
}

/**
 * Lays a revision's files out in a folder of the caller's. They come from an archive, so that nothing
 * of it stays in the repository whatever ends this command.
 *
 * @throws UserError where the repository has no such revision
 */
export async function layOut(workspace: Workspace, ref: string, into: string): Promise<Revision> {
  const { repository } = workspace;
  const commit = await commitOf(repository, ref);
  const folder = join(into, "revision");
  const archive = join(into, "revision.tar");
  mkdirSync(folder);
  await succeed(repository, "git", ["archive", "--format=tar", `--output=${archive}`, commit]);
  await succeed(repository, "tar", ["-xf", archive, "-C", folder]);
  rmSync(archive);
  await provideModules(repository, folder, ref);
  return { folder, commit };
}

/** The commit that a name means; a name that begins with `-` is none, so it is no option either. */
async function commitOf(repository: string, ref: string): Promise<string> {
  const inside = await run(repository, "git", ["rev-parse", "--git-dir"]);
  if (inside.code !== 0) {
    throw new UserError(
      `${repository} is no git repository, so there is no revision ${ref} to compare with.`,
      "Clone the repository, and run this in the clone.",
    );
  }
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const { code, stdout } = await run(repository, "git", args);
  if (code === 0) return stdout.trim();
  throw new UserError(
    `This repository has no revision "${ref}".`,
    "Give a branch, a tag or a commit. In a shallow clone, fetch it first: git fetch origin BRANCH.",
  );
}

/**
 * The engine alone runs in the folder, and only reads modules: ours serve wherever the revision asks
 * for the same ones.
 */
async function provideModules(repository: string, folder: string, ref: string): Promise<void> {
  const lock = (root: string): string | undefined => {
    const path = join(root, "package-lock.json");
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  if (lock(folder) === lock(repository)) {
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "dir");
    return;
  }
  const { code, stderr } = await run(folder, "npm", ["ci", "--ignore-scripts", "--no-audit"]);
  if (code === 0) return;
  throw new UserError(
    `The packages of revision ${ref} cannot be installed:\n${stderr.trim()}`,
    "Its package-lock.json is another one than this checkout's, so npm needs the network here.",
  );
}

async function succeed(cwd: string, program: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(cwd, program, args);
  if (code !== 0) throw new UserError(`${program} ${args[0] ?? ""} failed:\n${stderr.trim()}`);
}

function run(cwd: string, program: string, args: readonly string[]): Promise<ChildResult> {
  return runChild(program, args, { cwd, env: process.env });
}
