import { isMap, parseDocument } from "yaml";

import { SettingsError } from "../../config/faults";
import { resolve } from "../../config/resolve";
import type { Settings } from "../../config/settings";
import { UserError } from "../errors";
import { readStackFile } from "./stacks";
import type { Workspace } from "./workspace";

const prefix = "platform:";

/**
 * The stack's settings, read by the program's own rules, so that the embedded cluster is what the
 * program will ask for.
 */
export function readSettings(workspace: Workspace, stack: string): Settings {
  const config: unknown = parseDocument(readStackFile(workspace, stack)).get("config");
  const said: Record<string, unknown> = {};
  const encrypted: string[] = [];
  for (const { key, value } of isMap(config) ? config.items : []) {
    const name = String(key);
    if (!name.startsWith(prefix)) continue;
    if (isMap(value) && value.has("secure")) encrypted.push(name.slice(prefix.length));
    else said[name.slice(prefix.length)] = (value as { toJSON?: () => unknown } | null)?.toJSON?.();
  }
  try {
    return resolve(stack, said, encrypted);
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message);
    throw error;
  }
}
