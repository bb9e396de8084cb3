import { type DaemonSet, type Deployment, kinds, nameOf, type Pod } from "../kubernetes";
import { failed, type Finding, passed } from "../preflight/model";
import { some, type ValidationContext } from "./model";
import {
  counterpart,
  inNamespace,
  isReady,
  liveWorkloads,
  podsOf,
  type Workload,
  workloadsOf,
} from "./objects";

/** Whether each workload runs what is declared, in all of its replicas. */
export async function workloads(context: ValidationContext): Promise<readonly Finding[]> {
  const { declared, live, again } = context;
  const [running, pods] = await Promise.all([liveWorkloads(live), live.list(kinds.pods)]);
  return workloadsOf(declared).map((one) =>
    workloadFinding(one, counterpart(running, one), pods, again),
  );
}

/** What is seen of one workload. */
export function workloadFinding(
  declared: Workload,
  live: Workload | undefined,
  pods: readonly Pod[],
  again: string,
): Finding {
  const subject = nameOf(declared);
  if (live === undefined) return failed(subject, "not on the cluster", again);
  const { metadata, status } = live;
  const { generation = 0 } = metadata;
  const observed = status?.observedGeneration ?? 0;
  const look = `kubectl ${inNamespace(live)} describe ${live.kind.toLowerCase()} ${metadata.name}`;
  if (observed < generation) {
    const evidence = `its controller has taken up generation ${observed} of ${generation}`;
    return failed(subject, evidence, `Wait a moment; if it stays so: ${look}`);
  }
  const scaled = scaledBy(declared, live);
  if (scaled !== undefined) return failed(subject, scaled, again);
  const changed = imageChanges(declared, live);
  if (changed.length > 0) return failed(subject, `not as declared: ${some(changed)}`, again);
  const { wanted, updated, ready, all } = countsOf(live);
  if (updated === wanted && ready === wanted && all === wanted) {
    return passed(subject, `generation ${generation}, ${ready} of ${wanted} ready`);
  }
  const why = reasonsOf(live, pods);
  const counts = `${ready} of ${wanted} ready, ${updated} of ${wanted} as declared, ${all} in all`;
  return failed(subject, [counts, ...why.seen].join("; "), why.mend ?? look);
}

/** Who sets a number of replicas by hand takes it from the program; an autoscaler's is its own. */
function scaledBy(declared: Workload, live: Workload): string | undefined {
  if (declared.kind === "DaemonSet") return undefined;
  const wanted = (declared as Deployment).spec?.replicas;
  const now = (live as Deployment).spec?.replicas ?? 1;
  return wanted === undefined || wanted === now
    ? undefined
    : `it has been scaled to ${now}; declared are ${wanted}`;
}

/** Where the containers that are there are not those that are declared, or run something else. */
function imageChanges(declared: Workload, live: Workload): readonly string[] {
  const [wanted, found] = [imagesOf(declared), imagesOf(live)];
  return [...new Set([...wanted.keys(), ...found.keys()])].flatMap((name) => {
    if (!found.has(name)) return [`${name} is not in it`];
    if (!wanted.has(name)) return [`${name} is in it, and not declared`];
    const [image = "none", now = "none"] = [wanted.get(name), found.get(name)];
    return image === now ? [] : [`${name} runs ${now}, and not ${image}`];
  });
}

/** By the container's name, which is one for all containers of a pod. */
function imagesOf({ spec }: Workload): ReadonlyMap<string, string | undefined> {
  const { initContainers = [], containers = [] } = spec?.template.spec ?? {};
  return new Map([...initContainers, ...containers].map(({ name, image }) => [name, image]));
}

interface Counts {
  readonly wanted: number;
  readonly updated: number;
  readonly ready: number;
  readonly all: number;
}

function countsOf(live: Workload): Counts {
  if (live.kind === "DaemonSet") {
    const { status } = live as DaemonSet;
    const { desiredNumberScheduled: wanted = 0, currentNumberScheduled: all = 0 } = status ?? {};
    const { updatedNumberScheduled: updated = 0, numberReady: ready = 0 } = status ?? {};
    return { wanted, updated, ready, all };
  }
  const { spec, status } = live as Deployment;
  const { updatedReplicas = 0, readyReplicas = 0, replicas = 0 } = status ?? {};
  const wanted = spec?.replicas ?? 1;
  return { wanted, updated: updatedReplicas, ready: readyReplicas, all: replicas };
}

interface Reasons {
  readonly seen: readonly string[];
  readonly mend?: string;
}

/** What the workload and its pods say of it themselves. */
function reasonsOf(live: Workload, pods: readonly Pod[]): Reasons {
  const refused = (live as Deployment).status?.conditions?.find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  const waiting = podsOf(live, pods)
    .filter((pod) => !isReady(pod))
    .map((pod) => ({ pod, ...reasonOf(pod) }));
  const [first] = waiting;
  return {
    seen: [
      ...(refused === undefined ? [] : [`no pod is made: ${refused.message ?? "for no reason"}`]),
      ...waiting.slice(0, 3).map(({ pod, reason }) => `${pod.metadata.name}: ${reason}`),
    ],
    ...(first === undefined ? {} : { mend: first.mend }),
  };
}

function reasonOf(pod: Pod): { readonly reason: string; readonly mend: string } {
  const { name } = pod.metadata;
  const describe = `kubectl ${inNamespace(pod)} describe pod ${name}`;
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const unscheduled = conditions.find((it) => it.type === "PodScheduled" && it.status === "False");
  if (unscheduled !== undefined) {
    return { reason: `on no node: ${unscheduled.message ?? "for no reason"}`, mend: describe };
  }
  const waiting = [...initContainerStatuses, ...containerStatuses].find(
    ({ state }) => state?.waiting?.reason !== undefined,
  );
  const reason = waiting?.state?.waiting?.reason;
  if (waiting === undefined || reason === undefined) {
    return { reason: "it is not ready yet", mend: describe };
  }
  if (reason === "CrashLoopBackOff") {
    const mend = `kubectl ${inNamespace(pod)} logs ${name} -c ${waiting.name} --previous`;
    return { reason: `${reason} of ${waiting.name}`, mend };
  }
  return { reason: `${reason} of ${waiting.name}`, mend: describe };
}
