import type {
  CoreV1Event,
  V1ConfigMap,
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1Ingress,
  V1Job,
  V1LimitRange,
  V1Namespace,
  V1NetworkPolicy,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1ResourceQuota,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1StatefulSet,
  V1StorageClass,
  V2HorizontalPodAutoscaler,
  V1EndpointSlice,
} from "@kubernetes/client-node";

/** A type of the client library as it is in JSON: the API server's own words, times as text. */
export type Json<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Json<Item>[]
    : T extends object
      ? { readonly [Field in keyof T as InJson<Field>]: Json<T[Field]> }
      : T;

/** The library puts a line before names that are words of the language: `_default`, `_from`. */
type InJson<Field> = Field extends `_${infer Name}` ? Name : Field;

/** What every object has. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
}

/** An object of the library's type, with the fields that every object has. */
export type Of<T> = KubernetesObject & Omit<Json<T>, "apiVersion" | "kind" | "metadata">;

export type ConfigMap = Of<V1ConfigMap>;
export type CronJob = Of<V1CronJob>;
export type DaemonSet = Of<V1DaemonSet>;
export type Deployment = Of<V1Deployment>;
export type EndpointSlice = Of<V1EndpointSlice>;
export type Event = Of<CoreV1Event>;
export type HorizontalPodAutoscaler = Of<V2HorizontalPodAutoscaler>;
export type Ingress = Of<V1Ingress>;
export type Job = Of<V1Job>;
export type LimitRange = Of<V1LimitRange>;
export type Namespace = Of<V1Namespace>;
export type NetworkPolicy = Of<V1NetworkPolicy>;
export type Node = Of<V1Node>;
export type PersistentVolume = Of<V1PersistentVolume>;
export type PersistentVolumeClaim = Of<V1PersistentVolumeClaim>;
export type Pod = Of<V1Pod>;
export type PodDisruptionBudget = Of<V1PodDisruptionBudget>;
export type ReplicaSet = Of<V1ReplicaSet>;
export type ResourceQuota = Of<V1ResourceQuota>;
export type Secret = Of<V1Secret>;
export type Service = Of<V1Service>;
export type ServiceAccount = Of<V1ServiceAccount>;
export type StatefulSet = Of<V1StatefulSet>;
export type StorageClass = Of<V1StorageClass>;

/** A kind as the API server knows it. `T` is what its objects are. */
export interface Kind<T extends KubernetesObject = KubernetesObject> {
  readonly apiVersion: string;
  readonly kind: string;
  /** Never there: it carries the type. */
  readonly of?: T;
}

export const kinds = {
  configMaps: { apiVersion: "v1", kind: "ConfigMap" } as Kind<ConfigMap>,
  cronJobs: { apiVersion: "batch/v1", kind: "CronJob" } as Kind<CronJob>,
  daemonSets: { apiVersion: "apps/v1", kind: "DaemonSet" } as Kind<DaemonSet>,
  deployments: { apiVersion: "apps/v1", kind: "Deployment" } as Kind<Deployment>,
  endpointSlices: {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
  } as Kind<EndpointSlice>,
  events: { apiVersion: "v1", kind: "Event" } as Kind<Event>,
  horizontalPodAutoscalers: {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
  } as Kind<HorizontalPodAutoscaler>,
  ingresses: { apiVersion: "networking.k8s.io/v1", kind: "Ingress" } as Kind<Ingress>,
  jobs: { apiVersion: "batch/v1", kind: "Job" } as Kind<Job>,
  limitRanges: { apiVersion: "v1", kind: "LimitRange" } as Kind<LimitRange>,
  namespaces: { apiVersion: "v1", kind: "Namespace" } as Kind<Namespace>,
  networkPolicies: {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
  } as Kind<NetworkPolicy>,
  nodes: { apiVersion: "v1", kind: "Node" } as Kind<Node>,
  persistentVolumeClaims: {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
  } as Kind<PersistentVolumeClaim>,
  persistentVolumes: { apiVersion: "v1", kind: "PersistentVolume" } as Kind<PersistentVolume>,
  podDisruptionBudgets: {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
  } as Kind<PodDisruptionBudget>,
  pods: { apiVersion: "v1", kind: "Pod" } as Kind<Pod>,
  replicaSets: { apiVersion: "apps/v1", kind: "ReplicaSet" } as Kind<ReplicaSet>,
  resourceQuotas: { apiVersion: "v1", kind: "ResourceQuota" } as Kind<ResourceQuota>,
  secrets: { apiVersion: "v1", kind: "Secret" } as Kind<Secret>,
  serviceAccounts: { apiVersion: "v1", kind: "ServiceAccount" } as Kind<ServiceAccount>,
  services: { apiVersion: "v1", kind: "Service" } as Kind<Service>,
  statefulSets: { apiVersion: "apps/v1", kind: "StatefulSet" } as Kind<StatefulSet>,
  storageClasses: { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" } as Kind<StorageClass>,
} as const;

/** `Deployment thunderline/web`, or without a namespace `Namespace thunder`. */
export function nameOf({ kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">): string {
  const { name, namespace } = metadata;
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
