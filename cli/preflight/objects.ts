import { parse } from "yaml";

import type { RenderedFile } from "../render";
import { amount, type Amounts, largest, sum } from "./amounts";

/** An object that the stack would have. */
export interface StackObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

interface KeyReference {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy?: string;
  readonly env?: readonly {
    readonly name?: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: KeyReference };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: KeyReference }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

interface SecretItems {
  readonly name?: string;
  readonly secretName?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string }[];
}

/** What the checks read of a pod. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly priorityClassName?: string;
  readonly volumes?: readonly {
    readonly secret?: SecretItems;
    readonly persistentVolumeClaim?: { readonly claimName: string };
    readonly projected?: { readonly sources?: readonly { readonly secret?: SecretItems }[] };
  }[];
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

/** A rendering's files as objects. */
export function readObjects(files: readonly RenderedFile[]): readonly StackObject[] {
  return files.map(({ text }) => parse(text, { version: "1.1" }) as StackObject);
}

/** `Deployment thunderline/web`, as people say it. */
export function nameOf({ kind, metadata }: Pick<StackObject, "kind" | "metadata">): string {
  const { name, namespace } = metadata;
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** The template of the pods that an object makes; undefined where it makes none. */
export function templateOf({
  kind,
  spec,
}: Pick<StackObject, "kind" | "spec">): Template | undefined {
  if (["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind)) {
    return spec?.template as Template;
  }
  if (kind !== "CronJob") return undefined;
  return (spec?.jobTemplate as { spec: { template: Template } }).spec.template;
}

/** All containers of the pods that an object makes. */
export function containersOf(object: StackObject): readonly Container[] {
  const pod = templateOf(object)?.spec;
  return pod === undefined ? [] : [...(pod.initContainers ?? []), ...pod.containers];
}

/** The namespaces that the stack's objects are in. */
export function namespacesOf(objects: readonly StackObject[]): readonly string[] {
  return [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))].sort();
}

export function ofKind(objects: readonly StackObject[], kind: string): readonly StackObject[] {
  return objects.filter((object) => object.kind === kind);
}

/** What one pod asks for, under the names of a quota, `requests.cpu`. */
export function podAmounts(pod: PodSpec): Amounts {
  const init = pod.initContainers ?? [];
  // A sidecar of Kubernetes' own kind stays beside the containers; the others are gone by then.
  const sidecars = init.filter(({ restartPolicy }) => restartPolicy === "Always");
  const together = sum([...pod.containers, ...sidecars].map(containerAmounts));
  return { ...largest([together, ...init.map(containerAmounts)]), pods: 1 };
}

function containerAmounts({ resources }: Container): Amounts {
  const { requests = {}, limits = {} } = resources ?? {};
  return Object.fromEntries([
    ...Object.entries(requests).map(
      ([name, value]) => [`requests.${name}`, amount(value)] as const,
    ),
    ...Object.entries(limits).map(([name, value]) => [`limits.${name}`, amount(value)] as const),
  ]);
}

/** How many pods of a workload there are all the time; none of what runs and ends. */
export function steadyReplicas(object: StackObject, objects: readonly StackObject[]): number {
  const { kind, metadata, spec } = object;
  if (kind !== "Deployment" && kind !== "StatefulSet") return 0;
  if (typeof spec?.replicas === "number") return spec.replicas;
  const scaler = objects.find((other) => {
    const target = other.spec?.scaleTargetRef as { kind?: string; name?: string } | undefined;
    return (
      target?.name === metadata.name &&
      (target.kind ?? "Deployment") === kind &&
      other.metadata.namespace === metadata.namespace
    );
  });
  const least = scaler?.spec?.minReplicas ?? scaler?.spec?.minReplicaCount;
  return typeof least === "number" ? least : 1;
}
