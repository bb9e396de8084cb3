import type * as k8s from "@pulumi/kubernetes";

import type { Registered } from "./recorder";

/** An object of a kind that only an operator's CRD describes. */
interface Custom {
  readonly metadata: k8s.types.output.meta.v1.ObjectMeta;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The kinds of objects that the program makes. */
export interface Manifests {
  Certificate: Custom;
  ClusterRole: k8s.types.output.rbac.v1.ClusterRole;
  ConfigMap: k8s.types.output.core.v1.ConfigMap;
  CronJob: k8s.types.output.batch.v1.CronJob;
  Deployment: k8s.types.output.apps.v1.Deployment;
  HorizontalPodAutoscaler: k8s.types.output.autoscaling.v2.HorizontalPodAutoscaler;
  Ingress: k8s.types.output.networking.v1.Ingress;
  Job: k8s.types.output.batch.v1.Job;
  LimitRange: k8s.types.output.core.v1.LimitRange;
  Namespace: k8s.types.output.core.v1.Namespace;
  NetworkPolicy: k8s.types.output.networking.v1.NetworkPolicy;
  PersistentVolumeClaim: k8s.types.output.core.v1.PersistentVolumeClaim;
  PodDisruptionBudget: k8s.types.output.policy.v1.PodDisruptionBudget;
  PodMonitor: Custom;
  PrometheusRule: Custom;
  ResourceQuota: k8s.types.output.core.v1.ResourceQuota;
  Role: k8s.types.output.rbac.v1.Role;
  RoleBinding: k8s.types.output.rbac.v1.RoleBinding;
  ScaledObject: Custom;
  Secret: k8s.types.output.core.v1.Secret;
  Service: k8s.types.output.core.v1.Service;
  ServiceAccount: k8s.types.output.core.v1.ServiceAccount;
  ServiceMonitor: Custom;
  StatefulSet: k8s.types.output.apps.v1.StatefulSet;
  TriggerAuthentication: Custom;
}
export type Kind = keyof Manifests;

/**
 * A type whose every field may be missing. The SDK's output types say that all are there; for a test
 * that names its fields this reads well, for one that walks through any object it would be untrue.
 */
export type Loose<T> = T extends readonly (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? string extends keyof T
      ? T
      : { readonly [Key in keyof T]?: Loose<T[Key]> }
    : T;

export type PodTemplate = Loose<k8s.types.output.core.v1.PodTemplateSpec>;
export type Container = Loose<k8s.types.output.core.v1.Container>;
export type EnvVar = Loose<k8s.types.output.core.v1.EnvVar>;
export type NetworkPolicy = Loose<k8s.types.output.networking.v1.NetworkPolicy>;

export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** The Kubernetes object that a resource declares; undefined for everything else, a patch of somebody's object too. */
export function manifestOf({ custom, type, inputs }: Registered): Manifest | undefined {
  const isObject = custom && type.startsWith("kubernetes:") && !type.endsWith("Patch");
  return isObject ? (inputs as unknown as Manifest) : undefined;
}

/** The namespace of an object; a Namespace is in itself. Undefined for what is in none. */
export function homeOf(resource: Registered): string | undefined {
  const manifest = manifestOf(resource);
  return manifest?.kind === "Namespace" ? manifest.metadata.name : manifest?.metadata.namespace;
}

/** `Kind/name`, by which tests name an object, or the logical name of what is no object. */
export function titleOf(resource: Registered): string {
  const manifest = manifestOf(resource);
  return manifest === undefined ? resource.name : `${manifest.kind}/${manifest.metadata.name}`;
}

/** The same with the namespace before it, as `acme Deployment/web`: only this names one object of a whole cluster. */
export function addressOf(resource: Registered): string {
  return `${homeOf(resource) ?? "cluster"} ${titleOf(resource)}`;
}
