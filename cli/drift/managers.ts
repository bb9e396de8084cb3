import { type FieldPath, fieldsOf, type FieldTree, owns } from "./fields";

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

/** Programs of the cluster and of its operators. They set what nobody declares, and rightly. */
const controllers =
  /^(kube-|kubelet|cloud-|kwok|coredns|cert-manager|keda|prometheus|csi-|external-|snapshot-|traefik|nginx|calico|cilium|vpa)|controller|operator|provisioner|autoscaler|scheduler/i;

export function isController({ name }: Manager): boolean {
  return controllers.test(name);
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
export function standsInTheWay({ name, subresource }: Manager): boolean {
  return !name.startsWith("kubectl") || subresource !== undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
