import type { KubernetesObject, StatefulSet } from "../../kubernetes";

/** Whether Kubernetes deletes the claims of a StatefulSet with it, or those of the replicas it loses. */
export function deletesClaims(
  object: KubernetesObject,
  when: "whenDeleted" | "whenScaled",
): boolean {
  if (object.kind !== "StatefulSet") return false;
  return (object as StatefulSet).spec?.persistentVolumeClaimRetentionPolicy?.[when] === "Delete";
}

/** Said of a workload by its title. */
export const losesByScaling =
  "deletes its claims when it is scaled down (whenScaled: Delete): save them first.";
