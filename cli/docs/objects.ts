/** A Kubernetes object as it was parsed. What it holds is read by those who know its kind. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

export type Labels = Readonly<Record<string, string>>;

export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly unknown[];
}

/** An object's spec, taken for what its kind says that it is. */
export function specOf<T extends object>(object: KubernetesObject): Partial<T> {
  return object.spec ?? {};
}

/** The objects of these kinds, in the order of their names. */
export function ofKind(
  objects: readonly KubernetesObject[],
  ...kinds: readonly string[]
): KubernetesObject[] {
  return objects
    .filter(({ kind }) => kinds.includes(kind))
    .sort(byKey(({ metadata }) => metadata.name));
}

/** Whether a selector takes in these labels; an empty one takes in everything. */
export function selects({ matchLabels = {}, ...rest }: Selector, labels: Labels): boolean {
  if (rest.matchExpressions !== undefined) {
    throw new Error("A selector has matchExpressions, which the page of services cannot read.");
  }
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

/** The name that does not change with an object's content: a Job's own name ends with a hash. */
export function lastingName({ metadata }: Pick<KubernetesObject, "metadata">): string {
  return metadata.labels?.["app.kubernetes.io/name"] ?? metadata.name;
}

/** Compares by a text, in the order of its characters: the same on every machine. */
export function byKey<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
