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
  const violations: Violation[] = [];
  const said = { error: new Set<string>(), warning: new Set<string>() };
  const steps: StepEventMetadata[] = [];
  for (const { resourcePreEvent, resOutputsEvent, policyEvent, diagnosticEvent } of events) {
    const step = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata;
    if (step !== undefined) steps.push(step);
    if (policyEvent !== undefined) violations.push(violationOf(policyEvent));
    const severity = diagnosticEvent?.severity;
    if (severity === "error" || severity === "warning") {
      said[severity].add(diagnosticEvent?.message.trim() ?? "");
    }
  }
  const { resources, leftovers } = plannedBy(steps);
  return {
    stack,
    resources,
    violations,
    errors: ownErrors([...said.error]),
    warnings: [...said.warning, ...leftovers],
  };
}

/**
 * Whether an error says no more than that the engine gave up on a resource, as it does with all that it is at
 * when another one fails.
 */
export function isCutOff(error: string): boolean {
  return /\bcontext canceled(<\{%reset%\}>)?\s*$/.test(error);
}

/** Without those of resources that were cut off by another one's; all of them where somebody cut it off. */
function ownErrors(errors: readonly string[]): readonly string[] {
  const own = errors.filter((error) => !isCutOff(error));
  return own.length > 0 ? own : errors;
}

/** The steps of each resource together, and in words what an earlier update left to be deleted. */
function plannedBy(steps: readonly StepEventMetadata[]): {
  readonly resources: readonly PlannedResource[];
  readonly leftovers: readonly string[];
} {
  const resources = new Map<string, PlannedResource>();
  const leftovers = leftoversIn(steps);
  for (const step of steps.filter((it) => !leftovers.includes(it))) {
    const next = plannedOf(step, resources.get(step.urn));
    if (next !== undefined) resources.set(step.urn, next);
  }
  const beside = leftovers.filter(({ urn }) => resources.has(urn));
  for (const step of leftovers.filter((it) => !beside.includes(it))) {
    const next = plannedOf({ ...step, op: "delete" }, undefined);
    if (next !== undefined) resources.set(step.urn, next);
  }
  return { resources: [...resources.values()], leftovers: [...new Set(beside.map(leftoverText))] };
}

/**
 * The deletions of copies that an interrupted update left in the state, marked to be deleted: those
 * of another object than the one that is replaced now, if one is. They say nothing of the resource
 * as it is today.
 */
function leftoversIn(steps: readonly StepEventMetadata[]): readonly StepEventMetadata[] {
  const replaced = new Set(
    steps
      .filter(({ op }) => op !== "delete-replaced" && operations[op] === "replace")
      .map(({ urn, old }) => `${urn} ${old?.id ?? ""}`),
  );
  return steps.filter(
    ({ op, urn, old }) => op === "delete-replaced" && !replaced.has(`${urn} ${old?.id ?? ""}`),
  );
}

function leftoverText({ urn, type, old }: StepEventMetadata): string {
  const name = `${type.slice(type.lastIndexOf(":") + 1)} ${urn.slice(urn.lastIndexOf("::") + 2)}`;
  return (
    `An earlier update replaced ${name} and did not come to its end: the old one, ` +
    `${old?.id ?? "without an id"}, is still to be deleted.`
  );
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
