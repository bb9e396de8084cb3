import { containersOf, nameOf, ofKind, type StackObject, templateOf } from "./objects";

/** A Secret that an object of the stack needs and that the stack does not make. */
export interface SecretUse {
  readonly namespace: string;
  readonly name: string;
  /** What it is for decides what has to be in it. */
  readonly purpose: "keys" | "tls" | "pull";
  /** The keys that are asked for; none where all of it is. */
  readonly keys: readonly string[];
  /** Who needs it, `Deployment acme/web`. */
  readonly by: string;
}

/** The Secrets that somebody else has to have made before the update. */
export function secretUses(objects: readonly StackObject[]): readonly SecretUse[] {
  const made = new Set([
    ...ofKind(objects, "Secret").map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    ...objects.flatMap(issued),
  ]);
  return objects
    .flatMap((object) => [...ofPods(object), ...ofIngress(object), ...ofTrigger(object)])
    .filter(({ namespace, name }) => !made.has(`${namespace}/${name}`));
}

/** What cert-manager makes for the stack. */
function issued({ kind, metadata, spec }: StackObject): readonly string[] {
  const names =
    kind === "Certificate"
      ? [spec?.secretName as string]
      : metadata.annotations?.["cert-manager.io/cluster-issuer"] === undefined
        ? []
        : tlsNames(spec);
  return names.map((name) => `${metadata.namespace}/${name}`);
}

function tlsNames(spec: StackObject["spec"]): readonly string[] {
  const tls = (spec?.tls ?? []) as readonly { readonly secretName?: string }[];
  return tls.flatMap(({ secretName }) => secretName ?? []);
}

function ofPods(object: StackObject): readonly SecretUse[] {
  const pod = templateOf(object)?.spec;
  if (pod === undefined) return [];
  const use = useBy(object);
  const references = containersOf(object).flatMap(({ env = [], envFrom = [] }) => [
    ...env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []),
    ...envFrom.flatMap(({ secretRef }) => secretRef ?? []),
  ]);
  const volumes = (pod.volumes ?? []).flatMap(({ secret, projected }) => [
    ...(secret === undefined ? [] : [secret]),
    ...(projected?.sources ?? []).flatMap((source) => source.secret ?? []),
  ]);
  return [
    ...references
      .filter(({ optional }) => optional !== true)
      .map(({ name = "", key }) => use("keys", name, key === undefined ? [] : [key])),
    ...volumes
      .filter(({ optional }) => optional !== true)
      .map(({ secretName, name = "", items = [] }) =>
        use(
          "keys",
          secretName ?? name,
          items.map(({ key }) => key),
        ),
      ),
    ...(pod.imagePullSecrets ?? []).map(({ name }) => use("pull", name, [])),
  ];
}

function ofIngress(object: StackObject): readonly SecretUse[] {
  if (object.kind !== "Ingress") return [];
  return tlsNames(object.spec).map((name) => useBy(object)("tls", name, ["tls.crt", "tls.key"]));
}

/** KEDA's way to name a key of a Secret. */
function ofTrigger(object: StackObject): readonly SecretUse[] {
  if (object.kind !== "TriggerAuthentication") return [];
  const targets = (object.spec?.secretTargetRef ?? []) as readonly {
    readonly name: string;
    readonly key: string;
  }[];
  return targets.map(({ name, key }) => useBy(object)("keys", name, [key]));
}

function useBy(object: StackObject) {
  return (purpose: SecretUse["purpose"], name: string, keys: readonly string[]): SecretUse => ({
    ...{ namespace: object.metadata.namespace ?? "default", name, purpose, keys },
    by: nameOf(object),
  });
}
