import { type Document, isMap, isScalar, parseDocument, type ParsedNode, type YAMLMap } from "yaml";

import { UserError } from "../errors";

/** A setting that a derived stack file has in place of the committed one. */
export interface Override {
  /** The configuration key with its namespace, `platform:render`. */
  readonly key: string;
  readonly value: unknown;
}

/** What a stack file is derived with. */
export interface Derivation {
  /** The salt that belongs to the local passphrase. */
  readonly salt: string | undefined;
  /** Locally encrypted values, by the id of the setting that they stand for. */
  readonly placeholders: ReadonlyMap<string, string>;
  /** Encrypted settings that the committed file lacks, by their key. @default none */
  readonly standIns?: ReadonlyMap<string, string>;
  readonly overrides?: readonly Override[];
}

/** The parts of a team's stack file that name its own key; they are of no use with ours. */
const keysOfTheTeam = ["secretsprovider", "encryptedkey", "encryptionsalt"];

/**
 * The stack file that our commands hand to pulumi: the committed one with a local salt and with
 * placeholders for values that only the team's own key opens. All else stays to the letter, so that
 * `1.10` and `"1.10"` remain what they are.
 *
 * @example
 * deriveStackFile(text, { salt: "v1:…", placeholders: new Map() });
 */
export function deriveStackFile(committed: string, derivation: Derivation): string {
  const document = parseStackFile(committed);
  for (const key of keysOfTheTeam) document.delete(key);
  if (derivation.salt !== undefined) document.set("encryptionsalt", derivation.salt);
  for (const { id, secret } of secrets(document)) {
    const value = derivation.placeholders.get(id);
    if (value === undefined) throw new Error(`No placeholder was made for ${id}.`);
    secret.set("secure", value);
  }
  for (const [key, secure] of derivation.standIns ?? []) {
    document.setIn(["config", key], document.createNode({ secure }));
  }
  for (const { key, value } of derivation.overrides ?? []) {
    document.setIn(["config", key], document.createNode(value));
  }
  return document.toString({ lineWidth: 0 });
}

/** The encrypted values of a stack file, by the id of their setting. */
export function encryptedValues(text: string): Map<string, string> {
  return new Map(
    secrets(parseStackFile(text)).map(({ id, secret }) => [id, String(secret.get("secure"))]),
  );
}

/** The salt of a stack file, if it has one. */
export function encryptionSalt(text: string): string | undefined {
  const salt = parseStackFile(text).get("encryptionsalt");
  return typeof salt === "string" ? salt : undefined;
}

/** A setting of a stack file as plain data; undefined when it has none. */
export function stackSetting(text: string, key: string): unknown {
  return stackConfig(text)[key];
}

/** All settings of a stack file as plain data; encrypted ones as `{secure: …}`. */
export function stackConfig(text: string): Readonly<Record<string, unknown>> {
  const document = parseStackFile(text);
  try {
    const { config } = (document.toJS() ?? {}) as { config?: Record<string, unknown> | null };
    return config ?? {};
  } catch (error) {
    // An alias of what is nowhere.
    if (!(error instanceof ReferenceError)) throw error;
    throw new UserError(`A stack file is not valid YAML: ${error.message}`);
  }
}

function parseStackFile(text: string): Document<ParsedNode> {
  const document = parseDocument(text);
  const fault = document.errors[0];
  if (fault !== undefined) throw new UserError(`A stack file is not valid YAML: ${fault.message}`);
  // A file of comments alone is a stack without settings.
  if (document.contents === null) return parseDocument("config: {}");
  return document;
}

/** Every `{secure: …}` below `config`, nested ones too. */
function secrets(document: Document<ParsedNode>): { id: string; secret: YAMLMap }[] {
  const found: { id: string; secret: YAMLMap }[] = [];
  const walk = (node: unknown, path: string[]): void => {
    if (!isMap(node)) {
      const items = (node as { items?: unknown } | null | undefined)?.items;
      for (const [i, item] of Array.isArray(items) ? items.entries() : []) {
        walk(item, [...path, String(i)]);
      }
      return;
    }
    const secure: unknown = node.get("secure");
    if (path.length > 0 && node.items.length === 1 && typeof secure === "string") {
      found.push({ id: path.join("/"), secret: node });
      return;
    }
    for (const { key, value } of node.items) {
      walk(value, [...path, isScalar(key) ? String(key.value) : String(key)]);
    }
  };
  walk(document.get("config"), []);
  return found;
}
