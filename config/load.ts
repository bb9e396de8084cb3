import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";

import type { SecretChoice } from "./blocks";
import { type Fault, hidden, SettingsError } from "./faults";
import { resolve } from "./resolve";
import { type Settings, settingsSchema } from "./settings";
import { walk } from "./shape";
import { optionalPostgres, postgres, redis } from "./stores";
import { sourceDatabase } from "./systems/philotes";

/** The values of the encrypted settings, by name. They stay secret wherever they are handed on. */
export type EncryptedSettings = Readonly<Record<string, pulumi.Output<string>>>;

const prefix = "platform:";

/**
 * Reads the stack configuration: the one place of the program that does. Structured settings are
 * JSON text here, plain ones the text itself.
 */
export function loadSettings(): { settings: Settings; encrypted: EncryptedSettings } {
  const stack = pulumi.getStack();
  const config = new pulumi.Config("platform");
  const said = new Map<string, unknown>();
  const encrypted = new Map<string, pulumi.Output<string>>();
  const nested: string[] = [];
  const secretKeys = encryptedKeys();
  for (const [key, text] of Object.entries(pulumi.runtime.allConfig())) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    const structured = Object.hasOwn(settingsSchema.shape, name);
    if (structured && secretKeys.has(key)) nested.push(name);
    if (structured || !secretKeys.has(key)) said.set(name, parsed(text));
    else encrypted.set(name, config.requireSecret(name));
  }
  try {
    const settings = resolveBesides(nested, stack, Object.fromEntries(said), [...encrypted.keys()]);
    // Of a system that is off a value may be missing.
    const unfit = (keys: Iterable<string>, fit: RegExp): string[] =>
      [...keys].filter((key) => encrypted.has(key) && !fit.test(config.require(key)));
    const faults = [
      ...unfit(passwordsInUrls(settings), urlSafe).map(unfitForUrl),
      ...unfit(valuesInQuotes(settings), quotable).map(unfitForQuotes),
    ];
    if (faults.length > 0) throw new SettingsError(stack, faults);
    return { settings, encrypted: Object.fromEntries(encrypted) };
  } catch (error) {
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** Reports the maps with an encrypted value, and what is wrong elsewhere; of those maps it shows nothing. */
function resolveBesides(
  nested: readonly string[],
  ...[stack, said, encrypted]: Parameters<typeof resolve>
): Settings {
  const faults: Fault[] = nested.map(nestedSecret);
  try {
    const settings = resolve(stack, said, encrypted);
    if (faults.length === 0) return settings;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    faults.push(...error.faults.filter(({ path }) => !nested.includes(String(path[0]))));
  }
  throw new SettingsError(stack, faults);
}

/** The keys with an encrypted value. The language host says so in the environment; the SDK keeps its reader to itself. */
function encryptedKeys(): ReadonlySet<string> {
  return new Set(JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[]);
}

/** One encrypted value makes the engine treat its whole map as secret, and hand it over in clear. */
function nestedSecret(name: string): Fault {
  return {
    path: [name],
    expected: "no encrypted value inside a map",
    mend: `make it a key of its own (pulumi config set --secret platform:NAME) and refer to it by { from: setting, key: NAME }`,
  };
}

/** The unreserved characters of RFC 3986. */
const urlSafe = /^[\w.~-]+$/;

/** The stores whose address has the password in it. */
const stores: readonly z.ZodType[] = [postgres, optionalPostgres, redis, sourceDatabase];

/** How such a store says what opens it, on a server of this program or on an external one. */
interface Opened {
  readonly password: SecretChoice;
  readonly external?: { readonly password: SecretChoice } | undefined;
}

/** The encrypted settings that stand in a store's URL, as they are. */
function passwordsInUrls(settings: Settings): ReadonlySet<string> {
  const choices: SecretChoice[] = [];
  walk(settingsSchema, settings, (schema, value) => {
    if (!stores.includes(schema)) return;
    const { password, external } = value as Opened;
    choices.push(password, ...(external === undefined ? [] : [external.password]));
  });
  return new Set(choices.flatMap((choice) => (choice.from === "setting" ? [choice.key] : [])));
}

function unfitForUrl(key: string): Fault {
  return {
    path: [key],
    value: hidden,
    expected: "letters, digits, hyphens, dots, underscores and tildes, because it stands in a URL",
  };
}

const quotable = /^[^'\r\n]*$/;

/** The encrypted settings that a program puts between single quotes of a file, as they are. */
function valuesInQuotes({ telemetry }: Settings): string[] {
  const { credentials } = telemetry.mqtt;
  if (credentials === undefined) return [];
  return [credentials.user, credentials.password].flatMap((choice) =>
    choice.from === "setting" ? [choice.key] : [],
  );
}

function unfitForQuotes(key: string): Fault {
  return {
    path: [key],
    value: hidden,
    expected: "no single quote and no line break, because it stands between quotes in a file",
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
