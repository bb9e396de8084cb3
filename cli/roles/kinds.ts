/** A kind of object that the program makes, as the API server knows it. */
export interface UsedKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** In the plural, as a role names it. */
  readonly resource: string;
}

/**
 * Every kind that the program makes in some stack with some settings. A test holds this list against what
 * the components construct and against the rendered stacks.
 */
export const namespacedKinds: readonly UsedKind[] = [
  kind("", "ConfigMap"),
  kind("", "LimitRange"),
  kind("", "PersistentVolumeClaim"),
  kind("", "ResourceQuota"),
  kind("", "Secret"),
  kind("", "Service"),
  kind("", "ServiceAccount"),
  kind("apps", "Deployment"),
  kind("apps", "StatefulSet"),
  kind("autoscaling", "HorizontalPodAutoscaler"),
  kind("batch", "CronJob"),
  kind("batch", "Job"),
  kind("cert-manager.io", "Certificate"),
  kind("keda.sh", "ScaledObject"),
  kind("keda.sh", "TriggerAuthentication"),
  kind("monitoring.coreos.com", "PodMonitor"),
  kind("monitoring.coreos.com", "PrometheusRule"),
  kind("monitoring.coreos.com", "ServiceMonitor"),
  kind("networking.k8s.io", "Ingress"),
  kind("networking.k8s.io", "NetworkPolicy"),
  kind("policy", "PodDisruptionBudget"),
  kind("rbac.authorization.k8s.io", "Role"),
  kind("rbac.authorization.k8s.io", "RoleBinding"),
];

export const clusterKinds: readonly UsedKind[] = [
  kind("", "Namespace"),
  kind("rbac.authorization.k8s.io", "ClusterRole"),
];

function kind(group: string, name: string): UsedKind {
  return { group, kind: name, resource: plural(name.toLowerCase()) };
}

function plural(name: string): string {
  if (name.endsWith("s")) return `${name}es`;
  return name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`;
}
