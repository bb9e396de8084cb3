import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { type Environment } from "../../config/environment";
import { SettingsError } from "../../config/faults";
import { resolve } from "../../config/resolve";
import { isRecord } from "../../config/shape";

export type Said = Readonly<Record<string, unknown>>;

/** One of the team's stack files as YAML has it. */
export function stackFile(stack: Environment): { config: Said } {
  const file = join(__dirname, "../..", `Pulumi.${stack}.yaml`);
  return parse(readFileSync(file, "utf8")) as { config: Said };
}

/**
 * What the stack file says, by the names that `resolve` takes, with `changes` by dotted path on top;
 * undefined takes a setting out.
 */
export function saidBy(stack: Environment, changes: Said = {}): Said {
  const entries = Object.entries(stackFile(stack).config);
  const said: unknown = Object.fromEntries(
    entries.map(([key, value]) => [key.replace(/^platform:/, ""), value]),
  );
  return Object.entries(changes).reduce(
    (changed, [path, value]) => put(changed, path.split("."), value),
    said,
  ) as Said;
}

/** A copy of `root` with `value` at `path`; unlike an assignment it can set `__proto__` too. */
export function put(root: unknown, path: readonly string[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const isItem = Array.isArray(root) && /^\d+$/.test(step);
  const entries = new Map(isRecord(root) || isItem ? Object.entries(root) : []);
  const below = put(entries.get(step), rest, value);
  if (below === undefined) entries.delete(step);
  else entries.set(step, below);
  return isItem ? [...entries.values()] : Object.fromEntries(entries);
}

/** The error of a stack that has one. */
export function errorOf(said: Said, encrypted: readonly string[] = []): SettingsError {
  try {
    resolve("test", said, encrypted);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error("The settings have no fault.");
}

/** The faults of a stack, a line each, as people read them; none where there is none. */
export function faultsOf(said: Said, encrypted: readonly string[] = []): string[] {
  try {
    resolve("test", said, encrypted);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const [, ...lines] = error.message.split("\n");
    return lines.map((line) => line.trim());
  }
}
