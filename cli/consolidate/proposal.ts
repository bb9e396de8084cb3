import { readFileSync } from "node:fs";
import { join } from "node:path";

import { planAdoption } from "../adopt";
import { missingSettings, withLines } from "../adopt/proposal";
import type { Setting } from "../adopt/verdict";
import { settingsFrom } from "./mapping";
import type { Releases, Site } from "./model";
import { type MergedValues, mergeValues, valuesOf } from "./values";

/** What the stack file should say after a consolidation. */
export interface Proposal {
  readonly merged: MergedValues;
  /** Those that the stack does not have: how ours finds the data, and what the values say. */
  readonly missing: readonly Setting[];
  /** Values for which ours has no setting. */
  readonly left: readonly string[];
  /** The stack file with all of them in it. */
  readonly text: string;
}

/** Works out the proposed stack file. It changes nothing. */
export async function propose(site: Site, { keep, retire }: Releases): Promise<Proposal> {
  const { target, request } = site;
  const { system, overrides = [], leave, decisions } = request;
  const merged = mergeValues(valuesOf([keep, ...retire]), decisions);
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
  return { merged, missing, left: mapped.left, text };
}
