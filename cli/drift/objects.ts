import type { PlannedResource, ResourceState } from "../plan";
import {
  type FieldPath,
  fieldsOf,
  leavesOf,
  masked,
  owns,
  ownsItself,
  pathText,
  valueAt,
  within,
} from "./fields";
import {
  isLeftToController,
  isOurs,
  lastToSet,
  type Manager,
  managersOf,
  standsInTheWay,
} from "./managers";
import { type DriftedField, type Hand, kindOf } from "./model";
import { shown } from "./values";

/**
 * What somebody else has done to an object since it was applied. The engine itself compares the values that
 * were declared, place by place; the account that the API server keeps of each field's owner also tells
 * what was added, and who it was.
 */
export function driftedFields({ before, after, type, differs }: PlannedResource): DriftedField[] {
  if (before === undefined || after === undefined) return [];
  const fieldManager = before.outputs.__fieldManager;
  const now = managersOf(after.outputs);
  const side: Side = {
    kind: kindOf(type),
    declared: before.outputs,
    live: after.outputs,
    owned: declaredFields(before),
    still: now.filter((one) => isOurs(one, fieldManager)),
    others: now.filter((one) => !isOurs(one, fieldManager)),
  };
  const changed = changedFields(side);
  // A patch owns single fields of an object that is somebody else's.
  const added = type.endsWith("Patch") ? [] : addedFields(side, changed);
  const found = [...changed, ...added].map(({ field }) => field);
  return found.length > 0 ? found : unexplained(differs);
}

/**
 * The fields that the program has set. Somebody who has set one to the same value may be its only owner
 * since, so what others own counts too where it is declared.
 */
function declaredFields({ inputs, outputs }: ResourceState): FieldPath[] {
  return managersOf(outputs).flatMap((manager) => {
    const leaves = leavesOf(manager.fields);
    return isOurs(manager, outputs.__fieldManager)
      ? leaves
      : leaves.filter((leaf) => valueAt(inputs, leaf) !== undefined);
  });
}

interface Side {
  readonly kind: string;
  readonly declared: unknown;
  readonly live: unknown;
  /** The fields that were declared when the object was applied. */
  readonly owned: readonly FieldPath[];
  readonly still: readonly Manager[];
  readonly others: readonly Manager[];
}

interface Found {
  readonly at: FieldPath;
  readonly field: DriftedField;
}

function changedFields({ declared, live, owned, still, others }: Side): Found[] {
  const found = new Map<string, Found>();
  for (const leaf of owned) {
    const was = valueAt(declared, leaf);
    const is = valueAt(live, leaf);
    // Both values of a secret read alike: whoever sets another one takes the field from us.
    const isLost = is === masked && !still.some(({ fields }) => owns(fields, leaf));
    if (was === undefined || (same(was, is) && !isLost)) continue;
    const at = is === undefined ? whereItEnds(live, leaf) : leaf;
    const path = pathText(at);
    const by = lastToSet(others, at);
    const values = {
      ...texts("declared", shown(path, valueAt(declared, at))),
      ...texts("live", shown(path, is)),
    };
    found.set(path, {
      at,
      field: {
        path,
        kind: is === undefined || (isLost && by === undefined) ? "removed" : "changed",
        ...values,
        ...(by === undefined ? {} : { by: handOf(by) }),
        ...(by !== undefined && is !== undefined && standsInTheWay(by) ? { conflicts: true } : {}),
      },
    });
  }
  return [...found.values()];
}

/** A restart is asked for by an annotation. It is an order, no setting, and an update leaves it alone. */
const orders = ["kubectl.kubernetes.io/restartedAt"];

function addedFields({ kind, live, owned, others }: Side, changed: readonly Found[]): Found[] {
  const found = new Map<string, Found>();
  for (const manager of others) {
    if (manager.subresource !== undefined) continue;
    for (const leaf of leavesOf(manager.fields)) {
      if (isLeftToController(manager, kind, leaf)) continue;
      const at = itemOf(manager, leaf);
      const known = [...owned, ...changed.map((one) => one.at)];
      if (known.some((path) => within(path, at) || within(at, path))) continue;
      if (orders.includes(at.at(-1)?.slice(2) ?? "") || valueAt(live, at) === undefined) continue;
      const path = pathText(at);
      found.set(path, { at, field: { path, kind: "added", by: handOf(manager) } });
    }
  }
  return [...found.values()];
}

/** The item of a list that somebody has made, where a field is in one: one line says it all. */
function itemOf({ fields }: Manager, leaf: FieldPath): FieldPath {
  const end = leaf.findIndex(
    (step, i) => step.startsWith("k:") && ownsItself(fields, leaf.slice(0, i + 1)),
  );
  return end === -1 ? leaf : leaf.slice(0, end + 1);
}

/** The outermost thing on the way to a field that is there no more. */
function whereItEnds(live: unknown, leaf: FieldPath): FieldPath {
  const end = leaf.findIndex((_, i) => valueAt(live, leaf.slice(0, i + 1)) === undefined);
  return leaf.slice(0, end + 1);
}

/** What the engine calls different although the account of owners tells nothing of it. */
function unexplained(differs: PlannedResource["differs"]): DriftedField[] {
  return Object.entries(differs ?? {}).map(([path, kind]) => ({
    path,
    kind: kind === "delete" ? "removed" : kind === "add" ? "added" : "changed",
  }));
}

function handOf({ name, subresource, time }: Manager): Hand {
  return {
    manager: name,
    ...(subresource === undefined ? {} : { subresource }),
    ...(time === undefined ? {} : { time }),
  };
}

function texts<K extends string>(key: K, text: string | undefined): Partial<Record<K, string>> {
  return text === undefined ? {} : ({ [key]: text } as Partial<Record<K, string>>);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(fieldsOf(value))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
