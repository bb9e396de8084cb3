import type { Plan } from "../plan";
import { annotationsOf, lastingName, objectsOf, type Side } from "./objects";

const prefix = "policy.platform/";

/** A rule of the policy pack that objects need not keep, with the reason that their component gives. */
export interface Exception {
  /** `Deployment thunderline/web` */
  readonly label: string;
  readonly rule: string;
  readonly reason: string;
}

export interface Exceptions {
  readonly new: readonly Exception[];
  readonly gone: readonly Exception[];
  readonly unchanged: number;
  /** All that hold after the update. */
  readonly inForce: readonly Exception[];
}

/** The exceptions of both sides; one with another reason counts as new. */
export function exceptionsOf(plan: Plan): Exceptions {
  const [before, inForce] = [on(plan, "before"), on(plan, "after")];
  const less = (some: readonly Exception[], others: readonly Exception[]): Exception[] => {
    const known = new Set(others.map(keyOf));
    return some.filter((exception) => !known.has(keyOf(exception)));
  };
  const added = less(inForce, before);
  const unchanged = inForce.length - added.length;
  return { new: added, gone: less(before, inForce), unchanged, inForce };
}

function on(plan: Plan, side: Side): Exception[] {
  return objectsOf(plan, side)
    .flatMap((object) => {
      const { kind, namespace } = object;
      // A Job's own name changes with its content.
      const name = kind === "Job" ? lastingName(object) : object.name;
      const label = `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
      return Object.entries(annotationsOf(object))
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, reason]) => ({ label, rule: key.slice(prefix.length), reason }));
    })
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ label, rule, reason }: Exception): string {
  return [rule, reason, label].join("\n");
}
