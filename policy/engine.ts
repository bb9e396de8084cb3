import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";

import type { Subject } from "./model";
import { type Fields, fields } from "./read";

/** What the engine tells of a resource, whatever it tells it for. */
type Told = Pick<ResourceValidationArgs | PolicyResource, "type" | "urn" | "name" | "opts">;

/** A resource of the engine as a subject. */
export function subjectOf(
  { urn, type, name, opts }: Told,
  props: Fields,
  parent = opts.parent,
): Subject {
  return {
    title: urn,
    type,
    name,
    protect: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    props,
    ...(parent === undefined ? {} : { parent }),
  };
}

/** A copy of what the engine hands over. In a preview, reading what nobody can know yet throws. */
export function plain(props: unknown): Fields {
  return fields(copy(props));
}

function copy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((_, index) => copied(value, index));
  return Object.fromEntries(
    Object.keys(value).map((key) => [key, copied(value as Record<string, unknown>, key)]),
  );
}

function copied<Key extends string | number>(holder: Record<Key, unknown>, key: Key): unknown {
  try {
    return copy(holder[key]);
  } catch {
    return "[unknown]";
  }
}

/** The name of the stack in a URN, `urn:pulumi:STACK::PROJECT::…`. */
export function stackOf(urn: string): string {
  return /^urn:pulumi:([^:]+)::/.exec(urn)?.[1] ?? "";
}
