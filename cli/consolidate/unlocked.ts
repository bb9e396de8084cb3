import { refusedExit } from "../adopt";
import { hasLockFiles, holdersOf, type RunPulumi } from "../ci/lock";
import { UserError } from "../errors";
import { ChildFailure, runChild } from "../process";
import type { Target } from "../target";
import { pulumi, withoutTsNode } from "../workspace";

/**
 * Refuses while an update is at work on the stack: one that outlived the command which had begun it, or a
 * colleague's, would bring ours up beside what is started again, two servers on one volume.
 */
export async function requireUnlocked(target: Target): Promise<void> {
  const run = runnerOf(target);
  if (!(await hasLockFiles(run))) return;
  const holders = await holdersOf(run, target.stack);
  if (holders.length === 0) return;
  const names = holders.map(
    ({ user, host, pid, since }) =>
      `${user}@${host}, process ${String(pid)}, since ${since.toISOString()}`,
  );
  throw new UserError(
    `Somebody works on stack ${target.stack}: ${names.join("; ")}.`,
    `Wait for its end. If that process is no more, release the lock: pulumi cancel ${target.stack}`,
    refusedExit,
  );
}

function runnerOf({ workspace, tools, session }: Target): RunPulumi {
  return async (args) => {
    if (session === undefined) {
      const options = { cwd: workspace.repository, env: withoutTsNode(process.env) };
      return runChild(tools.pulumi, ["--non-interactive", ...args], options);
    }
    try {
      return await pulumi(session.context, args);
    } catch (error) {
      if (!(error instanceof ChildFailure)) throw error;
      return { code: error.exitCode, stdout: error.output, stderr: "" };
    }
  };
}
