import type { Plan, PlannedResource, ResourceState } from "../plan";
import { systemOf } from "./system";

type Fields = Readonly<Record<string, unknown>>;

/** A Kubernetes object that the program declares, or declared. */
export interface DeclaredObject {
  readonly urn: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for what belongs to the cluster. */
  readonly namespace: string;
  /** `thunderline`; `platform` for what belongs to none. */
  readonly system: string;
  /** All of it, secrets as `[secret]`. */
  readonly fields: Fields;
  /** Whether these are a few fields of an object that somebody else has made. */
  readonly patch: boolean;
}

/** Before the update, or after it. */
export type Side = "before" | "after";

/** All Kubernetes objects of one side, unchanged ones too, in the order of the plan. */
export function objectsOf(plan: Plan, side: Side): DeclaredObject[] {
  return plan.resources.flatMap((resource) => {
    const state = stateOn(resource, side);
    const object = state && objectOf(state);
    return object === undefined ? [] : [{ ...object, system: systemOf(resource) }];
  });
}

/**
 * What a resource is on one side; undefined where it is not there. What the program only lets go of
 * stays in the cluster as it was.
 */
export function stateOn(resource: PlannedResource, side: Side): ResourceState | undefined {
  const { operation, before, after } = resource;
  if (side === "before") return operation === "create" ? undefined : (before ?? after);
  if (operation === "delete") return before?.retainOnDelete === true ? before : undefined;
  return operation === "forget" ? before : (after ?? before);
}

/** The object that a resource declares; undefined for one that is no Kubernetes object. */
export function objectOf({
  urn,
  type,
  inputs,
}: ResourceState): Omit<DeclaredObject, "system"> | undefined {
  if (!type.startsWith("kubernetes:")) return undefined;
  const metadata = fieldsOf(inputs.metadata);
  const { name, namespace } = metadata;
  if (typeof name !== "string") return undefined;
  return {
    urn,
    kind: typeof inputs.kind === "string" ? inputs.kind : type.slice(type.lastIndexOf(":") + 1),
    name,
    namespace: typeof namespace === "string" ? namespace : "",
    fields: inputs,
    patch: type.endsWith("Patch"),
  };
}

/** What a key holds, if that is an object; else an empty one. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

/** What a key holds, if that is a list; else an empty one. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/** The texts in an object, such as labels. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

export function specOf({ fields }: Pick<DeclaredObject, "fields">): Fields {
  return fieldsOf(fields.spec);
}

export function labelsOf({
  fields,
}: Pick<DeclaredObject, "fields">): Readonly<Record<string, string>> {
  return textsOf(fieldsOf(fields.metadata).labels);
}

export function annotationsOf({
  fields,
}: Pick<DeclaredObject, "fields">): Readonly<Record<string, string>> {
  return textsOf(fieldsOf(fields.metadata).annotations);
}

/** The name that stays when the content changes: a Job's own ends with a hash. */
export function lastingName(object: Pick<DeclaredObject, "fields" | "name">): string {
  return labelsOf(object)["app.kubernetes.io/name"] ?? object.name;
}

/** The template of the pods that an object makes; undefined for one that makes none. */
export function templateOf(object: Pick<DeclaredObject, "fields">): Fields | undefined {
  const spec = specOf(object);
  const template = spec.template ?? fieldsOf(fieldsOf(spec.jobTemplate).spec).template;
  return typeof template === "object" && template !== null && "spec" in template
    ? fieldsOf(template)
    : undefined;
}
