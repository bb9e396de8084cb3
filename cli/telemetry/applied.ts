import type { TelemetrySettings } from "../../config/systems/telemetry";
import { type StateResource, stateResources, type Workspace } from "../workspace";

/** What an update of the stack has done so far. */
export interface Applied {
  /** The phase that the last update ended with; none when telemetry was never applied. */
  readonly phase: TelemetrySettings["phase"] | undefined;
  /** The Deployments of the old stack whose replicas the program owns, as `namespace/name`. */
  readonly patched: readonly string[];
}

interface WithOutputs extends StateResource {
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What has been applied to the embedded cluster, by the state in the workspace. */
export function appliedEmbedded(workspace: Workspace, stack: string): Applied {
  return appliedIn(stateResources(workspace, stack));
}

/** What has been applied to a real cluster, by what `pulumi stack export` writes. */
export function appliedReal(exported: string): Applied {
  const { deployment } = JSON.parse(exported) as {
    readonly deployment?: { readonly resources?: readonly WithOutputs[] | null };
  };
  return appliedIn(deployment?.resources ?? []);
}

function appliedIn(resources: readonly WithOutputs[]): Applied {
  const { outputs } = resources.find(({ type }) => type === "pulumi:pulumi:Stack") ?? {};
  return {
    phase: phaseOf(outputs?.telemetry),
    patched: resources
      .filter(({ type }) => type === "kubernetes:apps/v1:DeploymentPatch")
      .flatMap(({ id }) => id ?? []),
  };
}

/** The phase in the stack's output `telemetry`. */
export function phaseOf(output: unknown): TelemetrySettings["phase"] | undefined {
  if (typeof output !== "object" || output === null || !("phase" in output)) return undefined;
  const { phase } = output;
  return phase === "parallel" || phase === "cutover" ? phase : undefined;
}
