import { readFileSync } from "node:fs";

import type {
  EngineEvent,
  StepEventMetadata,
  StepEventStateMetadata,
} from "@pulumi/pulumi/automation";

import type { Operation, Plan, PlannedResource, ResourceState, Violation } from "./model";

/** The plan in the events of a preview, or of a refresh that changes nothing. */
export function readPlan(stack: string, eventLog: string): Plan {
  const events = readFileSync(eventLog, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EngineEvent);
  return planOf(stack, events);
}

/** As {@link readPlan}, of events that have been read. */
export function planOf(stack: string, events: readonly EngineEvent[]): Plan {
  const resources = new Map<string, PlannedResource>();
  const violations: Violation[] = [];
  const said = { error: new Set<string>(), warning: new Set<string>() };
  for (const { resourcePreEvent, resOutputsEvent, policyEvent, diagnosticEvent } of events) {
    const step = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata;
    if (step !== undefined) {
      const known = resources.get(step.urn);
      const next = plannedOf(step, known);
      if (next !== undefined) resources.set(step.urn, next);
    }
    if (policyEvent !== undefined) violations.push(violationOf(policyEvent));
    const severity = diagnosticEvent?.severity;
    if (severity === "error" || severity === "warning") {
      said[severity].add(diagnosticEvent?.message.trim() ?? "");
    }
  }
  return {
    stack,
    resources: [...resources.values()],
    violations,
    errors: [...said.error],
    warnings: [...said.warning],
  };
}

const operations: Readonly<Record<string, Operation>> = {
  same: "same",
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "discard-replaced": "replace",
  import: "import",
  "import-replacement": "replace",
  read: "read",
  "read-replacement": "replace",
  refresh: "refresh",
  "remove-pending-replace": "replace",
};

/** A replacement is several steps on one resource, of which each knows a part. */
function plannedOf(
  { urn, type, op, old, new: new_, keys, diffs, detailedDiff }: StepEventMetadata,
  known: PlannedResource | undefined,
): PlannedResource | undefined {
  const operation = operations[op];
  if (operation === undefined) return known;
  const replacing = Object.entries(detailedDiff ?? {})
    .filter(([, { diffKind }]) => diffKind.endsWith("-replace"))
    .map(([path]) => path);
  const replacedFor =
    replacing.length > 0 ? replacing : operation === "replace" ? (keys ?? diffs ?? []) : [];
  const before = stateOf(old) ?? known?.before;
  const after = operation === "delete" ? undefined : (stateOf(new_) ?? known?.after);
  const differs = { ...known?.differs, ...kindsOf(detailedDiff) };
  return {
    urn,
    type,
    operation: known?.operation === "replace" ? "replace" : operation,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    replacedFor: [...new Set([...(known?.replacedFor ?? []), ...replacedFor])].sort(),
    ...(Object.keys(differs).length === 0 ? {} : { differs }),
  };
}

/** `update-replace` says of a property that it is updated; that it replaces is said elsewhere. */
function kindsOf(detailedDiff: StepEventMetadata["detailedDiff"]): PlannedResource["differs"] {
  const kinds = Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => {
    const [kind] = diffKind.split("-");
    return [path, kind === "add" || kind === "delete" ? kind : "update"] as const;
  });
  return Object.fromEntries(kinds);
}

/** The log says null where the SDK's types have nothing. */
export type Told = Pick<StepEventStateMetadata, "urn" | "type"> & {
  [Key in keyof StepEventStateMetadata]: StepEventStateMetadata[Key] | null;
};

/** What the log, or a state file, says of a resource, without its secrets. */
export function stateOf(state: Told | null | undefined): ResourceState | undefined {
  if (state === undefined || state === null) return undefined;
  const { urn, type, id, parent, protect, retainOnDelete, inputs, outputs } = state;
  return {
    urn,
    type,
    protect: protect ?? false,
    retainOnDelete: retainOnDelete ?? false,
    inputs: masked(inputs ?? {}),
    outputs: masked(outputs ?? {}),
    ...(id ? { id } : {}),
    ...(parent ? { parent } : {}),
  };
}

/** The key by which Pulumi marks a wrapped value (`sig` in its SDK). */
const signature = "4dabf18193072939515e22adb298388d";

/** The log wraps a secret that is masked already. */
function masked<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && signature in inner ? "[secret]" : inner,
  ) as T;
}

function violationOf({
  policyName,
  enforcementLevel,
  resourceUrn,
  message,
}: NonNullable<EngineEvent["policyEvent"]>): Violation {
  // The engine puts the policy's description before what it said.
  const text = message.trim().split("\n").slice(1).join("\n");
  return {
    policy: policyName,
    level: enforcementLevel === "mandatory" ? "mandatory" : "advisory",
    ...(resourceUrn === undefined ? {} : { urn: resourceUrn }),
    message: text === "" ? message.trim() : text,
  };
}
