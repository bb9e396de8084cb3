import { ownsLegacy } from "../../config/systems/telemetry";
import type { PlannedResource, ResourceState } from "./model";

/** What is read of `platform:telemetry` in a stack file, which may be of a revision with other rules. */
interface Said {
  readonly enabled?: boolean;
  readonly phase?: "parallel" | "cutover";
  readonly cutoverOn?: string;
  readonly legacy?: {
    readonly namespace: string;
    readonly deployments?: readonly { readonly name: string; readonly replicas: number }[];
  };
}

/**
 * What becomes of the old telemetry stack's Deployments between two revisions, by the settings of both.
 * A rendering leaves their patches out, because the provider would need the objects that they patch; yet
 * a cut-over stops pods, and who reviews it has to see that. As the component `Legacy` declares them.
 */
export function legacyPatches(stack: string, before: unknown, after: unknown): PlannedResource[] {
  const [was, is] = [before, after].map((said) => statesOf(stack, said));
  const urns = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort();
  return urns.map((urn) => {
    const [old, next] = [was?.get(urn), is?.get(urn)];
    return {
      ...{ urn, type, operation: operationOf(old, next), replacedFor: [] },
      ...(old === undefined ? {} : { before: old }),
      ...(next === undefined ? {} : { after: next }),
    };
  });
}

const type = "kubernetes:apps/v1:DeploymentPatch";

/** The patches that a revision declares, by their URN. */
function statesOf(stack: string, telemetry: unknown): ReadonlyMap<string, ResourceState> {
  const { enabled = true, phase = "parallel", cutoverOn, legacy } = (telemetry ?? {}) as Said;
  const owned = ownsLegacy({ phase, cutoverOn });
  if (!enabled || !owned || legacy === undefined) return new Map();
  const parent = `urn:pulumi:${stack}::platform::platform:systems:Telemetry$platform:systems:Legacy`;
  return new Map(
    (legacy.deployments ?? []).map(({ name, replicas }) => {
      const urn = `${parent}$${type}::telemetry-legacy-${name}`;
      const inputs = {
        ...{ apiVersion: "apps/v1", kind: "Deployment" },
        metadata: { name, namespace: legacy.namespace },
        spec: { replicas: phase === "cutover" ? 0 : replicas },
      };
      const state = { urn, type, protect: false, retainOnDelete: true, inputs, outputs: {} };
      return [urn, state] as const;
    }),
  );
}

function operationOf(
  before: ResourceState | undefined,
  after: ResourceState | undefined,
): PlannedResource["operation"] {
  if (before === undefined) return "create";
  if (after === undefined) return "delete";
  return JSON.stringify(before.inputs) === JSON.stringify(after.inputs) ? "same" : "update";
}
