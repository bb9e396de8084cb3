import { parse, stringify } from "yaml";

/** A rendered object and the file that it goes to, relative to the output folder. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
}

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

type Fields = Readonly<Record<string, unknown>>;

/** These come first, in this order; every other key follows by the alphabet. */
const leading = ["apiVersion", "kind", "metadata", "name", "namespace"];

/** What tells how an object was made, and would be wrong on one that kubectl applies. */
const annotationsOfTheEngine = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "pulumi.com/autonamed",
];

/** kubectl reads YAML 1.1, in which a bare `off` is no text; nobody wants anchors in a manifest. */
const yamlOfKubernetes = { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false } as const;

/**
 * Brings objects as the Kubernetes provider writes them into a form that is the same whenever the
 * objects are: one file each, named after namespace, kind and name, with keys in a fixed order.
 */
export function rewriteObjects(documents: readonly string[]): RenderedFile[] {
  const files = new Map<string, string>();
  for (const document of documents) {
    const object = parse(document) as Rendered;
    const path = pathOf(object);
    if (files.has(path)) throw new Error(`Two objects would be written to ${path}.`);
    files.set(path, stringify(sortKeys(clean(object)), yamlOfKubernetes));
  }
  return [...files]
    .map(([path, text]) => ({ path, text }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function pathOf({ kind, metadata: { name, namespace = "cluster" } }: Rendered): string {
  // A colon, as in names of roles, is not allowed in file names everywhere.
  return `${namespace}/${kind}.${name}.yaml`.toLowerCase().replaceAll(":", "_");
}

function clean(object: Rendered): unknown {
  const { metadata, ...rest } = without(readable(object as Rendered & Fields), "status");
  const { annotations, ...named } = without(metadata as Fields, "creationTimestamp");
  const kept = Object.entries((annotations ?? {}) as Record<string, unknown>).filter(
    ([name]) => !annotationsOfTheEngine.includes(name),
  );
  return {
    ...rest,
    metadata: { ...named, ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}) },
  };
}

/** The provider encodes a Secret's text, which no reviewer can read. */
function readable(object: Rendered & Fields): Rendered & Fields {
  if (object.kind !== "Secret" || object.data === undefined) return object;
  const data = Object.entries(object.data as Record<string, string>);
  const texts = data.flatMap(([key, value]) => {
    const text = Buffer.from(value, "base64").toString("utf8");
    return Buffer.from(text, "utf8").toString("base64") === value ? [[key, text] as const] : [];
  });
  const isText = new Set(texts.map(([key]) => key));
  const bytes = data.filter(([key]) => !isText.has(key));
  return {
    ...without(object, "data"),
    ...(bytes.length > 0 ? { data: Object.fromEntries(bytes) } : {}),
    ...(texts.length > 0 ? { stringData: Object.fromEntries(texts) } : {}),
  };
}

function without<T extends Fields>(fields: T, key: string): T {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key)) as T;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const rank = (key: string): number => {
    const place = leading.indexOf(key);
    return place === -1 ? leading.length : place;
  };
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
