/** Settings as the engine hands them to the program, read by the program's own reader. */
import * as pulumi from "@pulumi/pulumi";

import { loadSettings } from "../../../config/load";
import type { Settings } from "../../../config/settings";
import { given, type Said } from "../../config/support";
import { encryptedKeys } from "../../support/arbitraries";

const variable = "PULUMI_CONFIG_SECRET_KEYS";

/** What came of reading settings: the settings, or what the user is told. */
export type Outcome =
  | { readonly settings: Settings; readonly message?: undefined }
  | { readonly settings?: undefined; readonly message: string };

/**
 * Reads what a stack says. Any other error than the one whose message the engine shows as it is goes on
 * to the caller.
 */
export function loaded(said: Said): Outcome {
  const secrets = [...new Set([...given, ...encryptedKeys])].map((key) => `platform:${key}`);
  const entries = Object.entries(said).filter(([, value]) => value !== undefined);
  const config = new Map<string, string>(secrets.map((key) => [key, "theirs"]));
  for (const [key, value] of entries) config.set(`platform:${key}`, textOf(value));
  pulumi.runtime.setAllConfig(Object.fromEntries(config), secrets);
  process.env[variable] = JSON.stringify(secrets);
  try {
    return { settings: loadSettings().settings };
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return { message: error.message };
    throw error;
  } finally {
    pulumi.runtime.setAllConfig({});
    Reflect.deleteProperty(process.env, variable);
  }
}

/** A structured setting is JSON text, a plain one the text itself. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
