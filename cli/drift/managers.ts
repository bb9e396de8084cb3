import { type FieldPath, fieldsOf, type FieldTree, owns, within } from "./fields";

/** Who has set fields of an object, and which. */
export interface Manager {
  /** `kubectl-edit`, `helm`, `kube-controller-manager`. */
  readonly name: string;
  readonly operation: "Apply" | "Update";
  /** `scale` and `status` are ways of their own to an object. */
  readonly subresource?: string;
  /** When it last did; the API server does not always keep it. */
  readonly time?: string;
  readonly fields: FieldTree;
}

/** The managers that an object tells of. */
export function managersOf(object: unknown): Manager[] {
  const { managedFields } = fieldsOf(fieldsOf(object).metadata);
  if (!Array.isArray(managedFields)) return [];
  return (managedFields as readonly unknown[]).map(fieldsOf).map((entry) => ({
    name: textOf(entry.manager) ?? "",
    operation: entry.operation === "Apply" ? "Apply" : "Update",
    ...(textOf(entry.subresource) === undefined ? {} : { subresource: String(entry.subresource) }),
    ...(textOf(entry.time) === undefined ? {} : { time: String(entry.time) }),
    fields: fieldsOf(entry.fieldsV1),
  }));
}

/** Whether a manager is the provider, on behalf of this very resource. */
export function isOurs({ name, operation, subresource }: Manager, fieldManager: unknown): boolean {
  return name === fieldManager && operation === "Apply" && subresource === undefined;
}

/** Programs of the cluster and of its operators, by the names that they give themselves. */
const controllers =
  /^(kube-|kubelet|cloud-|kwok|coredns|cert-manager|keda|prometheus|csi-|external-|snapshot-|traefik|nginx|calico|cilium|vpa)|controller|operator|provisioner|autoscaler|scheduler/i;

/** What controllers write into the specifications of objects that others declare, by kind. */
const filledIn: Readonly<Record<string, readonly FieldPath[]>> = {
  Namespace: [["f:spec", "f:finalizers"]],
  PersistentVolumeClaim: [["f:spec", "f:volumeName"]],
  Service: [["f:spec", "f:loadBalancerIP"]],
  ServiceAccount: [["f:secrets"]],
};

/**
 * Whether a field that nobody declared is a controller's to set. A manager's name is the choice of whoever
 * writes, and there are controllers that apply what people declare elsewhere (Flux): so a name excuses
 * nothing that changes what runs, who may do what, or who reaches whom.
 */
export function isLeftToController({ name }: Manager, kind: string, path: FieldPath): boolean {
  const left: readonly FieldPath[] = [["f:status"], ["f:metadata"], ...(filledIn[kind] ?? [])];
  return controllers.test(name) && left.some((outer) => within(path, outer));
}

/** Whoever set a field last, of those that own it. */
export function lastToSet(managers: readonly Manager[], path: FieldPath): Manager | undefined {
  return managers
    .filter(({ fields }) => owns(fields, path))
    .sort((a, b) => ((a.time ?? "") < (b.time ?? "") ? 1 : -1))[0];
}

/**
 * Whether the API server refuses our next update of a field that this manager has set to another value.
 * Before an update the provider takes over what any `kubectl` has set, but not by way of a subresource.
 */
export function standsInTheWay({
  name,
  subresource,
}: Pick<Manager, "name" | "subresource">): boolean {
  return !name.startsWith("kubectl") || subresource !== undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
