/** Kinds that hold no data: everything else of a release stays, since something may go with it. */
export const statelessKinds: ReadonlySet<string> = new Set([
  ...["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"],
  ...["Service", "Ingress", "NetworkPolicy", "ConfigMap"],
  ...["ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
  ...["HorizontalPodAutoscaler", "PodDisruptionBudget"],
  ...["ServiceMonitor", "PodMonitor", "PrometheusRule"],
]);
