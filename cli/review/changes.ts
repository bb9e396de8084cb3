import type { Plan, PlannedResource } from "../plan";
import { propertyChanges } from "./difference";
import { type Change, type PropertyChange, risks } from "./model";
import { reasonsOf } from "./risk";
import { labelOf, systemOf } from "./system";

/** What a plan changes, worst first and then by name. What only groups resources is left out. */
export function changesOf(plan: Plan): readonly Change[] {
  return plan.resources
    .flatMap((resource) => changeOf(resource) ?? [])
    .sort(
      (a, b) =>
        risks.indexOf(a.risk) - risks.indexOf(b.risk) ||
        compare(a.label, b.label) ||
        compare(a.resource.urn, b.resource.urn),
    );
}

function changeOf(resource: PlannedResource): Change | undefined {
  const operation = operationOf(resource);
  if (operation === undefined || isGroup(resource)) return undefined;
  const properties = operation === "update" || operation === "replace" ? changed(resource) : [];
  const reasons = [...reasonsOf({ resource, operation, properties })].sort(
    (a, b) => risks.indexOf(a.risk) - risks.indexOf(b.risk),
  );
  return {
    resource,
    system: systemOf(resource),
    label: labelOf(resource),
    operation,
    risk: reasons[0]?.risk ?? "quiet",
    reasons,
    properties,
  };
}

/** A component, and the stack itself: nothing of them is on a cluster. */
function isGroup({ type }: PlannedResource): boolean {
  return type.startsWith("platform:") || type === "pulumi:pulumi:Stack";
}

/** The engine calls a resource unchanged whose protection alone is put on or taken off. */
function operationOf(resource: PlannedResource): Change["operation"] | undefined {
  const { operation } = resource;
  if (operation === "refresh" || operation === "read") return undefined;
  if (operation !== "same") return operation;
  return guards(resource).length > 0 ? "update" : undefined;
}

/** Deletions and creations have no lines of properties: all of it goes, or comes. */
function changed(resource: PlannedResource): readonly PropertyChange[] {
  const inputs = propertyChanges(declared(resource.before), declared(resource.after));
  return [...guards(resource), ...inputs, ...hidden(resource)].sort((a, b) =>
    compare(a.path, b.path),
  );
}

/** The options that keep a resource from being lost. */
function guards({ before, after }: PlannedResource): readonly PropertyChange[] {
  if (before === undefined || after === undefined) return [];
  return (["protect", "retainOnDelete"] as const)
    .filter((option) => before[option] !== after[option])
    .map((option) => ({ path: option, before: before[option], after: after[option] }));
}

/** The provider's own notes begin with two underscores. */
function declared(state: PlannedResource["before"]): object {
  const entries = Object.entries(state?.inputs ?? {});
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith("__")));
}

/**
 * What the engine sees as different and the inputs do not show: secrets that differ behind the same
 * `[secret]`.
 */
function hidden({ before, after, differs = {} }: PlannedResource): readonly PropertyChange[] {
  return Object.entries(differs)
    .filter(([path]) => [before, after].some((state) => endsInSecret(state?.inputs, path)))
    .map(([path, kind]) => ({
      path,
      ...(kind === "add" ? {} : { before: "[secret]" }),
      ...(kind === "delete" ? {} : { after: "[secret]" }),
    }));
}

/** Whether the way to a property (`data.password`, `data["setup.sql"]`) leads into a secret. */
function endsInSecret(inputs: unknown, path: string): boolean {
  const steps = [...path.matchAll(/"((?:[^"\\]|\\.)*)"|[^.[\]"]+/g)].map(
    ([step, quoted]) => quoted ?? step,
  );
  let value = inputs;
  for (const step of steps) {
    if (typeof value !== "object" || value === null) break;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value === "[secret]";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
