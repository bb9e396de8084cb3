import type { Operation, PlannedResource } from "../plan";

/**
 * What a change can cost, worst first. `data`: something stored is lost. `identity`: what others
 * know an object by, or what it may do. `exposure`: who can reach what. `restart`: pods are made
 * anew. `quiet`: none of these.
 */
export const risks = ["data", "identity", "exposure", "restart", "quiet"] as const;
export type Risk = (typeof risks)[number];

/** One property: its path with the old and the new value; undefined: was not, or is no longer there. */
export interface PropertyChange {
  /** `spec.template.spec.containers[web].env[FOO].value` */
  readonly path: string;
  /** Secrets are `[secret]`. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Why a change has its risk, in words without a property's value. */
export interface Reason {
  readonly risk: Risk;
  readonly text: string;
}

/** What becomes of one resource that does not stay as it is. */
export interface Change {
  readonly resource: PlannedResource;
  /** `thunderline`, `faultmaven`, `philotes`, `telemetry`; `platform` for what belongs to none. */
  readonly system: string;
  /** `Deployment thunderline/web`, `RandomPassword thunderline-postgres-password`. */
  readonly label: string;
  readonly operation: Exclude<Operation, "same" | "read" | "refresh">;
  /** The worst of its reasons. */
  readonly risk: Risk;
  /** Worst first; at least one. */
  readonly reasons: readonly Reason[];
  /** Sorted by path. */
  readonly properties: readonly PropertyChange[];
}
