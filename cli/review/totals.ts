import type { Plan } from "../plan";
import { amountOf } from "./amount";
import {
  type DeclaredObject,
  fieldsOf,
  listOf,
  objectsOf,
  type Side,
  specOf,
  templateOf,
} from "./objects";
import { boundsOf } from "./scale";

/** What the pods of a system ask for and may use, and the volumes that it claims. */
export interface Sums {
  /** Thousandths of a core. */
  readonly cpuRequests: number;
  readonly cpuLimits: number;
  /** Bytes. */
  readonly memoryRequests: number;
  readonly memoryLimits: number;
  readonly storage: number;
}

export interface SystemTotals {
  /** `thunderline`; `all` for the sum. */
  readonly system: string;
  readonly before: Range;
  readonly after: Range;
}

/** With every autoscaler at its minimum, and at its maximum. */
export interface Range {
  readonly least: Sums;
  readonly most: Sums;
}

const nothing: Sums = {
  cpuRequests: 0,
  cpuLimits: 0,
  memoryRequests: 0,
  memoryLimits: 0,
  storage: 0,
};

/**
 * The sums of each system and of all, before and after. Replicas are counted, programs that end (Jobs,
 * CronJobs) and what a rolling update needs on top are not.
 */
export function totalsOf(plan: Plan): SystemTotals[] {
  const before = bySystem(plan, "before");
  const after = bySystem(plan, "after");
  const systems = [...new Set([...before.keys(), ...after.keys()])].sort();
  const empty: Range = { least: nothing, most: nothing };
  const rows = systems.map((system) => ({
    system,
    before: before.get(system) ?? empty,
    after: after.get(system) ?? empty,
  }));
  const sum = (side: Side): Range => rows.map((row) => row[side]).reduce(addRanges, empty);
  return [...rows, { system: "all", before: sum("before"), after: sum("after") }];
}

function bySystem(plan: Plan, side: Side): Map<string, Range> {
  const objects = objectsOf(plan, side);
  const systems = new Map<string, Range>();
  for (const object of objects) {
    const own = rangeOf(object, objects);
    if (own === undefined) continue;
    const known = systems.get(object.system);
    systems.set(object.system, known === undefined ? own : addRanges(known, own));
  }
  return systems;
}

function rangeOf(object: DeclaredObject, objects: readonly DeclaredObject[]): Range | undefined {
  if (object.kind === "PersistentVolumeClaim") {
    const sums = { ...nothing, storage: storageOf(object.fields) };
    return { least: sums, most: sums };
  }
  if (object.patch || !["Deployment", "StatefulSet", "DaemonSet"].includes(object.kind)) {
    return undefined;
  }
  const { least, most } = boundsOf(object, objects);
  const claims = listOf(specOf(object).volumeClaimTemplates).map(storageOf);
  const pod = { ...podSums(templateOf(object)), storage: claims.reduce((a, b) => a + b, 0) };
  return { least: times(pod, least), most: times(pod, most) };
}

function storageOf(claim: Readonly<Record<string, unknown>>): number {
  return amountOf(fieldsOf(fieldsOf(fieldsOf(claim.spec).resources).requests).storage);
}

/** As the scheduler counts: containers side by side, init containers one by one before them. */
function podSums(template: Readonly<Record<string, unknown>> | undefined): Sums {
  const spec = fieldsOf(template?.spec);
  const side = listOf(spec.containers).map(containerSums);
  const init = listOf(spec.initContainers);
  const stays = (container: Readonly<Record<string, unknown>>): boolean =>
    container.restartPolicy === "Always";
  const sidecars = init.filter(stays).map(containerSums);
  const first = init.filter((container) => !stays(container)).map(containerSums);
  return first.reduce(combine(Math.max), [...side, ...sidecars].reduce(add, nothing));
}

function containerSums(container: Readonly<Record<string, unknown>>): Sums {
  const { requests, limits } = fieldsOf(container.resources);
  const [asked, allowed] = [fieldsOf(requests), fieldsOf(limits)];
  return {
    cpuRequests: Math.round(amountOf(asked.cpu ?? allowed.cpu) * 1000),
    cpuLimits: Math.round(amountOf(allowed.cpu) * 1000),
    memoryRequests: amountOf(asked.memory ?? allowed.memory),
    memoryLimits: amountOf(allowed.memory),
    storage: 0,
  };
}

const columns = Object.keys(nothing) as (keyof Sums)[];

function combine(how: (a: number, b: number) => number): (a: Sums, b: Sums) => Sums {
  return (a, b) =>
    Object.fromEntries(columns.map((key) => [key, how(a[key], b[key])])) as unknown as Sums;
}

const add = combine((a, b) => a + b);

function times(sums: Sums, factor: number): Sums {
  return combine((a) => a * factor)(sums, sums);
}

function addRanges(a: Range, b: Range): Range {
  return { least: add(a.least, b.least), most: add(a.most, b.most) };
}
