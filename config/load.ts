import * as pulumi from "@pulumi/pulumi";

import { SettingsError, type Fault } from "./faults";
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
  const said: Record<string, unknown> = {};
  const encrypted: Record<string, pulumi.Output<string>> = {};
  const faults: Fault[] = [];
  const secretKeys = encryptedKeys();
  for (const [key, text] of Object.entries(pulumi.runtime.allConfig())) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    if (!secretKeys.has(key)) said[name] = parsed(text);
    else if (name in settingsSchema.shape) faults.push(nestedSecret(name));
    else encrypted[name] = config.requireSecret(name);
  }
  try {
    if (faults.length > 0) throw new SettingsError(stack, faults);
    return { settings: resolve(stack, said, Object.keys(encrypted)), encrypted };
  } catch (error) {
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
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
