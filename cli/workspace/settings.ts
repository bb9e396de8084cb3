import { referredKeys } from "../../config/encrypted";
import { SettingsError } from "../../config/faults";
import { resolve } from "../../config/resolve";
import type { Settings } from "../../config/settings";
import { UserError } from "../errors";
import { type Override, stackConfig } from "./stack-file";
import { readStackFile } from "./stacks";
import type { Workspace } from "./workspace";

const prefix = "platform:";

/**
 * The stack's settings, read by the program's own rules, so that the embedded cluster is what the
 * program will ask for.
 */
export function readSettings(
  workspace: Workspace,
  stack: string,
  overrides: readonly Override[] = [],
): Settings {
  return settingsIn(readStackFile(workspace, stack), stack, overrides);
}

/** The settings that a stack would have with this text as its file. */
export function settingsIn(
  text: string,
  stack: string,
  overrides: readonly Override[] = [],
): Settings {
  const { said, encrypted } = sayings(text, overrides);
  try {
    // What is referred to and missing has a stand-in here; pulumi itself refuses it in words.
    return resolve(stack, said, [...encrypted, ...referredKeys(said)]);
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message);
    throw error;
  }
}

/**
 * The encrypted settings that a stack refers to and does not have, as keys of the stack file: nobody
 * has set them yet, or they are set elsewhere.
 */
export function missingEncrypted(text: string, overrides: readonly Override[]): string[] {
  const { said, encrypted } = sayings(text, overrides);
  return referredKeys(said)
    .filter((name) => !encrypted.includes(name))
    .map((name) => `${prefix}${name}`);
}

/** What a stack file and the overrides say, and the names of the encrypted settings among it. */
function sayings(
  text: string,
  overrides: readonly Override[],
): { said: Record<string, unknown>; encrypted: string[] } {
  const said: Record<string, unknown> = {};
  const encrypted: string[] = [];
  const over = Object.fromEntries(overrides.map(({ key, value }) => [key, value]));
  for (const [key, value] of Object.entries({ ...stackConfig(text), ...over })) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    if (typeof value === "object" && value !== null && "secure" in value) encrypted.push(name);
    else said[name] = value;
  }
  return { said, encrypted };
}
