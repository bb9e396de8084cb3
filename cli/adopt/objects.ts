/** What an adoption reads of the objects of a cluster, in Kubernetes' own terms. */
import { helmMarks } from "../helm/marks";

export type Texts = Readonly<Record<string, string>>;

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly ownerReferences?: readonly {
    readonly uid: string;
    readonly kind: string;
    readonly name?: string;
  }[];
}

/** An object as an API server or a manifest tells of it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** Where a key of a Secret is. */
export interface SecretKey {
  readonly secretName: string;
  readonly key: string;
}

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

interface SecurityContext {
  readonly runAsUser?: number;
}

export interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly {
    readonly prefix?: string;
    readonly secretRef?: { readonly name: string };
  }[];
  readonly volumeMounts?: readonly Mount[];
  readonly securityContext?: SecurityContext;
}

interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly secret?: {
    readonly secretName: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly securityContext?: SecurityContext;
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Texts };
  readonly spec: PodSpec;
}

/** Whatever keeps a number of pods, or one of each node. */
export interface Workload extends KubernetesObject {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels?: Texts };
    readonly template: PodTemplate;
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    readonly persistentVolumeClaimRetentionPolicy?: {
      readonly whenDeleted?: "Retain" | "Delete";
      readonly whenScaled?: "Retain" | "Delete";
    };
  };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}

export interface CronJob extends KubernetesObject {
  readonly kind: "CronJob";
  readonly spec: {
    readonly suspend?: boolean;
    readonly jobTemplate: { readonly spec: { readonly template: PodTemplate } };
  };
}

export interface Job extends KubernetesObject {
  readonly kind: "Job";
  readonly spec: { readonly template: PodTemplate };
  readonly status?: { readonly active?: number };
}

export interface Pod extends KubernetesObject {
  readonly kind: "Pod";
  readonly spec: PodSpec;
  readonly status?: { readonly phase?: string };
}

export interface ClaimObject extends KubernetesObject {
  readonly kind: "PersistentVolumeClaim";
  readonly spec: {
    readonly accessModes?: readonly string[];
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

export interface VolumeObject extends KubernetesObject {
  readonly kind: "PersistentVolume";
  readonly spec: { readonly persistentVolumeReclaimPolicy?: string };
}

export interface IngressObject extends KubernetesObject {
  readonly kind: "Ingress";
  readonly spec: { readonly rules?: readonly { readonly host?: string }[] };
}

/** `StatefulSet postgres`. */
export function nameOf({ kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">): string {
  return `${kind} ${metadata.name}`;
}

export { helmMarks };

/** Whether Helm takes an object for one of this release. */
export function isOfRelease(
  { metadata: { annotations = {} } }: KubernetesObject,
  release: { readonly name: string; readonly namespace: string },
): boolean {
  return (
    annotations[helmMarks.name] === release.name &&
    annotations[helmMarks.namespace] === release.namespace
  );
}

/** Whether this program made an object. */
export function isOurs({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.[helmMarks.label] === "pulumi";
}

/** Whether a StatefulSet takes its claims along. */
export function hasDeletingPolicy({ spec }: Workload): boolean {
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  return whenDeleted === "Delete" || whenScaled === "Delete";
}
