import {
  clusterPaths,
  type Kubectl,
  kubectlOfEmbedded,
  kubectlOfUser,
  requireRealCluster,
  runningCluster,
} from "../cluster";
import { UserError } from "../errors";
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
  if (!embedded) {
    const otherwise = "For the embedded cluster, give --embedded.";
    await requireRealCluster(workspace, tools.kubectl, stack, context, otherwise);
    return kubectlOfUser(tools.kubectl, context);
  }
  if ((await runningCluster(workspace, tools, stack)) === undefined) {
    throw new UserError(
      `The embedded cluster of stack ${stack} does not run.`,
      `Start it: npm run up -- --stack ${stack}`,
    );
  }
  return kubectlOfEmbedded(tools.kubectl, clusterPaths(workspace, stack));
}
