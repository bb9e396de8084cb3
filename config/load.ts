import * as pulumi from "@pulumi/pulumi";

import { type Fault, SettingsError } from "./faults";
import { unfitValues } from "./fit";
import { resolve } from "./resolve";
import { type Settings, settingsSchema } from "./settings";

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
    const faults = unfitValues(settings, (key) =>
      encrypted.has(key) ? config.require(key) : undefined,
    );
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
