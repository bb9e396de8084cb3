import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type Adoption, planAdoption, refusedExit } from "../adopt";
import { missingSettings, withLines } from "../adopt/proposal";
import type { Setting } from "../adopt/verdict";
import { UserError } from "../errors";
import { releaseKey } from "../helm";
import { settingsFrom, withOneSpelling } from "./mapping";
import type { Releases, Site } from "./model";
import { type MergedValues, mergeValues, valuesOf } from "./values";

/** What the stack file should say after a consolidation. */
export interface Proposal {
  readonly merged: MergedValues;
  /** Those that the stack does not have: how ours finds the data, and what the values say. */
  readonly missing: readonly Setting[];
  /** Values for which ours has no setting. */
  readonly left: readonly string[];
  /** Releases of another chart, whose values mean something else. */
  readonly apart: readonly string[];
  /** The stack file with all of them in it. */
  readonly text: string;
}

/** Works out the proposed stack file. It changes nothing. */
export async function propose(site: Site, { keep, retire }: Releases): Promise<Proposal> {
  const { target, request } = site;
  const { system, overrides = [], leave, decisions } = request;
  const alike = retire.filter(({ chart }) => chart === keep.chart);
  const merged = mergeValues(valuesOf([keep, ...alike]).map(withOneSpelling), decisions);
  requireKnown(decisions, merged);
  const mapped =
    system === "thunderline"
      ? settingsFrom(merged.values, target.settings.thunderline)
      : { settings: [], left: [] };
  const { proposed } = await planAdoption(target, {
    ...{ release: keep.name, namespace: keep.namespace, system, leave, overrides },
    compare: false,
  });
  // What makes ours find the data comes before what a value says of the same setting.
  const taken = new Set(proposed.map(({ path }) => path.join(".")));
  const all = [...proposed, ...mapped.settings.filter(({ path }) => !taken.has(path.join(".")))];
  const missing = missingSettings(target.settings, system, all);
  const file = join(target.workspace.repository, `Pulumi.${target.stack}.yaml`);
  const text = withLines(readFileSync(file, "utf8"), system, missing);
  const apart = retire.filter((release) => !alike.includes(release)).map(releaseKey);
  return { merged, missing, left: mapped.left, apart, text };
}

/** Whoever decides something is not left to believe that it counts where it does not. */
function requireKnown(
  decisions: Readonly<Record<string, string>>,
  { conflicts }: MergedValues,
): void {
  for (const [path, release] of Object.entries(decisions)) {
    const conflict = conflicts.find((one) => one.path === path);
    if (conflict?.said.some((one) => one.release === release) === true) continue;
    throw new UserError(
      conflict === undefined
        ? `--decide ${path}: the releases do not differ in it.`
        : `--decide ${path}: ${release} does not set it.`,
      conflicts.length === 0
        ? "They differ in nothing."
        : `They differ in ${conflicts.map((one) => one.path).join(", ")}.`,
      refusedExit,
    );
  }
}

/** The adoption of the kept release, with ours beside it. */
export function plannedAdoption(
  { target, request }: Site,
  { keep }: Pick<Releases, "keep">,
): Promise<Adoption> {
  const { system, leave, overrides = [] } = request;
  const { name: release, namespace } = keep;
  return planAdoption(target, { release, namespace, system, leave, overrides });
}
