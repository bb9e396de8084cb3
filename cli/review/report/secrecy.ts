import { isSecretFile, secretArguments, secretsIn } from "../../../policy/secret-text";
import type { Change, PropertyChange } from "../model";

/** What the engine puts in place of a secret. */
export const secretMark = "[secret]";

/** Keys whose text may repeat a whole object, secrets and all. */
const repeating = /last-applied-configuration|kubeconfig/i;

/** Names of variables whose text is not to be shown, whatever the program calls it. */
const telling = new RegExp(
  [
    "PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|PRIVATE|COOKIE",
    "(API|ACCESS|SIGNING|ENCRYPTION|LICEN[CS]E|MASTER)_?-?KEY",
    // As words of their own: MINIO_PASS, KEY_BASE, but not BYPASS or KEYCLOAK_HOST.
    "(^|[_.-])(PASS|PWD|KEYS?|SALT|DSN)(?=[_.-]|\\d|$)",
    // At the end alone: REDISCLI_AUTH, but not AUTH_ENABLED.
    "(^|[_.-])AUTH$",
  ].join("|"),
  "i",
);

/** The name and the password in an address: `postgres://user:password@host`. */
const credentials = /(\/\/[^\s/:@"']*):[^\s"']*@/g;

/**
 * The lines of a change with nothing in them that is secret, or might be. The engine has masked what
 * it knows of; this holds even where it does not. Keys are shown, because reviewers need them.
 */
export function safeProperties({ resource, properties }: Change): PropertyChange[] {
  const hidden = hides(resource.type);
  const isConfig = /:ConfigMap(Patch)?$/.test(resource.type);
  const lines = properties.map(({ path, ...sides }) =>
    sidesOf(
      { path: samePath(path), ...sides },
      hidden(path) || (isConfig && [sides.before, sides.after].some((it) => isHushFile(path, it))),
    ),
  );
  // What is hidden may leave two lines that say the same.
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

/** The engine writes `data["password-2"]` for what is `data.password-2` elsewhere. */
function samePath(path: string): string {
  return path.replace(/(?<=.)\["([\w-]+)"\]/g, ".$1");
}

/** A JSON document without the texts under keys that say that they are secret. */
function hushedDocument(text: string): string {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    const document: unknown = JSON.parse(text);
    const safe = hushed(withoutTelling(document));
    return JSON.stringify(safe) === JSON.stringify(document) ? text : JSON.stringify(safe);
  } catch {
    return text; // It only looks like one.
  }
}

/** A file of a ConfigMap that is a secret by its name, or that nobody can read and that has one in it. */
function isHushFile(path: string, content: unknown): boolean {
  const [, field, file] = /^(data|binaryData)(?:\.|\[")(.+?)(?:"\])?$/.exec(path) ?? [];
  if (file === undefined || typeof content !== "string") return false;
  if (field === "data") return isSecretFile(file, content);
  const text = Buffer.from(content, "base64").toString("utf8");
  return isSecretFile(file, text) || secretsIn(text, file).length > 0;
}

/** The same text without the secrets that stand in it as they are. */
function withoutLiterals(text: string, file?: string): string {
  return secretsIn(text, file).reduceRight(
    (rest, [from, to]) => `${rest.slice(0, from)}${secretMark}${rest.slice(to)}`,
    text,
  );
}

/** The words of a command line without those that are secret. */
function hushedWords(words: readonly unknown[]): unknown[] {
  const texts = words.map((word) => (typeof word === "string" ? word : ""));
  const found = secretArguments(texts);
  return words.map((word, at) => {
    if (!found.includes(at) || typeof word !== "string") return word;
    const rest = withoutLiterals(word);
    return rest === word ? secretMark : rest;
  });
}

function withoutTelling(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTelling);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      telling.test(key) ? masked(inner) : withoutTelling(inner),
    ]),
  );
}

/** A text of somebody else without the passwords of the addresses in it. */
export function withoutCredentials(text: string): string {
  return text.replace(credentials, `$1:${secretMark}@`);
}

function sidesOf({ path, ...sides }: PropertyChange, hidden: boolean): PropertyChange {
  const hide = hidden || repeating.test(path) || namesASecret(path);
  const variable = /\benv\[[^\]]+\]$/.test(path);
  const [before, after] = hide
    ? [masked(sides.before, variable), masked(sides.after, variable)]
    : bothMasked(sides.before, sides.after).map((side) => hushed(side, fileIn(path)));
  return {
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** All that says how a provider works; what it reads a cluster's credentials from is not among it. */
const providerSettings =
  /^(version|context|cluster|clusterIdentifier|namespace|(enable|delete|skip|suppress)\w+|strictMode|alwaysRender|kubeClientSettings|protect|retainOnDelete)\b/;

/** Which properties of a type are hidden altogether. */
function hides(type: string): (path: string) => boolean {
  if (/:(Secret|SecretList|SecretPatch)$/.test(type)) {
    return (path) =>
      !/^(metadata|type|immutable|protect|retainOnDelete|kind|apiVersion)\b/.test(path);
  }
  if (type.startsWith("kubernetes:")) return () => false;
  const shown = type.startsWith("pulumi:providers:")
    ? providerSettings
    : /^(length|special|upper|lower|numeric|protect|retainOnDelete)\b/;
  return (path) => !shown.test(path);
}

/**
 * A variable in a list that has a name twice is told by its number, which does not say what it is. The
 * keys of a ConfigMap that are variables of pods are written like these.
 */
function namesASecret(path: string): boolean {
  const [, name = ""] = /\benv\[([^\]]+)\](?:\.value)?$/.exec(path) ?? [];
  const [, key = ""] = /^data\.([A-Z][A-Z0-9_]*)$/.exec(path) ?? [];
  return telling.test(name) || /^\d+$/.test(name) || telling.test(key);
}

/**
 * The same value with every text hidden; keys stay, and of a variable its name, and what it refers to
 * a Secret by.
 */
function masked(value: unknown, variable = false): unknown {
  if (value === undefined || typeof value === "boolean") return value;
  if (!isObject(value)) return secretMark;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      variable && ["valueFrom", "name"].includes(key) ? inner : masked(inner),
    ]),
  );
}

/** The file that a property is, `bootstrap.py` of `data["bootstrap.py"]`. */
function fileIn(path: string): string | undefined {
  return /^data\["(.+)"\]$/.exec(path)?.[1];
}

/** A value without the texts of variables whose names say that they are secret, and what stands in others. */
function hushed(value: unknown, file?: string): unknown {
  if (typeof value === "string") {
    return hushedDocument(withoutLiterals(withoutCredentials(value), file));
  }
  if (Array.isArray(value)) return hushedWords(value).map((it) => hushed(it));
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
