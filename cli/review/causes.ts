import { fieldsOf, listOf, textsOf } from "./objects";

type Fields = Readonly<Record<string, unknown>>;

/** Why pods are made anew. Values are as they are declared; whoever shows them makes them safe. */
export type Cause =
  | {
      readonly kind: "rotated";
      readonly secret: string;
      readonly key: string;
      readonly generation: number;
    }
  | { readonly kind: "dropped"; readonly secret: string; readonly key: string }
  | { readonly kind: "files"; readonly configMap: string }
  | {
      readonly kind: "image";
      readonly container: string;
      readonly before: string;
      readonly after: string;
    }
  | { readonly kind: "variables"; readonly container: string; readonly names: readonly string[] }
  /** `resources`, of a container or, without one, of the pods. */
  | { readonly kind: "other"; readonly what: string; readonly container?: string };

const prefixes = { rotation: "rotation.platform/", checksum: "checksum.platform/" } as const;

/** What differs between two pod templates, by what people have changed for it. */
export function causesOf(before: Fields, after: Fields): Cause[] {
  const [was, is] = [annotations(before), annotations(after)];
  const rotated = rotations(was, is);
  const images = pairs(before, after).flatMap(imageOf);
  return [
    ...rotated,
    ...changedKeys(was, is, prefixes.checksum).map((configMap) => ({
      kind: "files" as const,
      configMap,
    })),
    ...images,
    ...pairs(before, after).flatMap((pair) => variablesOf(pair, rotated)),
    ...otherParts(before, after, images.length > 0),
  ];
}

function annotations(template: Fields): Readonly<Record<string, string>> {
  return textsOf(fieldsOf(template.metadata).annotations);
}

/** The keys with a prefix, without it, whose text is not the same on both sides. */
function changedKeys(
  was: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
  prefix: string,
): string[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((key) => key.startsWith(prefix) && was[key] !== is[key])
    .map((key) => key.slice(prefix.length))
    .sort();
}

/** `password-2` with the generation 2 is the second value of `password`. */
function rotations(
  was: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
): Extract<Cause, { kind: "rotated" | "dropped" }>[] {
  const changed = changedKeys(was, is, prefixes.rotation);
  const names = new Set(
    changed.map((name) =>
      lasting(name, is[prefixes.rotation + name] ?? was[prefixes.rotation + name]),
    ),
  );
  return [...names].map((name) => {
    const dot = name.indexOf(".");
    const [secret, key] = [name.slice(0, dot), name.slice(dot + 1)];
    const [newest, latest] = [highest(was, name), highest(is, name)];
    return latest === 0 || latest === newest
      ? { kind: "dropped" as const, secret, key }
      : { kind: "rotated" as const, secret, key, generation: latest };
  });
}

function lasting(name: string, generation: string | undefined): string {
  const suffix = `-${generation ?? ""}`;
  return generation !== undefined && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

/** The highest generation of a key that a side reads; 0 where it reads none. */
function highest(side: Readonly<Record<string, string>>, name: string): number {
  const generations = Object.entries(side)
    .filter(([key, value]) => lasting(key, value) === prefixes.rotation + name)
    .map(([, value]) => Number(value));
  return Math.max(0, ...generations.filter(Number.isFinite));
}

interface Pair {
  readonly name: string;
  readonly before: Fields;
  readonly after: Fields;
}

/** The containers that both sides have, by name. */
function pairs(before: Fields, after: Fields): Pair[] {
  return ["initContainers", "containers"].flatMap((list) =>
    listOf(fieldsOf(after.spec)[list]).flatMap((container) => {
      const name = String(container.name);
      const old = listOf(fieldsOf(before.spec)[list]).find((it) => it.name === container.name);
      return old === undefined ? [] : [{ name, before: old, after: container }];
    }),
  );
}

function imageOf({ name, before, after }: Pair): Cause[] {
  if (same(before.image, after.image)) return [];
  return [
    { kind: "image", container: name, before: String(before.image), after: String(after.image) },
  ];
}

/** A variable that reads the next generation of a secret is told of by the rotation. */
function variablesOf({ name, before, after }: Pair, rotated: readonly Cause[]): Cause[] {
  const values = (container: Fields): Map<string, Fields> =>
    new Map(listOf(container.env).map((variable) => [String(variable.name), variable]));
  const [was, is] = [values(before), values(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => !same(was.get(key), is.get(key)))
    .filter((key) => !rotated.some((cause) => reads(is.get(key) ?? was.get(key), cause)))
    .sort();
  return names.length === 0 ? [] : [{ kind: "variables", container: name, names }];
}

function reads(variable: Fields | undefined, cause: Cause): boolean {
  if (cause.kind !== "rotated" && cause.kind !== "dropped") return false;
  const { name, key } = fieldsOf(fieldsOf(variable?.valueFrom).secretKeyRef);
  return name === cause.secret && String(key).replace(/-\d+$/, "") === cause.key;
}

/** Fields that the causes above have told of. */
const told = ["name", "image", "env"];
/** It follows the image. */
const versionLabel = "app.kubernetes.io/version";

function otherParts(before: Fields, after: Fields, newImage: boolean): Cause[] {
  const labels = (template: Fields): Fields => {
    const all = textsOf(fieldsOf(template.metadata).labels);
    return newImage ? { ...all, [versionLabel]: "" } : all;
  };
  const rest = (template: Fields): Fields =>
    Object.fromEntries(
      Object.entries(annotations(template)).filter(
        ([key]) => !Object.values(prefixes).some((prefix) => key.startsWith(prefix)),
      ),
    );
  const pods = (template: Fields): Fields => ({
    ...fieldsOf(template.spec),
    containers: names(template, "containers"),
    initContainers: names(template, "initContainers"),
  });
  const other = (what: string, container?: string): Cause => ({
    kind: "other",
    what,
    ...(container === undefined ? {} : { container }),
  });
  return [
    ...pairs(before, after).flatMap(({ name, before: was, after: is }) =>
      differing(was, is)
        .filter((field) => !told.includes(field))
        .map((field) => other(field, name)),
    ),
    ...differing(pods(before), pods(after)).map((field) => other(field)),
    ...(same(labels(before), labels(after)) ? [] : [other("labels")]),
    ...(same(rest(before), rest(after)) ? [] : [other("annotations")]),
  ];
}

function names(template: Fields, list: string): unknown[] {
  return listOf(fieldsOf(template.spec)[list]).map(({ name }) => name);
}

function differing(before: Fields, after: Fields): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !same(before[key], after[key]))
    .sort();
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
