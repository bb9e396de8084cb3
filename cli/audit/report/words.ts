import { type Audit, countsOf, type Level, levels } from "../model";
import type { Owner } from "../owner";
import type { State } from "../workload";
import type { WorkloadRow } from "./data";

export const ownerText: Readonly<Record<Owner, string>> = {
  program: "this program",
  cluster: "the cluster itself",
  neither: "neither",
};

export const stateText: Readonly<Record<State, string>> = {
  running: "runs",
  failing: "fails",
  waiting: "not ready",
  off: "at zero",
  done: "done",
};

export const levelText: Readonly<Record<Level, string>> = {
  critical: "does not work, or ought not to be there any more",
  warning: "works, and will hurt",
  unchecked: "nobody has looked: it may be either",
  notice: "worth knowing",
};

/** `12 critical, 20 warning, 1 unchecked, 9 notice`. */
export function countText({ findings }: Audit): string {
  const counts = countsOf(findings);
  return levels.map((level) => `${String(counts[level])} ${level}`).join(", ");
}

/** `0 of 2 ready`; nothing where it is to have none, or nobody says how many. */
export function podsText({ desired = 0, ready }: Pick<WorkloadRow, "desired" | "ready">): string {
  return desired === 0 ? "" : `${String(ready)} of ${String(desired)} ready`;
}

/** `2026-11-30 12:00` of a time in ISO 8601; Helm writes its own with a zone. */
export function minuteOf(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}
