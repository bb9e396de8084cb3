/** What somebody changes in an object of Philotes by hand, and how drift tells it. */
export interface Edit {
  /** `Service philotes-api`. */
  readonly object: string;
  readonly patch: object;
  readonly told: string;
}

const partOf = {
  patch: { metadata: { labels: { "app.kubernetes.io/part-of": "somebody" } } },
  told: "metadata.labels[app.kubernetes.io/part-of]: philotes → somebody",
};

/** One object of each kind; the first four are of the kinds that hurt most often. */
export const edits: readonly Edit[] = [
  {
    object: "Service philotes-api",
    patch: { spec: { selector: { "app.kubernetes.io/name": "somebody" } } },
    told:
      'spec.selector: {"app.kubernetes.io/name":"philotes-api","app.kubernetes.io/part-of":"philotes"}' +
      ' → {"app.kubernetes.io/name":"somebody","app.kubernetes.io/part-of":"philotes"}',
  },
  {
    object: "NetworkPolicy default-deny",
    patch: { spec: { policyTypes: ["Ingress"] } },
    told: 'spec.policyTypes: ["Ingress","Egress"] → ["Ingress"]',
  },
  {
    object: "StatefulSet philotes-postgresql",
    patch: { spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } } },
    told: "spec.template.spec.terminationGracePeriodSeconds: 120 → 1",
  },
  {
    object: "Secret philotes-postgresql",
    patch: { stringData: { password: "somebody's" } },
    told: "data.password: changed",
  },
  {
    object: "Deployment philotes-api",
    patch: { spec: { replicas: 3 } },
    told: "spec.replicas: 1 → 3",
  },
  {
    object: "ConfigMap philotes-postgresql-setup",
    patch: { data: { "setup.sql": "SELECT 1" } },
    told: "data[setup.sql]: changed (values are not shown)",
  },
  {
    object: "ServiceAccount philotes-api",
    patch: { automountServiceAccountToken: true },
    told: "automountServiceAccountToken: false → true",
  },
  { object: "ResourceQuota quota", ...partOf },
  { object: "LimitRange limits", ...partOf },
  { object: "PersistentVolumeClaim philotes-postgresql-data", ...partOf },
];

/** By kind and the beginning of the name, because a Job is named after its content. The first hurt most often. */
export const deletions: readonly string[] = [
  "Deployment philotes-api",
  "ConfigMap philotes-postgresql-setup",
  "NetworkPolicy dns-access",
  "Service philotes-postgresql",
  "StatefulSet philotes-postgresql",
  "Secret philotes-postgresql",
  "ServiceAccount philotes-postgresql",
  "ResourceQuota quota",
  "LimitRange limits",
  "Job philotes-postgresql-setup",
];
