import type { Plan, PlannedResource } from "../plan";
import { type Cause, causesOf } from "./causes";
import {
  type DeclaredObject,
  fieldsOf,
  lastingName,
  objectOf,
  objectsOf,
  specOf,
  stateOn,
  templateOf,
} from "./objects";
import { boundsOf, type Bounds } from "./scale";

/**
 * What happens to the pods of a workload. `rolls`: new ones take the place of old ones. `scales`:
 * others come or go. `stops`: all go, and the workload stays. `starts`, `ends`: the workload is new, or
 * goes. `again`: it is deleted and made anew. `runs`: a Job, once.
 */
export type RestartKind = "rolls" | "scales" | "stops" | "starts" | "ends" | "again" | "runs";

export interface Restart {
  readonly urn: string;
  /** `Deployment` */
  readonly kind: string;
  /** `thunderline/web`; a Job's without the hash of its content. */
  readonly name: string;
  readonly what: RestartKind;
  /**
   * How many pods there are after the update; of an autoscaled workload at least and at most. @default
   * a patch does not say
   */
  readonly replicas?: Bounds;
  /** The same before it. */
  readonly replicasBefore?: Bounds;
  /** How the pods change over, in words; empty where they do not. */
  readonly strategy: string;
  /** Whether nobody serves for a while. */
  readonly down: boolean;
  readonly causes: readonly Cause[];
}

const kinds = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

/** The workloads whose pods change, and the Jobs that run, in the order of the plan. */
export function restartsOf(plan: Plan): Restart[] {
  const objects = { before: objectsOf(plan, "before"), after: objectsOf(plan, "after") };
  return plan.resources.flatMap((resource) => {
    const before = declared(resource, "before");
    const after = declared(resource, "after");
    const one = after ?? before;
    if (one === undefined || !kinds.includes(one.kind) || resource.operation === "same") return [];
    if (one.patch) return restartOfPatch(resource, before, after);
    const replicas = after === undefined ? none : boundsOf(after, objects.after);
    const replicasBefore = before === undefined ? none : boundsOf(before, objects.before);
    const what = whatOf(resource, before, after, [replicasBefore, replicas]);
    if (what === undefined) return [];
    const causes =
      before === undefined || after === undefined
        ? []
        : causesOf(templateOf(before) ?? {}, templateOf(after) ?? {});
    const { urn } = resource;
    const name = `${one.namespace}/${lastingName(one)}`;
    const changeOver = after === undefined ? still : changeOverOf(after, what, replicas);
    return [{ urn, kind: one.kind, name, what, replicas, replicasBefore, ...changeOver, causes }];
  });
}

/**
 * A patch says of somebody else's workload only what it sets. Dropped, it gives the fields back to
 * their defaults, of which that of the replicas is 1.
 */
function restartOfPatch(
  { urn }: PlannedResource,
  before: Own | undefined,
  after: Own | undefined,
): Restart[] {
  const one = after ?? before;
  if (one === undefined) return [];
  const [was, is] = [before, after].map((side) => side && specOf(side).replicas);
  const number = typeof is === "number" ? is : 1;
  const [old, next] = [before, after].map((side) => side && templateOf(side));
  const same = JSON.stringify(old) === JSON.stringify(next);
  const what = was === is ? (same ? undefined : "rolls") : number === 0 ? "stops" : "scales";
  if (what === undefined) return [];
  const counts = {
    ...(what === "rolls" && is === undefined ? {} : { replicas: exactly(number) }),
    ...(typeof was === "number" ? { replicasBefore: exactly(was) } : {}),
  };
  const name = `${one.namespace}/${lastingName(one)}`;
  const causes = what === "rolls" ? causesOf(old ?? {}, next ?? {}) : [];
  return [{ urn, kind: one.kind, name, what, ...counts, ...still, causes }];
}

function exactly(number: number): Bounds {
  return { least: number, most: number };
}

const none = exactly(0);
const still = { strategy: "", down: false };

type Own = Omit<DeclaredObject, "system">;

function declared(resource: PlannedResource, side: "before" | "after"): Own | undefined {
  const state = stateOn(resource, side);
  return state && objectOf(state);
}

function whatOf(
  { operation }: PlannedResource,
  before: Pick<DeclaredObject, "fields" | "kind"> | undefined,
  after: Pick<DeclaredObject, "fields" | "kind"> | undefined,
  [was, is]: readonly [Bounds, Bounds],
): RestartKind | undefined {
  if (after === undefined) return before?.kind === "Job" ? undefined : "ends";
  if (after.kind === "Job") return operation === "update" ? undefined : "runs";
  if (before === undefined) return "starts";
  if (operation === "replace") return "again";
  const [old, next] = [templateOf(before), templateOf(after)];
  if (JSON.stringify(old) !== JSON.stringify(next)) return "rolls";
  return was.least === is.least && was.most === is.most ? undefined : "scales";
}

function changeOverOf(
  object: Pick<DeclaredObject, "fields" | "kind">,
  what: RestartKind,
  { most }: Bounds,
): { strategy: string; down: boolean } {
  if (what !== "rolls" || most === 0) return { strategy: "", down: what === "again" && most > 0 };
  if (object.kind === "StatefulSet") {
    return most === 1
      ? { strategy: "away while its one pod restarts", down: true }
      : { strategy: "one pod after the other", down: false };
  }
  const strategy = fieldsOf(specOf(object).strategy);
  if (strategy.type === "Recreate") {
    return { strategy: "Recreate: away until the new pods are ready", down: true };
  }
  const { maxSurge = "25%", maxUnavailable = "25%" } = fieldsOf(strategy.rollingUpdate);
  const bounds = `up to ${String(maxSurge)} more and ${String(maxUnavailable)} fewer`;
  return { strategy: `meanwhile ${bounds}`, down: false };
}
