import type { z } from "zod";

import { dataKey, rulersSecret, givenSecret, secret, storeName, storeSecret } from "./blocks";
import { type Fault, hidden, nearest, type Path, plainName, settingName } from "./faults";
import { configKey } from "./scalars";
import { settingsSchema } from "./settings";
import { identity, isRecord, keysOf, optionsOf, schemaAt, valueAt } from "./shape";

/** What is wrong, and which settings the misspelt names among it were meant for. */
export interface Diagnosis {
  readonly faults: readonly Fault[];
  readonly meant: readonly Path[];
}

/** Says what the schema found wrong with `root` in words for people: one fault for each mistake. */
export function diagnose(issues: readonly z.core.$ZodIssue[], root: unknown): Diagnosis {
  const meant: Path[] = [];
  const found = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey(issue.path, key, root, meant))
      : faultsOf(issue, root),
  );
  // A misspelt name leaves the right one missing, and one value can break several rules.
  const misspelt = new Set(meant.map(settingName));
  const seen = new Set<string>();
  const faults = found.filter(({ path, value }) => {
    const name = settingName(path);
    if (seen.has(name) || (value === undefined && misspelt.has(name))) return false;
    seen.add(name);
    return true;
  });
  return { faults, meant };
}

function faultsOf(issue: z.core.$ZodIssue, root: unknown): Fault[] {
  const { path } = issue;
  const schema = schemaAt(settingsSchema, path, root);
  const value = valueAt(root, path);
  if (issue.code === "invalid_key") {
    // Zod goes no further than the name; what stands below it is checked all the same.
    const below = schema?.safeParse(value).error?.issues ?? [];
    const moved = below.map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
    const expected = issue.issues[0]?.message ?? "another name";
    return [{ path, value: path.at(-1), expected }, ...diagnose(moved, root).faults];
  }
  const shown = !isRecord(value) && holdsSecret(schema, value) ? hidden : value;
  return [
    {
      path,
      ...(value === undefined ? {} : { value: shown }),
      expected: expectation(issue, root),
    },
  ];
}

function unknownKey(parent: Path, key: string, root: unknown, meantPaths: Path[]): Fault {
  const path = [...parent, key];
  const schema = schemaAt(settingsSchema, parent, root);
  const valid = Object.keys((schema && keysOf(schema, valueAt(root, parent))) ?? {});
  const meant = nearest(key, valid);
  if (meant !== undefined) meantPaths.push([...parent, meant]);
  const mend =
    meant === undefined ? `there is no setting ${plainName(key)} here` : `did you mean ${meant}?`;
  const value = valueAt(root, path);
  // At the top it may be a secret that was set without --secret, beside a secret the secret itself.
  const top = parent.length === 0;
  const mayBeSecret = top || holdsSecret(schema, valueAt(root, parent));
  return {
    path,
    value: mayBeSecret ? hidden : value,
    expected: `one of ${valid.join(", ")}`,
    mend:
      top && !isRecord(value) ? `${mend} (a secret is set with pulumi config set --secret)` : mend,
  };
}

const secretSchemas: ReadonlySet<unknown> = new Set(
  [secret, storeSecret, rulersSecret, storeName, dataKey, givenSecret, configKey].map(identity),
);

/** Whether somebody may write a secret itself here, where the schema wants to know its origin. */
function holdsSecret(schema: z.ZodType | undefined, value: unknown): boolean {
  if (schema === undefined) return false;
  const below = Object.values(keysOf(schema, value) ?? {});
  return [schema, ...below].some((one) => secretSchemas.has(identity(one)));
}

function expectation(issue: z.core.$ZodIssue, root: unknown): string {
  if (issue.code === "invalid_union") {
    const schema = schemaAt(settingsSchema, issue.path.slice(0, -1), root);
    const union = schema === undefined ? undefined : optionsOf(schema);
    if (union !== undefined && union.discriminator === issue.path.at(-1)) {
      return `one of ${union.values.join(", ")}`;
    }
  }
  if (issue.code === "too_small" && issue.origin === "array") {
    return `a list of at least ${String(issue.minimum)}`;
  }
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input")) {
    return issue.expected === "array" ? "a list" : "a map of settings";
  }
  return issue.message;
}
