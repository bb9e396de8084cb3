import type { CronJob, Deployment, KubernetesObject, Pod } from "../kubernetes";

export type PodSpec = NonNullable<Pod["spec"]>;
export type Container = PodSpec["containers"][number];

/** What a pod is made of, or would be. */
export interface Template {
  /** `StatefulSet db`. */
  readonly owner: string;
  readonly spec: PodSpec;
  /** The pod itself, where there is one. */
  readonly pod?: Pod;
}

const workloads = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"];

/** Pods, and the templates of whatever makes pods. */
export function templatesIn(objects: readonly KubernetesObject[]): readonly Template[] {
  return objects.flatMap((one): readonly Template[] => {
    const owner = `${one.kind} ${one.metadata.name}`;
    if (one.kind === "Pod") {
      const pod = one as Pod;
      return pod.spec === undefined ? [] : [{ owner, spec: pod.spec, pod }];
    }
    const spec = workloads.includes(one.kind)
      ? (one as Deployment).spec?.template.spec
      : one.kind === "CronJob"
        ? (one as CronJob).spec?.jobTemplate.spec?.template.spec
        : undefined;
    return spec === undefined ? [] : [{ owner, spec }];
  });
}

/**
 * The claims, Secrets, ConfigMaps and ServiceAccounts that the pods of some objects name, the Secrets of
 * these accounts, and those of Ingresses.
 */
export function usedBy(
  objects: readonly KubernetesObject[],
  inside: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const used = namedBy(objects, inside);
  return [...new Set([...used, ...namedBy(used, inside)])];
}

function namedBy(
  objects: readonly KubernetesObject[],
  inside: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const names = new Set([
    ...templatesIn(objects).flatMap(({ spec }) => namesIn(spec)),
    ...objects.flatMap(secretsOf),
  ]);
  for (const set of objects) {
    for (const template of claimTemplatesOf(set)) {
      const pattern = new RegExp(`^${template}-${set.metadata.name}-\\d+$`);
      for (const { kind, metadata } of inside) {
        if (kind === "PersistentVolumeClaim" && pattern.test(metadata.name)) {
          names.add(`${kind} ${metadata.name}`);
        }
      }
    }
  }
  return inside.filter(({ kind, metadata }) => names.has(`${kind} ${metadata.name}`));
}

/** The Secrets that an object other than a pod names. */
function secretsOf(one: KubernetesObject): readonly string[] {
  const { spec, imagePullSecrets, secrets } = one as KubernetesObject & {
    readonly spec?: { readonly tls?: readonly { readonly secretName?: string }[] };
    readonly imagePullSecrets?: readonly { readonly name?: string }[];
    readonly secrets?: readonly { readonly name?: string }[];
  };
  const names =
    one.kind === "Ingress"
      ? (spec?.tls ?? []).map(({ secretName }) => secretName)
      : one.kind === "ServiceAccount"
        ? [...(imagePullSecrets ?? []), ...(secrets ?? [])].map(({ name }) => name)
        : [];
  return names.flatMap((name) => (name === undefined ? [] : [`Secret ${name}`]));
}

/** Claims by the templates of a StatefulSet are there also while its pods are not. */
export function claimTemplatesOf(one: KubernetesObject): readonly string[] {
  if (one.kind !== "StatefulSet") return [];
  const { spec } = one as KubernetesObject & {
    readonly spec?: {
      readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[];
    };
  };
  return (spec?.volumeClaimTemplates ?? []).flatMap(({ metadata }) => metadata?.name ?? []);
}

function namesIn(spec: PodSpec): readonly string[] {
  const named = (kind: string, name: string | undefined): readonly string[] =>
    name === undefined ? [] : [`${kind} ${name}`];
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  return [
    ...named("ServiceAccount", spec.serviceAccountName),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }) => named("Secret", name)),
    ...(spec.volumes ?? []).flatMap((volume) => [
      ...named("PersistentVolumeClaim", volume.persistentVolumeClaim?.claimName),
      ...named("Secret", volume.secret?.secretName),
      ...named("ConfigMap", volume.configMap?.name),
      ...(volume.projected?.sources ?? []).flatMap((source) => [
        ...named("Secret", source.secret?.name),
        ...named("ConfigMap", source.configMap?.name),
      ]),
    ]),
    ...containers.flatMap(({ env = [], envFrom = [] }) => [
      ...envFrom.flatMap((source) => [
        ...named("Secret", source.secretRef?.name),
        ...named("ConfigMap", source.configMapRef?.name),
      ]),
      ...env.flatMap(({ valueFrom }) => [
        ...named("Secret", valueFrom?.secretKeyRef?.name),
        ...named("ConfigMap", valueFrom?.configMapKeyRef?.name),
      ]),
    ]),
  ];
}
