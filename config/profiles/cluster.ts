/** A plain cluster with the names that most have; operators count only once a stack says that they are there. */
export const clusterDefaults = {
  domain: "cluster.local",
  capabilities: {
    certManager: false,
    keda: false,
    prometheusOperator: false,
    volumeSnapshots: false,
  },
  // Thunderline's cluster runs traefik in kube-system (document 001, Helm Releases).
  ingressClasses: { traefik: { controller: "traefik", namespace: "kube-system" } },
  storageClasses: { standard: { accessModes: ["ReadWriteOnce"] } },
  defaultStorageClass: "standard",
  namespaces: { dns: "kube-system", prometheus: "monitoring", keda: "keda" },
  monitorLabels: { release: "prometheus" },
  externalCidrs: {},
};
