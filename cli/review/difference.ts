import type { PropertyChange } from "./model";

/** A step into a value: a key of an object, an index of a list, or the entry that has a key. */
export type Step = string | number | EntryStep;

/** The entry of a list whose field `by` is `key`: the container named `web`. */
export interface EntryStep {
  readonly by: string;
  readonly key: string | number;
}

/** One place in which two values differ; undefined where the one has nothing there. */
export interface Difference {
  readonly path: readonly Step[];
  readonly before?: unknown;
  readonly after?: unknown;
  /** The entries of this list stand in another order; `before` and `after` are their keys. */
  readonly order?: true;
}

/**
 * What tells the entries of a list apart, the first that all of them have and no two share: names of
 * containers, variables and volumes, ports, mount paths, hosts and paths of an Ingress.
 */
const keys = ["name", "mountPath", "containerPort", "port", "host", "path", "key", "secretName"];

/** Objects whose keys mean something each, so that a first one is not the whole object's coming. */
const maps: ReadonlySet<Step | undefined> = new Set<Step>([
  ...["annotations", "labels", "data", "binaryData", "stringData", "hard", "limits", "requests"],
]);

type Entry = Readonly<Record<string, unknown>>;

/**
 * The places in which two declared values differ, as deep as both have something. An entry that is
 * put into the middle of a list is one difference, not a shift of all that follow; only lists whose
 * entries cannot be told apart, and have become more or fewer, differ as a whole.
 */
export function differences(
  before: unknown,
  after: unknown,
  path: readonly Step[] = [],
): readonly Difference[] {
  if (Object.is(before, after)) return [];
  if (isList(before) && isList(after)) return ofLists(before, after, path);
  if (isEntry(before) && isEntry(after)) return ofMaps(before, after, path);
  if (maps.has(path.at(-1)) && before === undefined && isFilled(after)) {
    return ofMaps({}, after, path);
  }
  if (maps.has(path.at(-1)) && after === undefined && isFilled(before)) {
    return ofMaps(before, {}, path);
  }
  return [difference(path, before, after)];
}

/** As {@link differences}, for people: sorted, with each path as text. */
export function propertyChanges(before: unknown, after: unknown): readonly PropertyChange[] {
  return differences(before, after)
    .map(({ path, order, before: was, after: is }) => ({
      path: `${pathText(path)}${order === true ? " (order)" : ""}`,
      ...(was === undefined ? {} : { before: was }),
      ...(is === undefined ? {} : { after: is }),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `spec.template.spec.containers[web].env[FOO].value`, `metadata.annotations["example.com/a"]`. */
export function pathText(path: readonly Step[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (typeof step !== "string") return `${text}[${step.key}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

function ofMaps(before: Entry, after: Entry, path: readonly Step[]): readonly Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .sort()
    .flatMap((name) => differences(own(before, name), own(after, name), [...path, name]));
}

function ofLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: readonly Step[],
): readonly Difference[] {
  const by = keys.find((name) => tellsApart(name, before) && tellsApart(name, after));
  if (by !== undefined) return ofEntries(before as Entry[], after as Entry[], by, path);
  if (before.length === after.length && [...before, ...after].every(isEntry)) {
    return before.flatMap((item, i) => differences(item, after[i], [...path, i]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [difference(path, before, after)];
}

function ofEntries(
  before: readonly Entry[],
  after: readonly Entry[],
  by: string,
  path: readonly Step[],
): readonly Difference[] {
  const keysOf = (list: readonly Entry[]): EntryStep["key"][] =>
    list.map((entry) => entry[by] as EntryStep["key"]);
  const entry = (list: readonly Entry[], key: EntryStep["key"]): Entry | undefined =>
    list.find((it) => it[by] === key);
  const [was, is] = [keysOf(before), keysOf(after)];
  const kept = {
    before: was.filter((key) => is.includes(key)),
    after: is.filter((key) => was.includes(key)),
  };
  const moved = kept.before.some((key, i) => key !== kept.after[i]);
  return [
    ...(moved ? [{ path, ...kept, order: true as const }] : []),
    ...[...new Set([...was, ...is])].flatMap((key) =>
      differences(entry(before, key), entry(after, key), [...path, { by, key }]),
    ),
  ];
}

function tellsApart(name: string, list: readonly unknown[]): boolean {
  const found = list.map((item) => (isEntry(item) ? own(item, name) : undefined));
  const keysOnly = found.every((key) => typeof key === "string" || typeof key === "number");
  return keysOnly && new Set(found).size === list.length;
}

function difference(path: readonly Step[], before: unknown, after: unknown): Difference {
  return {
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function own(entry: Entry, name: string): unknown {
  return Object.hasOwn(entry, name) ? entry[name] : undefined;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isFilled(value: unknown): value is Entry {
  return isEntry(value) && Object.keys(value).length > 0;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
