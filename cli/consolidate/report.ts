import { stringify } from "yaml";

import { valueAt } from "../../config/shape";
import { treeOf } from "../adopt/proposal";
import type { Setting } from "../adopt/verdict";
import { maskedValues } from "../audit";
import type { Phase, Site } from "./model";
import type { State } from "./state";
import type { MergedValues } from "./values";

/** Each conflict with what every release says, what is taken and why; and what only one has. */
export function conflictLines({ conflicts, added }: MergedValues): readonly string[] {
  return [
    ...conflicts.map(({ path, said, chosen, why }) => {
      const all = said.map(({ release, value }) => `${release} ${shownValue(path, value)}`);
      return `conflict ${path}: ${all.join(", ")}; taken from ${chosen}, ${why}`;
    }),
    ...Object.entries(added).map(([path, release]) => `${path}: only ${release} sets it`),
  ];
}

/** A value as a report may show it: whether it is a secret is told by the names above it too. */
function shownValue(path: string, value: unknown): string {
  const steps = path.split(".");
  const tree = steps.reduceRight<unknown>((below, step) => ({ [step]: below }), value);
  return JSON.stringify(valueAt(maskedValues(tree), steps) ?? null);
}

/** The settings that the stack file lacks, as its own lines. */
export function settingLines(
  { target, request }: Site,
  missing: readonly Setting[],
): readonly string[] {
  if (missing.length === 0) return [`Pulumi.${target.stack}.yaml has all settings`];
  const yaml = stringify({ [`platform:${request.system}`]: treeOf(missing) }, { lineWidth: 0 });
  const lines = yaml.trimEnd().split("\n");
  return [`settings for Pulumi.${target.stack}.yaml:`, ...lines.map((line) => `  ${line}`)];
}

/** A phase with where it stands and what it would do. */
export interface PhasePlan {
  readonly phase: Phase;
  readonly why: string;
  readonly state: string;
  readonly lines: readonly string[];
}

/** The whole plan, for people. */
export function planTextOf(
  { target, request, store }: Site,
  plans: readonly PhasePlan[],
  leftovers: readonly string[],
): string {
  return [
    `Stack ${target.stack} on context ${target.context}: ${request.keep} is kept, ${request.retire.join(", ")} ${request.retire.length === 1 ? "goes" : "go"}.`,
    `What is done is written down in ${store.file}.`,
    ...plans.flatMap(({ phase, why, state, lines }, index) => [
      `\n${String(index + 1)}. ${phase} (${state}): ${why}`,
      ...lines.map((line) => (line === "" ? "" : `   ${line}`)),
    ]),
    "\nLast, by --delete-leftovers alone, and only what is in a whole archive:",
    ...leftovers.map((line) => `   ${line}`),
    "\nNothing was changed. --apply goes on; --back goes back from any phase, as long as no leftover is deleted.",
  ].join("\n");
}

/** How it stands with a phase, in a word or a line. */
export function stateOf(state: State | undefined, phase: Phase): string {
  const known = state?.phases[phase];
  if (known === undefined) return "open";
  const says = known.says === "" ? "" : `, ${known.says}`;
  return `${known.outcome === "begun" ? "cut off" : known.outcome} at ${known.at}${says}`;
}
