import type { KubernetesObject } from "./objects";
import { type Traffic, trafficOf } from "./traffic";
import { type Workload, workloadsOf } from "./workloads";

/** What runs in one namespace, and who talks to whom. */
export interface System {
  /** What it is called in every stack, whatever its namespace there. */
  readonly instance: string;
  readonly namespace: string;
  readonly workloads: readonly Workload[];
  readonly traffic: Traffic;
}

/** The namespaces among a stack's objects that run something. */
export function systemsOf(objects: readonly KubernetesObject[]): System[] {
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  return [...namespaces].sort().flatMap((namespace) => {
    const own = objects.filter(({ metadata }) => metadata.namespace === namespace);
    const workloads = workloadsOf(own);
    return workloads.length === 0
      ? []
      : [
          {
            instance: instanceOf(own, namespace),
            namespace,
            workloads,
            traffic: trafficOf(own, workloads),
          },
        ];
  });
}

function instanceOf(objects: readonly KubernetesObject[], namespace: string): string {
  const labels = objects.map(({ metadata }) => metadata.labels?.["app.kubernetes.io/instance"]);
  return labels.find((label) => label !== undefined) ?? namespace;
}
