import type { Plan, Violation } from "../../plan";
import { changesOf } from "../changes";
import { type Exceptions, exceptionsOf } from "../exceptions";
import { type ExposureChange, exposureOf } from "../exposure";
import type { Change } from "../model";
import { type Restart, restartsOf } from "../restarts";
import { kindOf, logicalName, systemOf } from "../system";
import { type SystemTotals, totalsOf } from "../totals";
import { withoutCredentials } from "./secrecy";

/** Where the changes of a review come from. */
export type Subject =
  /** A preview against a cluster, or against nothing: a first deployment. */
  | {
      readonly kind: "preview";
      readonly target: "real" | "embedded" | "none";
      readonly context: string;
    }
  /** Two revisions without a cluster; `base` and `head` in words, such as `main (1a2b3c4)`. */
  | { readonly kind: "revisions"; readonly base: string; readonly head: string };

/** All that a report tells, before it is put into words. */
export interface Review {
  readonly stack: string;
  readonly subject: Subject;
  readonly changes: readonly Change[];
  readonly exposure: readonly ExposureChange[];
  readonly restarts: readonly Restart[];
  readonly totals: readonly SystemTotals[];
  /** Systems in which nothing changes. */
  readonly unchanged: readonly string[];
  readonly exceptions: Exceptions;
  readonly violations: readonly LabelledViolation[];
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

export interface LabelledViolation extends Violation {
  /** The resource: `Deployment thunderline-web`; undefined for one of the whole stack. */
  readonly label?: string;
}

/** What a plan means to a reviewer. */
export function reviewOf(plan: Plan, subject: Subject): Review {
  const changes = changesOf(plan);
  const touched = new Set(changes.map(({ system }) => system));
  const systems = new Set(plan.resources.map(systemOf));
  systems.delete("platform"); // Not a system: providers, roles.
  return {
    stack: plan.stack,
    subject,
    changes,
    exposure: exposureOf(plan),
    restarts: restartsOf(plan),
    totals: totalsOf(plan),
    unchanged: [...systems].filter((system) => !touched.has(system)).sort(),
    exceptions: exceptionsOf(plan),
    violations: plan.violations.map(labelled),
    errors: plan.errors.map(withoutCredentials),
    warnings: plan.warnings.map(withoutCredentials),
  };
}

function labelled(violation: Violation): LabelledViolation {
  const { urn } = violation;
  if (urn === undefined) return violation;
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  return { ...violation, label: `${kindOf({ type })} ${logicalName({ urn })}` };
}

/** Whether the policy pack forbids the update. */
export function isForbidden({ violations }: Pick<Review, "violations">): boolean {
  return violations.some(({ level }) => level === "mandatory");
}
