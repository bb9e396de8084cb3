import { type DeclaredObject, fieldsOf, specOf } from "./objects";

/** How many pods a workload has. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** The number of a workload's replicas, or the bounds of the autoscaler that sets it. */
export function boundsOf(
  workload: Pick<DeclaredObject, "kind" | "name" | "namespace" | "fields">,
  objects: readonly DeclaredObject[],
): Bounds {
  const scaler = objects.find(
    (object) =>
      ["HorizontalPodAutoscaler", "ScaledObject"].includes(object.kind) &&
      object.namespace === workload.namespace &&
      scales(object, workload),
  );
  if (scaler !== undefined) {
    const { minReplicas, minReplicaCount, maxReplicas, maxReplicaCount } = specOf(scaler);
    const least = number(minReplicas ?? minReplicaCount, scaler.kind === "ScaledObject" ? 0 : 1);
    return { least, most: number(maxReplicas ?? maxReplicaCount, least) };
  }
  const replicas = number(specOf(workload).replicas, 1);
  return { least: replicas, most: replicas };
}

function scales(
  scaler: DeclaredObject,
  { kind, name }: Pick<DeclaredObject, "kind" | "name">,
): boolean {
  const target = fieldsOf(specOf(scaler).scaleTargetRef);
  return target.name === name && (target.kind ?? "Deployment") === kind;
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}
