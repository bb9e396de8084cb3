import {
  type DaemonSet,
  type Deployment,
  type Kind,
  kinds,
  type KubernetesObject,
  nameOf,
  type Pod,
  type StatefulSet,
} from "../kubernetes";
import type { Live } from "./live";

/** What keeps pods up. */
export type Workload = Deployment | StatefulSet | DaemonSet;

export const workloadKinds: readonly Kind<Workload>[] = [
  kinds.deployments,
  kinds.statefulSets,
  kinds.daemonSets,
];

/** The declared objects of a kind. */
export function declaredOf<T extends KubernetesObject>(
  objects: readonly KubernetesObject[],
  kind: Kind<T>,
): readonly T[] {
  return objects.filter(
    (it) => it.apiVersion === kind.apiVersion && it.kind === kind.kind,
  ) as unknown as readonly T[];
}

/** The declared workloads. A patch of somebody else's object has no template. */
export function workloadsOf(objects: readonly KubernetesObject[]): readonly Workload[] {
  return workloadKinds
    .flatMap((kind) => declaredOf(objects, kind))
    .filter(({ spec }) => (spec as Partial<Workload["spec"]> | undefined)?.template !== undefined);
}

/** All workloads that are there. */
export async function liveWorkloads(live: Live): Promise<readonly Workload[]> {
  const found = await Promise.all(workloadKinds.map((kind) => live.list(kind)));
  return found.flat();
}

/** The object of a list that has the name and kind of another one. */
export function counterpart<T extends KubernetesObject>(
  objects: readonly T[],
  { kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">,
): T | undefined {
  return objects.find(
    (it) =>
      it.kind === kind &&
      it.metadata.name === metadata.name &&
      it.metadata.namespace === metadata.namespace,
  );
}

/** Whether labels are those that a selector asks for; one that asks for none takes all. */
export function isSelected(
  labels: Readonly<Record<string, string>> = {},
  selector: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** The pods of a workload that are not on their way out. */
export function podsOf({ metadata, spec }: Workload, pods: readonly Pod[]): readonly Pod[] {
  const labels = spec?.selector.matchLabels;
  if (labels === undefined) return [];
  return pods.filter(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      pod.metadata.deletionTimestamp === undefined &&
      isSelected(pod.metadata.labels, labels),
  );
}

export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some((it) => it.type === "Ready" && it.status === "True") ?? false;
}

/** `-n acme`, for a command that is shown. */
export function inNamespace({ metadata }: Pick<KubernetesObject, "metadata">): string {
  return `-n ${metadata.namespace ?? "default"}`;
}

/** `thunderline/web`. */
export function placeOf(object: KubernetesObject): string {
  return nameOf(object).slice(object.kind.length + 1);
}

/** Objects by their namespace. */
export function byNamespace<T extends KubernetesObject>(
  objects: readonly T[],
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const object of objects) {
    const { namespace = "" } = object.metadata;
    groups.set(namespace, [...(groups.get(namespace) ?? []), object]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
