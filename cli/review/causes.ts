import { fieldsOf, listOf, textsOf } from "./objects";
import { isToldBy, type Pair, rotationPrefix, type SecretCause, secretCausesOf } from "./rotations";

type Fields = Readonly<Record<string, unknown>>;

/** Why pods are made anew. Values are as they are declared; whoever shows them makes them safe. */
export type Cause =
  | SecretCause
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

const prefixes = { rotation: rotationPrefix, checksum: "checksum.platform/" } as const;

/** What differs between two pod templates, by what people have changed for it. */
export function causesOf(before: Fields, after: Fields): Cause[] {
  const [was, is] = [annotations(before), annotations(after)];
  const containers = pairs(before, after);
  const secrets = secretCausesOf(was, is, containers);
  const images = containers.flatMap(imageOf);
  return [
    ...secrets,
    ...changedKeys(was, is, prefixes.checksum).map((configMap) => ({
      kind: "files" as const,
      configMap,
    })),
    ...images,
    ...containers.flatMap((pair) => variablesOf(pair, secrets)),
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

/** A variable that reads the next generation of a secret, say, is told of by the rotation. */
function variablesOf({ name, before, after }: Pair, secrets: readonly SecretCause[]): Cause[] {
  const values = (container: Fields): Map<string, Fields> =>
    new Map(listOf(container.env).map((variable) => [String(variable.name), variable]));
  const [was, is] = [values(before), values(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => !same(was.get(key), is.get(key)))
    .filter((key) => !isToldBy(was.get(key), is.get(key), secrets))
    .sort();
  return names.length === 0 ? [] : [{ kind: "variables", container: name, names }];
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
