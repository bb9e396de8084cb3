import type {
  CronJob,
  FieldSet,
  LiveObject,
  ManagedFields,
  ScaledObject,
  Workload,
} from "./objects";

/**
 * How a writer is stopped and started again: as merge patches of its object, with what it was before in
 * annotations of the same patch. A run that is killed in between leaves them for the next one.
 *
 * A change by us takes a field away from whoever applied it, and Pulumi's next change of that object
 * would be refused as a conflict. So the field is given back in the end; while it is ours, an update
 * that would start the writer in the middle of a restore is refused, which is right.
 */
export type Stoppable = Workload | CronJob | ScaledObject;

/** The name under which the API server notes what we write. */
export const fieldManager = "platform-restore";

const prefix = "restore.platform";
const ownerMark = `${prefix}/owner`;
/** Which run has stopped it: what another one has stopped since is not ours to start. */
const runMark = `${prefix}/run`;
const pause = "autoscaling.keda.sh/paused-replicas";

export interface Patch {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/**
 * Stops a writer for a run; undefined where that is done, or somebody else has stopped it. What another
 * run has left stopped becomes this one's.
 */
export function stopPatch(object: Stoppable, run: string): Patch | undefined {
  const { metadata } = object;
  if (isMarked(object) ? runOf(object) === run : isStopped(object)) return undefined;
  // Refused when somebody else, an autoscaler say, has changed it since it was read.
  const { resourceVersion } = metadata;
  const before = isMarked(object) ? {} : stateBefore(object);
  if (object.kind === "ScaledObject") {
    const annotations = { ...before, [runMark]: run, [pause]: "0" };
    return { metadata: { resourceVersion, annotations } };
  }
  const { field, stopped } = switches(object.kind);
  const annotations = { ...before, [runMark]: run };
  return { metadata: { resourceVersion, annotations }, spec: { [field]: stopped } };
}

function stateBefore(object: Stoppable): Readonly<Record<string, string>> {
  const { annotations, managedFields = [] } = object.metadata;
  if (object.kind === "ScaledObject") return { [markOf(object)]: annotations?.[pause] ?? "" };
  const owner = ownerOf(managedFields, switches(object.kind).field);
  return {
    [markOf(object)]: String(valueOf(object)),
    ...(owner === undefined ? {} : { [ownerMark]: owner }),
  };
}

/** Starts a writer as it was; the mark stays until {@link releasePatch} takes it off. */
export function startPatch(object: Stoppable): Patch | undefined {
  const { annotations, resourceVersion } = object.metadata;
  const mark = annotations?.[markOf(object)];
  if (mark === undefined) return undefined;
  switch (object.kind) {
    case "ScaledObject": {
      const paused = { [pause]: mark === "" ? null : mark };
      return { metadata: { resourceVersion, annotations: paused } };
    }
    case "CronJob":
      return { metadata: { resourceVersion }, spec: { suspend: mark === "true" } };
    default:
      return { metadata: { resourceVersion }, spec: { replicas: Number(mark) } };
  }
}

/** Takes the marks off and gives the field back to whom it belonged. */
export function releasePatch(object: Stoppable): Patch {
  const { annotations = {}, managedFields = [], resourceVersion } = object.metadata;
  const owner = annotations[ownerMark];
  const others = managedFields.filter(({ manager }) => manager !== fieldManager);
  const field = object.kind === "ScaledObject" ? undefined : switches(object.kind).field;
  return {
    metadata: {
      resourceVersion,
      annotations: { [markOf(object)]: null, [ownerMark]: null, [runMark]: null },
      managedFields: others.map((entry) =>
        field !== undefined && entry.manager === owner && entry.operation === "Apply"
          ? withField(entry, field)
          : entry,
      ),
    },
  };
}

/** Whether we have stopped it and not yet let go of it. */
export function isMarked(object: Stoppable): boolean {
  return object.metadata.annotations?.[markOf(object)] !== undefined;
}

/** The run that a writer is stopped for. */
export function runOf({ metadata }: Stoppable): string | undefined {
  return metadata.annotations?.[runMark];
}

/** How many replicas a server has when it is not stopped by us. */
export function usualReplicas(workload: Workload): number {
  const mark = workload.metadata.annotations?.[markOf(workload)];
  return mark === undefined ? (workload.spec.replicas ?? 1) : Number(mark);
}

/** What stops one kind of object, and the annotation that remembers what was before. */
function switches(kind: (Workload | CronJob)["kind"]): {
  readonly field: "suspend" | "replicas";
  readonly stopped: boolean | number;
} {
  return kind === "CronJob"
    ? { field: "suspend", stopped: true }
    : { field: "replicas", stopped: 0 };
}

function markOf({ kind }: Stoppable): string {
  return `${prefix}/${kind === "ScaledObject" ? "paused-replicas" : switches(kind).field}`;
}

function valueOf(object: Workload | CronJob): boolean | number {
  return object.kind === "CronJob" ? (object.spec.suspend ?? false) : (object.spec.replicas ?? 1);
}

function isStopped(object: Stoppable): boolean {
  if (object.kind === "ScaledObject") return object.metadata.annotations?.[pause] === "0";
  return valueOf(object) === switches(object.kind).stopped;
}

/** Who has applied a field; undefined where nobody has, as with the replicas of an autoscaler. */
function ownerOf(managed: readonly ManagedFields[], field: string): string | undefined {
  return managed.find(
    ({ operation, fieldsV1 }) =>
      operation === "Apply" && fieldsV1?.["f:spec"]?.[`f:${field}`] !== undefined,
  )?.manager;
}

function withField(entry: ManagedFields, field: string): ManagedFields {
  const fields: FieldSet = entry.fieldsV1 ?? {};
  const spec = { ...fields["f:spec"], [`f:${field}`]: {} };
  return { ...entry, fieldsV1: { ...fields, "f:spec": spec } };
}

/** Those of an object's kinds that can be stopped, as a type. */
export function isStoppable(object: LiveObject): object is Stoppable {
  return ["Deployment", "StatefulSet", "CronJob", "ScaledObject"].includes(object.kind);
}
