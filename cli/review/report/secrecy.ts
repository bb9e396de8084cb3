import type { Change, PropertyChange } from "../model";

/** What the engine puts in place of a secret. */
export const secretMark = "[secret]";

/** Keys whose text may repeat a whole object, secrets and all. */
const repeating = /last-applied-configuration|kubeconfig/i;

/** Names of variables whose text is not to be shown, whatever the program calls it. */
const telling = /PASS(WORD|WD|PHRASE)?$|SECRET|TOKEN|CREDENTIAL|PRIVATE|(API|ACCESS|SIGNING)_?KEY/i;

/**
 * The lines of a change with nothing in them that is secret, or might be. The engine has masked what
 * it knows of; this holds even where it does not. Keys are shown, because reviewers need them.
 */
export function safeProperties({ resource, properties }: Change): PropertyChange[] {
  const hidden = hides(resource.type);
  const lines = properties.map(({ path, ...sides }) => {
    const hide = hidden(path) || repeating.test(path) || namesASecret(path);
    const [before, after] = hide
      ? [masked(sides.before), masked(sides.after)]
      : bothMasked(sides.before, sides.after).map(hushed);
    return {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
  });
  // What is hidden may leave two lines that say the same.
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

/** Which properties of a type are hidden altogether. */
function hides(type: string): (path: string) => boolean {
  if (/:(Secret|SecretList|SecretPatch)$/.test(type)) {
    return (path) =>
      !/^(metadata|type|immutable|protect|retainOnDelete|kind|apiVersion)\b/.test(path);
  }
  if (type.startsWith("kubernetes:")) return () => false;
  const shown = type.startsWith("pulumi:providers:")
    ? /^(version|context|cluster|clusterIdentifier|namespace|protect|retainOnDelete)\b/
    : /^(length|special|upper|lower|numeric|protect|retainOnDelete)\b/;
  return (path) => !shown.test(path);
}

/** A variable in a list that has a name twice is told by its number, which does not say what it is. */
function namesASecret(path: string): boolean {
  const [, name = ""] = /\benv\[([^\]]+)\](?:\.value)?$/.exec(path) ?? [];
  return telling.test(name) || /^\d+$/.test(name);
}

/** The same value with every text hidden; keys stay, and what refers to a Secret by its name. */
function masked(value: unknown, key = ""): unknown {
  if (value === undefined || typeof value === "boolean") return value;
  if (["valueFrom", "name"].includes(key)) return value;
  if (typeof value !== "object" || value === null) return secretMark;
  if (Array.isArray(value)) return secretMark;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, masked(inner, name)]),
  );
}

/** A value without the texts of variables whose names say that they are secret. */
function hushed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hushed);
  if (!isObject(value)) return value;
  const hides = typeof value.name === "string" && telling.test(value.name);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      (hides && key === "value") || repeating.test(key) ? masked(inner) : hushed(inner),
    ]),
  );
}

/** What is secret on one side is hidden on the other: it was the value, or becomes it. */
function bothMasked(before: unknown, after: unknown): [unknown, unknown] {
  if (before === secretMark || after === secretMark) {
    return [before, after].map((side) => (side === undefined ? undefined : secretMark)) as [
      unknown,
      unknown,
    ];
  }
  if (Array.isArray(before) || Array.isArray(after)) {
    const some = [before, after].some((side) =>
      JSON.stringify(side ?? null).includes(`"${secretMark}"`),
    );
    return some ? bothMasked(before && secretMark, after && secretMark) : [before, after];
  }
  if (!isObject(before) && !isObject(after)) return [before, after];
  const [was, is] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  const pairs = [...new Set([...Object.keys(was), ...Object.keys(is)])].map(
    (key) => [key, bothMasked(was[key], is[key])] as const,
  );
  const side = (index: 0 | 1, own: unknown): unknown =>
    isObject(own)
      ? Object.fromEntries(
          pairs.filter(([key]) => key in own).map(([key, values]) => [key, values[index]]),
        )
      : own;
  return [side(0, before), side(1, after)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
