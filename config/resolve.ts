import { z } from "zod";

import { environment as environmentSchema } from "./environment";
import { type Fault, SettingsError, nearest } from "./faults";
import { merge } from "./merge";
import { profile } from "./profiles";
import { rules } from "./rules";
import { type Settings, settingsSchema } from "./settings";
import { isRecord, keysOf, optionsOf, schemaAt } from "./shape";

/**
 * Turns what a stack file says into complete settings: the defaults of its environment below, what
 * the stack says on top, checked as one. `encrypted` names the settings whose values are secret.
 * Pure; throws a SettingsError that names every fault.
 */
export function resolve(
  stack: string,
  said: Readonly<Record<string, unknown>>,
  encrypted: readonly string[] = [],
): Settings {
  const environment = environmentSchema.safeParse(said.environment);
  if (!environment.success) {
    const value = said.environment === undefined ? {} : { value: said.environment };
    throw new SettingsError(stack, [
      { path: ["environment"], ...value, expected: "one of dev, staging, prod" },
    ]);
  }
  const defaults = profile(environment.data);
  const merged = merge(settingsSchema, defaults, said);
  const { value, faults } = parseAll(merged, defaults);
  const broken =
    value === undefined ? [] : rules.flatMap((rule) => rule({ settings: value, encrypted }));
  const unseen = broken.filter(
    (fault) => !faults.some((other) => startsWith(fault.path, other.path)),
  );
  const all = [...faults, ...unseen];
  if (all.length > 0 || value === undefined) throw new SettingsError(stack, all);
  return deepFreeze(value);
}

/**
 * Parses `merged`; where it has faults, puts the defaults in their place and parses again, so that
 * the rules between settings can be checked in the same run as the settings by themselves.
 */
function parseAll(
  merged: unknown,
  defaults: unknown,
): { value: Settings | undefined; faults: Fault[] } {
  const faults: Fault[] = [];
  let candidate = merged;
  for (let round = 0; round < 3; round += 1) {
    const result = settingsSchema.safeParse(candidate, { reportInput: true });
    if (result.success) return { value: result.data, faults };
    faults.push(...result.error.issues.flatMap((issue) => toFaults(issue, candidate)));
    const copy: unknown = structuredClone(candidate);
    for (const issue of result.error.issues) {
      const steps =
        issue.code === "unrecognized_keys"
          ? issue.keys.map((key) => [...issue.path, key])
          : [issue.path];
      for (const path of steps) reset(copy, defaults, path);
    }
    candidate = copy;
  }
  return { value: undefined, faults };
}

function toFaults(issue: z.core.$ZodIssue, root: unknown): Fault[] {
  const at = valueAt(root, issue.path);
  if (issue.code === "unrecognized_keys") {
    const schema = schemaAt(settingsSchema, issue.path, root);
    const valid = Object.keys((schema === undefined ? undefined : keysOf(schema, at)) ?? {});
    return issue.keys.map((key) =>
      unknownKey([...issue.path, key], valueAt(at, [key]), key, valid),
    );
  }
  const schema = schemaAt(settingsSchema, issue.path.slice(0, -1), root);
  const union =
    issue.code === "invalid_union" && schema !== undefined ? optionsOf(schema) : undefined;
  const expected = union === undefined ? expectation(issue) : `one of ${union.values.join(", ")}`;
  return [{ path: issue.path, ...(at === undefined ? {} : { value: at }), expected }];
}

function unknownKey(
  path: PropertyKey[],
  value: unknown,
  key: string,
  valid: readonly string[],
): Fault {
  const meant = nearest(key, valid);
  const mend = meant === undefined ? `there is no setting ${key} here` : `did you mean ${meant}?`;
  const expected = `one of ${valid.join(", ")}`;
  // A plain value of the top level may be a secret that was set without --secret: it is not shown.
  if (path.length === 1 && !isRecord(value)) {
    return {
      path,
      value: "(not shown)",
      expected,
      mend: `${mend} (a secret is set with pulumi config set --secret)`,
    };
  }
  return { path, value, expected, mend };
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input")) {
    return describeType(issue.expected);
  }
  return issue.message;
}

function describeType(type: string): string {
  return type === "object" || type === "record" ? "a map of settings" : `a value of type ${type}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    root,
  );
}

function reset(root: unknown, defaults: unknown, path: readonly PropertyKey[]): void {
  const parent = valueAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined || typeof parent !== "object" || parent === null) return;
  const fallback = valueAt(defaults, path);
  if (fallback === undefined) Reflect.deleteProperty(parent, last);
  else (parent as Record<PropertyKey, unknown>)[last] = structuredClone(fallback);
}

function startsWith(path: readonly PropertyKey[], prefix: readonly PropertyKey[]): boolean {
  return prefix.every((step, index) => path[index] === step);
}

function deepFreeze<T>(value: T): T {
  if (isRecord(value) || Array.isArray(value)) {
    Object.values(Object.freeze(value)).forEach(deepFreeze);
  }
  return value;
}
