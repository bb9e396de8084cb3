/** A plain cluster with the names that most have; operators count only once a stack says that they are there. */
export const clusterDefaults = {
  domain: "cluster.local",
  capabilities: {
    certManager: false,
    keda: false,
    prometheusOperator: false,
    volumeSnapshots: false,
  },
  ingressClasses: {
    // Document 002, 6.4, and document 003, 2.3; ingress-nginx names its namespace so.
    nginx: { controller: "nginx", namespace: "ingress-nginx" },
    // Thunderline's cluster runs traefik in kube-system (document 001, Helm Releases).
    traefik: { controller: "traefik", namespace: "kube-system" },
  },
  storageClasses: { standard: { accessModes: ["ReadWriteOnce"] } },
  defaultStorageClass: "standard",
  namespaces: { dns: "kube-system", prometheus: "monitoring", keda: "keda" },
  monitorLabels: { release: "prometheus" },
  // The values of Grafana's own chart.
  dashboardLabels: { grafana_dashboard: "1" },
  datasourceLabels: { grafana_datasource: "1" },
  viewerGroups: [],
  externalCidrs: {},
  // As long as Kubernetes itself gives a roll-out to progress.
  readySeconds: 600,
  snapshots: {
    image: "docker.io/alpine/kubectl:1.36.0",
    runAsUser: 1000,
    // After the night's last snapshot.
    pruningSchedule: "0 5 * * *",
  },
};
