import type { PlannedResource } from "../../plan";
import type { Change, PropertyChange } from "../model";

/** What the rules judge: a resource, what becomes of it, and its properties that change. */
export interface Judged {
  readonly resource: PlannedResource;
  readonly operation: Change["operation"];
  readonly properties: readonly PropertyChange[];
}

/** Whether a property below this path comes, goes or changes. */
export function touches({ properties }: Judged, path: RegExp): boolean {
  return properties.some((it) => path.test(it.path));
}

/** Whether the object as it was goes, be it for good or for another one of its name. */
export function goes(change: Judged): boolean {
  return (change.operation === "delete" || change.operation === "replace") && !stays(change);
}

/** How it goes, in words. */
export function howItGoes({ operation }: Judged): string {
  return operation === "replace" ? "is deleted and made anew" : "is deleted";
}

/** Whether only the program lets go of it: the cluster keeps the object as it is. */
export function stays({ operation, resource }: Judged): boolean {
  return (
    operation === "forget" || (operation === "delete" && resource.before?.retainOnDelete === true)
  );
}
