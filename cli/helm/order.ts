/**
 * The order in which Helm installs kinds (pkg/releaseutil/kind_sorter.go of Helm 3); it uninstalls them
 * the other way round. A kind that is not here comes last, or first.
 */
const installed = [
  "PriorityClass",
  "Namespace",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodSecurityPolicy",
  "PodDisruptionBudget",
  "ServiceAccount",
  "Secret",
  "SecretList",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleList",
  "ClusterRoleBinding",
  "ClusterRoleBindingList",
  "Role",
  "RoleList",
  "RoleBinding",
  "RoleBindingList",
  "Service",
  "DaemonSet",
  "Pod",
  "ReplicationController",
  "ReplicaSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "StatefulSet",
  "Job",
  "CronJob",
  "IngressClass",
  "Ingress",
  "APIService",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
];

/** Objects in the order in which Helm makes them. */
export function inInstallOrder<T extends { readonly kind: string }>(
  objects: readonly T[],
): readonly T[] {
  const rank = ({ kind }: T): number => {
    const index = installed.indexOf(kind);
    return index === -1 ? installed.length : index;
  };
  return [...objects].sort((a, b) => rank(a) - rank(b));
}

/** Objects in the order in which Helm deletes them. */
export function inUninstallOrder<T extends { readonly kind: string }>(
  objects: readonly T[],
): readonly T[] {
  return [...inInstallOrder(objects)].reverse();
}
