/** A resource of a rendering, as the floor's program registers it. */
export interface FloorResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
  /** Those that have to be there first, by {@link keyOf}. */
  readonly after: readonly string[];
}

/** Tells a resource from every other one: parts of a component share their name. */
export const keyOf = ({ type, name }: Pick<FloorResource, "type" | "name">): string =>
  `${type}::${name}`;

type Fields = Readonly<Record<string, unknown>>;

/** The kinds whose pods start as soon as they are there. */
const startsPods = /:(Deployment|StatefulSet|Job)$/;

/** What a pod does not start without, by the key that names it and the kind that it is of. */
const references: Readonly<Record<string, { readonly key: string; readonly kind: string }>> = {
  secretKeyRef: { key: "name", kind: "Secret" },
  secretRef: { key: "name", kind: "Secret" },
  secret: { key: "secretName", kind: "Secret" },
  configMapKeyRef: { key: "name", kind: "ConfigMap" },
  configMapRef: { key: "name", kind: "ConfigMap" },
  configMap: { key: "name", kind: "ConfigMap" },
  persistentVolumeClaim: { key: "claimName", kind: "PersistentVolumeClaim" },
};

/**
 * The orders that Kubernetes itself needs: a namespace before what is in it, and before pods the
 * account, the Secrets, the ConfigMaps and the claims that they name.
 */
export function withNeeds(
  resources: readonly Omit<FloorResource, "after">[],
): readonly FloorResource[] {
  const byObject = new Map(resources.map((one) => [objectOf(one), keyOf(one)]));
  const ordered = resources.map((one) => {
    const namespace = metadataOf(one).namespace;
    const inNamespace = typeof namespace === "string" ? [`Namespace /${namespace}`] : [];
    const named = startsPods.test(one.type)
      ? [...namedIn(one.inputs)].map(([kind, name]) => `${kind} ${String(namespace)}/${name}`)
      : [];
    const after = [...inNamespace, ...named].flatMap((object) => byObject.get(object) ?? []);
    return { ...one, after: [...new Set(after)] };
  });
  // A program makes what others wait for before them.
  const rank = ({ type }: FloorResource): number =>
    type.endsWith(":Namespace") ? 0 : startsPods.test(type) ? 2 : 1;
  return [...ordered].sort((a, b) => rank(a) - rank(b));
}

function objectOf(resource: Omit<FloorResource, "after">): string {
  const { namespace, name } = metadataOf(resource);
  const kind = resource.type.slice(resource.type.lastIndexOf(":") + 1);
  return `${kind} ${typeof namespace === "string" ? namespace : ""}/${String(name)}`;
}

function metadataOf({ inputs }: Omit<FloorResource, "after">): Fields {
  return ((inputs as Fields).metadata ?? {}) as Fields;
}

/** All that a pod's template names, with its kind. */
function* namedIn(value: unknown): Generator<readonly [string, string]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    if (key === "serviceAccountName" && typeof one === "string") yield ["ServiceAccount", one];
    const reference = references[key];
    const name = reference && (one as Fields | null)?.[reference.key];
    if (reference !== undefined && typeof name === "string") yield [reference.kind, name];
    yield* namedIn(one);
  }
}
