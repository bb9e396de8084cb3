/** What a stack asks of its cluster. */
export interface ClusterDemands {
  /** The kubeconfig context that it is applied to. */
  readonly context: string;
  readonly storageClasses: Readonly<Record<string, unknown>>;
  readonly defaultStorageClass: string;
  readonly ingressClasses: Readonly<Record<string, { readonly controller: IngressController }>>;
}

/** The ingress controllers that a stack can name. */
export type IngressController = "traefik" | "nginx";

/** A Kubernetes object as it is sent to the API server. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Marks what we put on the cluster, so that what a stack no longer names can be found. */
export const ownLabel = { "platform/embedded": "true" };

const controllers: Readonly<Record<IngressController, string>> = {
  traefik: "traefik.io/ingress-controller",
  nginx: "k8s.io/ingress-nginx",
};

const zones = ["zone-a", "zone-b", "zone-c"];

/** The storage and ingress classes that the stack names, and three nodes in three zones. */
export function clusterObjects(demands: ClusterDemands): KubernetesObject[] {
  return [
    ...Object.keys(demands.storageClasses).map((name) =>
      storageClass(name, name === demands.defaultStorageClass),
    ),
    ...Object.entries(demands.ingressClasses).map(([name, { controller }]) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name, labels: ownLabel },
      spec: { controller: controllers[controller] },
    })),
    ...zones.map((zone, i) => node(`node-${i + 1}`, zone)),
  ];
}

function storageClass(name: string, isDefault: boolean): KubernetesObject {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name,
      labels: ownLabel,
      annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) },
    },
    provisioner: "kubernetes.io/host-path",
    reclaimPolicy: "Delete",
    allowVolumeExpansion: true,
    // Pulumi does not wait for the claims of a class that binds with its first pod.
    volumeBindingMode: "Immediate",
  };
}

function node(name: string, zone: string): KubernetesObject {
  const resources = { cpu: "64", memory: "256Gi", pods: "500", "ephemeral-storage": "1Ti" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        ...ownLabel,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": "embedded",
        "topology.kubernetes.io/zone": zone,
      },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    status: { allocatable: resources, capacity: resources },
  };
}
