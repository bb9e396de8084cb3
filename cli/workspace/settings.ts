import { SettingsError } from "../../config/faults";
import { resolve } from "../../config/resolve";
import type { Settings } from "../../config/settings";
import { UserError } from "../errors";
import { stackConfig } from "./stack-file";
import { readStackFile } from "./stacks";
import type { Workspace } from "./workspace";

const prefix = "platform:";

/**
 * The stack's settings, read by the program's own rules, so that the embedded cluster is what the
 * program will ask for.
 */
export function readSettings(workspace: Workspace, stack: string): Settings {
  const said: Record<string, unknown> = {};
  const encrypted: string[] = [];
  for (const [key, value] of Object.entries(stackConfig(readStackFile(workspace, stack)))) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    if (typeof value === "object" && value !== null && "secure" in value) encrypted.push(name);
    else said[name] = value;
  }
  try {
    return resolve(stack, said, encrypted);
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message);
    throw error;
  }
}
