import { isOurs, type Pod, type Workload } from "./objects";

/** Whether a pod still works, or will: one that has ended or was evicted writes nothing, and stays listed. */
export function isActive({ status }: Pod): boolean {
  return !["Succeeded", "Failed"].includes(status?.phase ?? "");
}

/** Whether a pod has a claim in its file system. */
export function mountsClaim({ spec }: Pod, claim: string): boolean {
  return (spec.volumes ?? []).some((it) => it.persistentVolumeClaim?.claimName === claim);
}

/** Those that may write a claim now, and that this program did not make. */
export function writersOf(claim: string, pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => isActive(pod) && !isOurs(pod) && mountsClaim(pod, claim));
}

/** A Deployment's pods have a ReplicaSet between; a pod that only carries the same labels is somebody else's. */
const makers = { Deployment: "ReplicaSet", StatefulSet: "StatefulSet", DaemonSet: "DaemonSet" };

/** Whether a workload has made a pod. */
export function isPodOf({ kind, metadata, spec }: Workload, pod: Pod): boolean {
  const wanted = Object.entries(spec.selector.matchLabels ?? {});
  const labelled = wanted.every(([key, value]) => pod.metadata.labels?.[key] === value);
  const owners = pod.metadata.ownerReferences ?? [];
  return (
    labelled &&
    owners.some(
      (owner) =>
        owner.kind === makers[kind] &&
        (kind === "Deployment"
          ? owner.name?.startsWith(`${metadata.name}-`) === true
          : owner.uid === metadata.uid),
    )
  );
}
