import type { FaultMavenSettings, LegacySettings } from "../../config/systems/faultmaven";
import { helmMarks } from "../helm";
import {
  type Api,
  type Deployment,
  type EndpointSlice,
  kinds,
  type KubernetesObject,
  type Of,
  type Pod,
  type ReplicaSet,
} from "../kubernetes";
import type { Kind } from "../kubernetes";
import { gitOpsOwner } from "../telemetry/gitops";
import { orphansOf, type Server, usesOf } from "./belongings";
import { isPaused, marks, replicasBefore } from "./marks";
import type { Autoscaler, Old, Situation, Standing, Successor } from "./model";

/** KEDA's object, as far as it is of concern here. */
export type ScaledObject = Of<{
  spec?: { scaleTargetRef?: { kind?: string; name?: string } };
}>;

/** Served where KEDA is. */
export const scaledObjects = {
  apiVersion: "keda.sh/v1alpha1",
  kind: "ScaledObject",
} as Kind<ScaledObject>;

/** FaultMaven as a stack says it, with what it takes over from. */
export type Retiring = Pick<FaultMavenSettings, "enabled" | "namespace" | "live"> & {
  readonly legacy: LegacySettings;
};

/** Looks at the old Deployments, at what hangs on them, and at FaultMaven. Changes nothing. */
export async function look(api: Api, faultmaven: Retiring, at: Date): Promise<Situation> {
  const { namespace, deployments: names, keepDays } = faultmaven.legacy;
  const here = { namespace };
  const [deployments, statefulSets, services, ingresses, replicaSets, pods, hpas, scaled] =
    await Promise.all([
      api.list(kinds.deployments, here),
      api.list(kinds.statefulSets, here),
      api.list(kinds.services, here),
      api.list(kinds.ingresses, here),
      api.list(kinds.replicaSets, here),
      api.list(kinds.pods, here),
      api.list(kinds.horizontalPodAutoscalers, here),
      api.list(scaledObjects, here),
    ]);
  const servers: readonly Server[] = [...deployments, ...statefulSets];
  const old = names.map((name): Old => {
    const found = deployments.find(({ metadata }) => metadata.name === name);
    if (found === undefined) return missing(name);
    const autoscalers: readonly Autoscaler[] = [
      ...hpas
        .filter(({ spec }) => isTarget(spec?.scaleTargetRef, name))
        // KEDA makes one of its own for each ScaledObject.
        .filter(
          ({ metadata }) => !metadata.ownerReferences?.some((it) => it.kind === "ScaledObject"),
        )
        .map(({ metadata }) => ({
          kind: "HorizontalPodAutoscaler" as const,
          name: metadata.name,
          paused: false,
        })),
      ...scaled
        .filter(({ spec }) => isTarget(spec?.scaleTargetRef, name))
        .map((object) => ({
          kind: "ScaledObject" as const,
          name: object.metadata.name,
          paused: isPaused(object),
        })),
    ];
    const own = podsOf(found, replicaSets, pods);
    return {
      ...stateOf(found, own.length),
      autoscalers,
      orphans: orphansOf(found, names, { servers, services, ingresses }),
      uses: usesOf(found),
    };
  });
  return { namespace, keepDays, at, old, successor: await successorSeen(api, faultmaven) };
}

/** A target without a kind is a Deployment to KEDA. */
export function isTarget(
  target: { readonly kind?: string; readonly name?: string } | undefined,
  name: string,
): boolean {
  return (target?.kind ?? "Deployment") === "Deployment" && target?.name === name;
}

/** The pods of a Deployment that are there still, those that end too. */
export function podsOf(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
  pods: readonly Pod[],
): readonly Pod[] {
  const isOf = ({ metadata }: KubernetesObject, owner: KubernetesObject): boolean =>
    (metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.metadata.uid);
  const sets = replicaSets.filter((set) => isOf(set, deployment));
  return pods.filter((pod) => sets.some((set) => isOf(pod, set)));
}

function missing(name: string): Old {
  return {
    ...{ name, standing: "missing", replicas: undefined, pods: 0, isPulumis: false },
    ...{ autoscalers: [], orphans: [], uses: [] },
  };
}

function stateOf(
  deployment: Deployment,
  pods: number,
): Omit<Old, "autoscalers" | "orphans" | "uses"> {
  const { name, labels = {}, annotations = {} } = deployment.metadata;
  const replicas = deployment.spec?.replicas ?? 1;
  const before = replicasBefore(deployment);
  const since = annotations[marks.since];
  const until = annotations[marks.until];
  const owner = gitOpsOwner(deployment) ?? helmOwner(annotations[helmMarks.name]);
  return {
    ...{ name, replicas, pods, standing: standingOf(replicas, pods, before) },
    ...(before === undefined ? {} : { before }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(owner === undefined ? {} : { owner }),
    isPulumis: labels["app.kubernetes.io/managed-by"] === "pulumi",
  };
}

function standingOf(replicas: number, pods: number, before: number | undefined): Standing {
  if (before === undefined) return replicas === 0 ? "idle" : "running";
  if (replicas > 0) return "returning";
  return pods > 0 ? "stopping" : "retired";
}

function helmOwner(release: string | undefined): Old["owner"] {
  if (release === undefined) return undefined;
  return {
    owner: `Helm's release "${release}"`,
    mend: "see to it that nobody upgrades it or rolls it back",
  };
}

/** The API server writes an empty list as null, which the library's type does not have. */
interface Sliced {
  readonly endpoints?: EndpointSlice["endpoints"] | null;
}

/** What cannot be asked has not taken over; the way back is open all the same. */
async function successorSeen(api: Api, faultmaven: Retiring): Promise<Successor> {
  try {
    return await successorIn(api, faultmaven);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ready: false, evidence: why.replace(/\.$/, "") };
  }
}

/** Whether the live track is ready and reached. The track beside it has no users, and does not count. */
async function successorIn(api: Api, { enabled, namespace, live }: Retiring): Promise<Successor> {
  if (!enabled) return { ready: false, evidence: "platform:faultmaven.enabled is false" };
  const name = `faultmaven-${live}`;
  const [deployment, slices] = await Promise.all([
    api.read(kinds.deployments, name, namespace),
    api.list(kinds.endpointSlices, {
      namespace,
      selector: "kubernetes.io/service-name=faultmaven",
    }),
  ]);
  if (deployment === undefined) {
    return { ready: false, evidence: `there is no Deployment ${namespace}/${name}` };
  }
  const wanted = deployment.spec?.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0, observedGeneration } = deployment.status ?? {};
  const ends = (slices as readonly Sliced[]).flatMap(({ endpoints }) => endpoints ?? []);
  const reached = ends.filter(({ conditions }) => conditions?.ready !== false).length;
  const isSettled = observedGeneration === deployment.metadata.generation;
  return {
    ready:
      isSettled &&
      wanted > 0 &&
      readyReplicas >= wanted &&
      updatedReplicas >= wanted &&
      reached > 0,
    evidence:
      `Deployment ${namespace}/${name} has ${readyReplicas} of ${wanted} replicas ready` +
      `${isSettled && updatedReplicas >= wanted ? "" : ", in the middle of a roll-out"}; ` +
      `Service ${namespace}/faultmaven has ${reached} ready ${reached === 1 ? "endpoint" : "endpoints"}`,
  };
}
