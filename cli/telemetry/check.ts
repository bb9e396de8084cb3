import { clusterPaths, kubectl } from "../cluster";
import { UserError } from "../errors";
import type { Session } from "../session";
import { readSettings, type Workspace } from "../workspace";
import { appliedEmbedded } from "./applied";
import { liveObjects } from "./live";
import { preflight } from "./preflight";

/**
 * Refuses a phase of the telemetry stack that is not due or would fail, before pulumi begins.
 * `workspace` is the one that is kept: a session without a cluster has an empty one.
 */
export async function checkPhases(
  workspace: Workspace,
  { stack, tools, cluster }: Pick<Session, "stack" | "tools" | "cluster">,
  today: string,
): Promise<void> {
  const { telemetry } = readSettings(workspace, stack);
  const { enabled, legacy, phase } = telemetry;
  const live =
    !enabled || legacy === undefined || cluster === undefined
      ? undefined
      : await liveObjects(
          (args) => kubectl(tools.kubectl, clusterPaths(workspace, stack), args),
          legacy.namespace,
          ["deployments.apps"],
        );
  const { refusals, notices } = preflight({
    settings: telemetry,
    today,
    applied: appliedEmbedded(workspace, stack),
    live,
  });
  if (refusals.length > 0) {
    throw new UserError(
      `Stack ${stack} cannot be in phase ${phase} of its telemetry:\n${listed(refusals)}`,
    );
  }
  if (notices.length > 0) {
    console.error(`A cut-over of stack ${stack} would be refused as it is:\n${listed(notices)}`);
  }
}

function listed(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}`).join("\n");
}
