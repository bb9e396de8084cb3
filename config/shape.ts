import { z } from "zod";

import type { Path } from "./faults";

/**
 * Questions about a schema that zod answers only through its definitions: which keys an object may
 * have, and which option of a union a value chooses.
 */

type Keys = Readonly<Record<string, z.ZodType>>;

/** The schema inside optional, default and similar wrappers. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodNullable
  ) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  return schema;
}

/** What a schema and its copies have in common: a description makes a copy. */
export function identity(schema: z.ZodType): unknown {
  return unwrap(schema).def;
}

/** The keys of the object that `schema` describes; for a union, those of the option that `value` chooses. */
export function keysOf(schema: z.ZodType, value: unknown): Keys | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return inner.shape;
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const discriminator = inner.def.discriminator;
    const chosen = isRecord(value) ? value[discriminator] : undefined;
    for (const option of inner.options as readonly z.ZodType[]) {
      const keys = keysOf(option, value);
      const literal = keys?.[discriminator];
      if (literal instanceof z.ZodLiteral && literal.values.has(chosen as string)) return keys;
    }
  }
  return undefined;
}

/** The values that choose an option of a union, or undefined where `schema` is no union. */
export function optionsOf(
  schema: z.ZodType,
): { discriminator: string; values: string[] } | undefined {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return undefined;
  const discriminator = inner.def.discriminator;
  const values = (inner.options as readonly z.ZodType[]).flatMap((option) => {
    const literal = keysOf(option, undefined)?.[discriminator];
    return literal instanceof z.ZodLiteral ? [...literal.values].map(String) : [];
  });
  return { discriminator, values };
}

/** The schema of the value at `path` below `schema`. */
export function schemaAt(schema: z.ZodType, path: Path, value: unknown): z.ZodType | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const inner = unwrap(schema);
  const below = own(value, step);
  if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType as z.ZodType, rest, below);
  if (inner instanceof z.ZodArray) return schemaAt(inner.element as z.ZodType, rest, below);
  const next = own(keysOf(inner, value), String(step)) as z.ZodType | undefined;
  return next === undefined ? undefined : schemaAt(next, rest, below);
}

/** What `value` itself has under `step`: `toString` and the like, which every object has, do not count. */
export function own(value: unknown, step: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, step)
    ? (value as Record<PropertyKey, unknown>)[step]
    : undefined;
}

/** The value at `path` below `root`. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce(own, root);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Calls `visit` for `value` and everything below it, each with its unwrapped schema. */
export function walk(
  schema: z.ZodType,
  value: unknown,
  visit: (schema: z.ZodType, value: unknown, path: Path) => void,
  path: Path = [],
): void {
  if (value === undefined) return;
  const inner = unwrap(schema);
  visit(inner, value, path);
  const steps = Array.isArray(value)
    ? [...value.keys()]
    : isRecord(value)
      ? Object.keys(value)
      : [];
  for (const step of steps) {
    const below = schemaAt(inner, [step], value);
    if (below !== undefined) {
      walk(below, own(value, step), visit, [...path, step]);
    }
  }
}
