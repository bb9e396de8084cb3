import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { referredKeys } from "../../config/encrypted";
import { type Environment, environments } from "../../config/environment";
import { SettingsError } from "../../config/faults";
import { resolve } from "../../config/resolve";
import type { Settings } from "../../config/settings";
import { isRecord } from "../../config/shape";

export type Said = Readonly<Record<string, unknown>>;

/** One of the team's stack files as YAML has it. */
export function stackFile(stack: Environment): { config: Said } {
  const file = join(__dirname, "../..", `Pulumi.${stack}.yaml`);
  return parse(readFileSync(file, "utf8")) as { config: Said };
}

/**
 * What the stack file says, by the names that `resolve` takes, with `changes` by path on top, such as
 * `cluster.externalCidrs["db.example.com"]`; undefined takes a setting out.
 */
export function saidBy(stack: Environment, changes: Said = {}): Said {
  const entries = Object.entries(stackFile(stack).config);
  const said: unknown = Object.fromEntries(
    entries.map(([key, value]) => [key.replace(/^platform:/, ""), value]),
  );
  return Object.entries(changes).reduce(
    (changed, [path, value]) => put(changed, steps(path), value),
    said,
  ) as Said;
}

function steps(path: string): string[] {
  return [...path.matchAll(/\["([^"]*)"\]|[^.[\]]+/g)].map(([step, quoted]) => quoted ?? step);
}

/** The encrypted settings that the team's stacks have: those that they or their defaults refer to. */
export const given: readonly string[] = [
  ...new Set(environments.flatMap((stack) => referredKeys(saidBy(stack)))),
];

/** The settings of a stack with `changes` on top, which have no fault. */
export function settingsBy(stack: Environment, changes: Said = {}): Settings {
  return resolve(stack, saidBy(stack, changes), given);
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

/** The error of a stack that has one. `encrypted` are further encrypted settings. */
export function errorOf(said: Said, encrypted: readonly string[] = []): SettingsError {
  try {
    resolve("test", said, [...given, ...encrypted]);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error("The settings have no fault.");
}

/** The faults of a stack, a line each, as people read them; none where there is none. */
export function faultsOf(said: Said, encrypted: readonly string[] = []): string[] {
  try {
    resolve("test", said, [...given, ...encrypted]);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const [, ...lines] = error.message.split("\n");
    return lines.map((line) => line.trim());
  }
}
