import { join } from "node:path";

import { clusterPaths, requireRealCluster, runningCluster } from "../cluster";
import { UserError } from "../errors";
import { ChildFailure, runChild } from "../process";
import type { Kubectl } from "../restore/cluster";
import type { Toolchain } from "../toolchain";
import type { Workspace } from "../workspace";

export interface TargetOptions {
  readonly workspace: Workspace;
  readonly tools: Toolchain;
  readonly stack: string;
  /** The context that the stack is applied to. */
  readonly context: string;
  readonly embedded: boolean;
}

/** The cluster of a stack: the embedded one, or the one of the stack's context in your kubeconfig. */
export async function clusterOf(options: TargetOptions): Promise<Kubectl> {
  const { workspace, tools, stack, context, embedded } = options;
  const run = async (
    env: NodeJS.ProcessEnv,
    args: readonly string[],
    input?: string,
  ): Promise<string> => {
    const given = input === undefined ? {} : { input };
    const { code, stdout, stderr } = await runChild(tools.kubectl, args, {
      cwd: workspace.repository,
      env,
      ...given,
    });
    if (code !== 0) throw new ChildFailure(`kubectl ${args[0] ?? ""}`, code, stderr);
    return stdout;
  };
  if (!embedded) {
    const otherwise = "For the embedded cluster, give --embedded.";
    await requireRealCluster(workspace, tools.kubectl, stack, context, otherwise);
    return (args, input) => run(process.env, ["--context", context, ...args], input);
  }
  if ((await runningCluster(workspace, tools, stack)) === undefined) {
    throw new UserError(
      `The embedded cluster of stack ${stack} does not run.`,
      `Start it: npm run up -- --stack ${stack}`,
    );
  }
  const { kubeconfig, folder } = clusterPaths(workspace, stack);
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, "cache") };
  return (args, input) => run(env, args, input);
}
