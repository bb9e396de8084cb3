import { UserError } from "../errors";
import type { Target } from "../target";
import { appliedEmbedded, type Applied, appliedReal } from "./applied";
import { liveObjects } from "./live";
import { preflight } from "./preflight";

/** Refuses a phase of the telemetry stack that is not due or would fail, before pulumi begins. */
export async function checkPhases(target: Target, today: string): Promise<void> {
  const { stack, settings, kind, kubectl } = target;
  const { enabled, legacy, phase } = settings.telemetry;
  const live =
    !enabled || legacy === undefined || kind === "none"
      ? undefined
      : await liveObjects(kubectl, legacy.namespace, ["deployments.apps"]);
  const { refusals, notices } = preflight({
    settings: settings.telemetry,
    today,
    applied: await appliedTo(target),
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

/** Without a cluster the state is an empty one; what is kept tells what would be there. */
async function appliedTo(target: Target): Promise<Applied> {
  if (target.kind !== "real") return appliedEmbedded(target.workspace, target.stack);
  const { stdout } = await target.operate("stack", ["export"]);
  return appliedReal(stdout);
}

function listed(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}`).join("\n");
}
