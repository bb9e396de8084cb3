import type { PlannedResource } from "../plan";

const systems = ["thunderline", "faultmaven", "philotes", "telemetry"];

/** The system that a resource belongs to, by the outermost component that it is in. */
export function systemOf({ urn }: Pick<PlannedResource, "urn">): string {
  const outermost = /^platform:systems:(\w+)/.exec(urn.split("::")[2] ?? "")?.[1]?.toLowerCase();
  return outermost !== undefined && systems.includes(outermost) ? outermost : "platform";
}

/** `Deployment` of `kubernetes:apps/v1:Deployment`. */
export function kindOf({ type }: Pick<PlannedResource, "type">): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

/** The name by which the program knows a resource: it stays when the object's own name changes. */
export function logicalName({ urn }: Pick<PlannedResource, "urn">): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** What names a resource to people: `Deployment thunderline/web`, `RandomPassword thunderline-key`. */
export function labelOf(resource: PlannedResource): string {
  const { metadata } = (resource.after ?? resource.before)?.inputs ?? {};
  const { name, namespace } = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  const kind = kindOf(resource);
  if (typeof name !== "string") return `${kind} ${logicalName(resource)}`;
  return `${kind} ${typeof namespace === "string" ? `${namespace}/` : ""}${name}`;
}
