import { existsSync, readFileSync } from "node:fs";

import { UserError } from "../errors";
import { runChild } from "../process";
import type { Workspace } from "../workspace/workspace";
import { serverOf } from "./kubeconfig";
import { clusterPaths } from "./names";

/**
 * Refuses a context that the user's kubeconfig does not have, and one that is the embedded cluster:
 * its pods are simulated.
 */
export async function requireRealCluster(
  workspace: Workspace,
  kubectl: string,
  stack: string,
  context: string,
  onEmbedded = "On the embedded cluster there is nothing to open: its pods are simulated.",
): Promise<void> {
  const args = ["config", "view", "--minify", "--context", context, "-o", "json"];
  const { code, stdout } = await runChild(kubectl, args, {
    cwd: workspace.repository,
    env: process.env,
  });
  if (code !== 0) {
    throw new UserError(
      `Your kubeconfig has no context "${context}", which stack ${stack} is applied to.`,
      `Set KUBECONFIG, or platform:cluster.context of the stack. ${onEmbedded}`,
    );
  }
  const { kubeconfig } = clusterPaths(workspace, stack);
  const embedded = existsSync(kubeconfig) ? serverOf(readFileSync(kubeconfig, "utf8")) : undefined;
  if (embedded !== undefined && serverOf(stdout) === embedded) {
    throw new UserError(
      `Context "${context}" is the embedded cluster.`,
      `Unset KUBECONFIG, or set it to that of a real cluster. ${onEmbedded}`,
    );
  }
}
