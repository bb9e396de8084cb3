import { join } from "node:path";

import { type ChildResult, runChild } from "../process";
import { ensureToolchain } from "../toolchain";
import type { Workspace } from "../workspace";
import type { RunPulumi } from "./lock";

/** Runs another command of ours as its own process and shows what it says; gives its exit code. */
export async function runCommand(
  { repository }: Workspace,
  args: readonly string[],
): Promise<number> {
  const all = [join(repository, "cli", "platform.mjs"), ...args];
  const { code } = await runChild(process.execPath, all, {
    ...{ cwd: repository, env: process.env, show: true },
  });
  return code;
}

/** pulumi with the backend that the environment names. */
export async function usersPulumi({ repository }: Workspace): Promise<RunPulumi> {
  const { pulumi } = await ensureToolchain({ only: "engine" });
  return (args): Promise<ChildResult> =>
    runChild(pulumi, ["--non-interactive", ...args], { cwd: repository, env: process.env });
}
