import { releaseKey } from "../helm";
import type { Api, KubernetesObject, Pod } from "../kubernetes";
import { isOfCluster } from "./owner";
import { type Gap, readAll, type ReadingName, type Readings } from "./readings";
import { releaseOf, type Workload, workloadKinds, workloadOf } from "./workload";

export type { Gap, ReadingName } from "./readings";

/** What lives on a cluster, as it was read once. */
export interface Inventory extends Readings {
  readonly workloads: readonly Workload[];
  readonly gaps: readonly Gap[];
}

/** What has to have been read before a pod's own state can be told, whoever has made it. */
export const forPods: readonly ReadingName[] = ["pods"];

/** What has to have been read before it can be said of workloads what they have, and what they lack. */
export const forWorkloads: readonly ReadingName[] = [
  "deployments",
  "statefulSets",
  "daemonSets",
  "replicaSets",
  "jobs",
  "cronJobs",
  "pods",
];

/** Reads a cluster, and changes nothing. */
export async function readInventory(api: Api): Promise<Inventory> {
  const { readings, gaps } = await readAll(api);
  return inventoryOf(readings, gaps);
}

/** What the objects of a cluster make together. */
export function inventoryOf(readings: Readings, gaps: readonly Gap[] = []): Inventory {
  return { ...readings, gaps, workloads: workloadsIn(readings) };
}

/** Workloads that are looked at as applications: what the cluster itself needs is left to its keepers. */
export function applications({ workloads }: Pick<Inventory, "workloads">): readonly Workload[] {
  return workloads.filter(({ owner }) => owner !== "cluster");
}

/** Namespaces in which an application lives. */
export function inhabited(inventory: Pick<Inventory, "workloads">): readonly string[] {
  const found = applications(inventory).map(({ namespace }) => namespace);
  return [...new Set(found)].filter((it) => !isOfCluster(it)).sort();
}

function workloadsIn(readings: Readings): readonly Workload[] {
  const { deployments, statefulSets, daemonSets, cronJobs, jobs, replicaSets, pods } = readings;
  const charts = new Map(readings.releases.map((it) => [releaseKey(it), it.chart]));
  const owners = new Map<string, KubernetesObject>();
  for (const object of [...deployments, ...statefulSets, ...daemonSets, ...cronJobs]) {
    owners.set(object.metadata.uid ?? "", object);
  }
  for (const object of [...replicaSets, ...jobs]) owners.set(object.metadata.uid ?? "", object);

  const rootOf = (object: KubernetesObject): KubernetesObject => {
    const controller = object.metadata.ownerReferences?.find((it) => it.controller === true);
    const owner = controller && owners.get(controller.uid);
    return owner === undefined ? object : rootOf(owner);
  };
  const parts = new Set<KubernetesObject>(replicaSets);
  // A ReplicaSet of nobody known is no workload: its pods stand for themselves, or nobody told of them.
  const workloadWith = (pod: Pod): KubernetesObject => {
    const root = rootOf(pod);
    return parts.has(root) ? pod : root;
  };
  const podsOf = new Map<KubernetesObject, Pod[]>();
  for (const pod of pods) {
    const root = workloadWith(pod);
    podsOf.set(root, [...(podsOf.get(root) ?? []), pod]);
  }

  const known = (
    object: KubernetesObject,
  ): { chart: string | undefined; pods: readonly Pod[] } => ({
    chart: charts.get(releaseOf(object) ?? ""),
    pods: podsOf.get(object) ?? [],
  });
  const lasting = [...deployments, ...statefulSets].map((object) =>
    workloadOf({
      ...{ kind: object.kind as "Deployment" | "StatefulSet", object, ...known(object) },
      desired: object.spec?.replicas ?? 1,
      ...templateOf(object.spec?.template),
    }),
  );
  const daemons = daemonSets.map((object) =>
    workloadOf({
      ...{ kind: "DaemonSet", object, ...known(object) },
      desired: object.status?.desiredNumberScheduled ?? 0,
      ...templateOf(object.spec?.template),
    }),
  );
  const scheduled = cronJobs.map((object) =>
    workloadOf({
      ...{ kind: "CronJob", object, ...known(object) },
      ...templateOf(object.spec?.jobTemplate.spec?.template),
    }),
  );
  const once = jobs
    .filter((job) => rootOf(job) === job)
    .map((object) =>
      workloadOf({
        ...{ kind: "Job", object, ...known(object) },
        ...templateOf(object.spec?.template),
      }),
    );
  const bare = pods
    .filter((pod) => workloadWith(pod) === pod)
    .map((object) =>
      workloadOf({
        ...{ kind: "Pod", object, ...known(object) },
        podLabels: object.metadata.labels ?? {},
        podSpec: object.spec ?? { containers: [] },
      }),
    );
  return [...lasting, ...daemons, ...scheduled, ...once, ...bare].sort(byPlace);
}

function templateOf(
  template:
    | {
        readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
        readonly spec?: Workload["podSpec"];
      }
    | undefined,
): Pick<Workload, "podLabels" | "podSpec"> {
  return {
    podLabels: template?.metadata?.labels ?? {},
    podSpec: template?.spec ?? { containers: [] },
  };
}

function byPlace(a: Workload, b: Workload): number {
  const [left, right] = [a, b].map(
    ({ namespace, kind, name }) => `${namespace}\n${String(workloadKinds.indexOf(kind))}\n${name}`,
  ) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}
