import type { z } from "zod";

import { isRecord, keysOf, optionsOf, own } from "./shape";

/**
 * Lays what a stack file says over the defaults of its environment: maps merge, everything else
 * replaces. Where the stack chooses another option of a union (an autoscaler instead of fixed
 * replicas, say), defaults that only the old option knows are dropped.
 */
export function merge(
  schema: z.ZodType | undefined,
  defaults: unknown,
  overrides: unknown,
): unknown {
  if (overrides === undefined) return defaults;
  if (!isRecord(overrides) || !isRecord(defaults)) return overrides;
  const union = schema === undefined ? undefined : optionsOf(schema);
  const chosen = union === undefined ? undefined : overrides[union.discriminator];
  const switched =
    union !== undefined && chosen !== undefined && chosen !== defaults[union.discriminator];
  const keys =
    schema === undefined
      ? undefined
      : keysOf(schema, switched ? overrides : { ...defaults, ...overrides });
  const kept = switched
    ? Object.entries(defaults).filter(([key]) => keys !== undefined && Object.hasOwn(keys, key))
    : Object.entries(defaults);
  const merged = new Map(kept);
  for (const [key, value] of Object.entries(overrides)) {
    const below = own(keys, key) as z.ZodType | undefined;
    merged.set(key, merge(below, merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
