import { fieldsOf, listOf } from "./objects";

type Fields = Readonly<Record<string, unknown>>;

/** A key of a Secret, without the number of its generation. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** What differs in the secrets that pods read. */
export type SecretCause =
  /** The next generation of a key that was read already. */
  | ({ readonly kind: "rotated"; readonly generation: number } & SecretKey)
  /** An earlier generation than before. */
  | ({ readonly kind: "reverted"; readonly generation: number } & SecretKey)
  /** Fewer generations, with the newest as before. */
  | ({ readonly kind: "dropped" } & SecretKey)
  /** The same generation, with another text around it: an address that has it inside. */
  | ({ readonly kind: "around" } & SecretKey)
  /** A key is read for the first time, or no longer. */
  | ({ readonly kind: "begins" | "stops" } & SecretKey)
  /** A variable reads one key in place of another one. */
  | ({ readonly kind: "source"; readonly before: SecretKey } & SecretKey);

/** A container of both sides. */
export interface Pair {
  readonly name: string;
  readonly before: Fields;
  readonly after: Fields;
}

export const rotationPrefix = "rotation.platform/";

/** The secrets that pods read otherwise than before; each once. */
export function secretCausesOf(
  was: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
  containers: readonly Pair[],
): SecretCause[] {
  const single = ofKeys(was, is);
  const sources = containers
    .flatMap(sourcesOf)
    .filter(
      ({ before, ...after }) =>
        single.some((it) => it.kind === "stops" && sameKey(it, before)) &&
        single.some((it) => it.kind === "begins" && sameKey(it, after)),
    );
  const told = (cause: SecretCause): boolean =>
    (cause.kind === "begins" && sources.some((it) => sameKey(it, cause))) ||
    (cause.kind === "stops" && sources.some(({ before }) => sameKey(before, cause)));
  const once = new Map(sources.map((source) => [JSON.stringify(source), source]));
  return [...single.filter((cause) => !told(cause)), ...once.values()];
}

/** Whether a variable differs only for one of these causes. */
export function isToldBy(
  was: Fields | undefined,
  is: Fields | undefined,
  causes: readonly SecretCause[],
): boolean {
  const [before, after] = [readBy(was), readBy(is)];
  if (after === undefined || before === undefined) {
    const only = before ?? after;
    return (
      only !== undefined &&
      causes.some((it) => ["rotated", "reverted", "dropped"].includes(it.kind) && sameKey(it, only))
    );
  }
  return causes.some((cause) => {
    if (cause.kind === "begins" || cause.kind === "stops") return false;
    return sameKey(cause, after) && sameKey(cause.kind === "source" ? cause.before : cause, before);
  });
}

/** `password-2` with the generation 2 is the second value of `password`. */
function ofKeys(
  was: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
): SecretCause[] {
  const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((name) => name.startsWith(rotationPrefix) && was[name] !== is[name])
    .sort();
  const names = new Set(changed.map((name) => lasting(name, is[name] ?? was[name])));
  return [...names].map((name) => {
    const text = name.slice(rotationPrefix.length);
    const dot = text.indexOf(".");
    const which = { secret: text.slice(0, dot), key: text.slice(dot + 1) };
    const [before, after] = [generationsOf(was, name), generationsOf(is, name)];
    const [newest, latest] = [before, after].map((numbers) => Math.max(0, ...numbers));
    return { ...kindOf(newest ?? 0, latest ?? 0, before.join() === after.join()), ...which };
  });
}

function kindOf(
  newest: number,
  latest: number,
  sameNumbers: boolean,
):
  | { kind: "begins" | "stops" | "around" | "dropped" }
  | { kind: "rotated" | "reverted"; generation: number } {
  if (newest === 0) return { kind: "begins" };
  if (latest === 0) return { kind: "stops" };
  if (latest > newest) return { kind: "rotated", generation: latest };
  if (latest < newest) return { kind: "reverted", generation: latest };
  return { kind: sameNumbers ? "around" : "dropped" };
}

/** The number in `2`, or in `2-` with a hash of the text around the secret. */
function numberIn(value: string | undefined): number {
  return Number(/^\d+/.exec(value ?? "")?.[0] ?? 0);
}

function lasting(name: string, value: string | undefined): string {
  const suffix = `-${numberIn(value)}`;
  return value !== undefined && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

/** The generations of a key that a side reads, as numbers in order. */
function generationsOf(side: Readonly<Record<string, string>>, name: string): number[] {
  return Object.entries(side)
    .filter(([key, value]) => lasting(key, value) === name)
    .map(([, value]) => numberIn(value))
    .sort((a, b) => a - b);
}

/** The variables of a container that read another key than before. */
function sourcesOf({ before, after }: Pair): Extract<SecretCause, { kind: "source" }>[] {
  return listOf(after.env).flatMap((variable) => {
    const old = listOf(before.env).find(({ name }) => name === variable.name);
    const [was, is] = [readBy(old), readBy(variable)];
    if (was === undefined || is === undefined || sameKey(was, is)) return [];
    return [{ kind: "source" as const, ...is, before: was }];
  });
}

/** The key that a variable reads, whatever its generation. */
function readBy(variable: Fields | undefined): SecretKey | undefined {
  const { name, key } = fieldsOf(fieldsOf(variable?.valueFrom).secretKeyRef);
  if (typeof name !== "string" || typeof key !== "string") return undefined;
  return { secret: name, key: key.replace(/-\d+$/, "") };
}

function sameKey(one: SecretKey, other: SecretKey): boolean {
  return one.secret === other.secret && one.key === other.key;
}
