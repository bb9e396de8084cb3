import { type Change, type PropertyChange, type Reason } from "../model";
import { kindOf } from "../system";
import { safeProperties } from "./secrecy";

/** Changes that a reader judges by one look, because the same happens to all of them. */
export interface ChangeGroup {
  readonly changes: readonly Change[];
  readonly operation: Change["operation"];
  /** Those that all of them have. */
  readonly reasons: readonly Reason[];
  /** Those that all of them have, with the same values. */
  readonly properties: readonly PropertyChange[];
  /** `3 Deployments and 1 Service`, by number. */
  readonly kinds: ReadonlyMap<string, number>;
}

/** Fewer than these are shown one by one. */
const fewest = 3;

/** Changes of one risk in groups, in the order of their first ones. */
export function groupsOf(changes: readonly Change[]): ChangeGroup[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = keyOf(change);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].flatMap((group) =>
    group.length < fewest ? group.map((change) => groupOf([change])) : [groupOf(group)],
  );
}

/** Of what is created or deleted its kind counts; of what is changed, what changes in it. */
function keyOf(change: Change): string {
  const { operation, reasons, resource } = change;
  const texts = reasons.map(({ text }) => text);
  const own = operation === "update" || operation === "replace" ? "" : kindOf(resource);
  const properties = safeProperties(change);
  // Without lines nothing says that it is the same that changes.
  const alone = own === "" && properties.length === 0 ? resource.urn : "";
  return JSON.stringify([operation, texts, own, alone, properties]);
}

function groupOf(changes: readonly Change[]): ChangeGroup {
  const [first] = changes;
  const kinds = new Map<string, number>();
  for (const { resource } of changes) {
    kinds.set(kindOf(resource), (kinds.get(kindOf(resource)) ?? 0) + 1);
  }
  return {
    changes,
    operation: first?.operation ?? "update",
    reasons: first?.reasons ?? [],
    properties: first === undefined ? [] : safeProperties(first),
    kinds,
  };
}
