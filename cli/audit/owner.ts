import type { Metadata } from "../kubernetes";

/**
 * Whose something is: `program` where this program has made it, `cluster` where the cluster itself needs
 * it, `neither` otherwise.
 */
export type Owner = "program" | "cluster" | "neither";

const managedBy = "app.kubernetes.io/managed-by";

/** Namespaces of what serves a whole cluster. */
const clusterNamespaces =
  /^(kube-.+|calico-.+|cilium.*|tigera-operator|metallb-system|longhorn-system|local-path-storage|cert-manager|ingress-nginx|traefik|keda|gatekeeper-system|kyverno|flux-system|argocd|external-secrets|rook-ceph|openebs|istio-system|linkerd.*)$/;

/** Charts and programs of the same kind, wherever they are installed. */
const clusterPrograms = new Set([
  ...["traefik", "ingress-nginx", "nginx-ingress", "cert-manager", "metrics-server", "coredns"],
  ...["external-dns", "external-secrets", "sealed-secrets", "keda", "metallb", "cilium", "calico"],
  ...["kube-prometheus-stack", "prometheus-operator", "longhorn", "local-path-provisioner"],
  ...["cluster-autoscaler", "aws-load-balancer-controller", "node-exporter", "kube-state-metrics"],
  ...["descheduler", "velero", "snapshot-controller", "svclb-traefik", "klipper-lb"],
]);

/** Of an object, and of the charts, names or images that it is known by. */
export function ownerOf(
  { namespace = "", labels = {} }: Pick<Metadata, "namespace" | "labels">,
  knownAs: readonly string[] = [],
): Owner {
  if (labels[managedBy] === "pulumi") return "program";
  if (isOfCluster(namespace)) return "cluster";
  return knownAs.some((it) => clusterPrograms.has(it)) ? "cluster" : "neither";
}

export function isOfCluster(namespace: string): boolean {
  return clusterNamespaces.test(namespace);
}
