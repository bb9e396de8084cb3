import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { refusedExit } from "../../adopt";
import { writeSettings } from "../../adopt/proposal";
import { UserError } from "../../errors";
import { writeWhole } from "../../toolchain/stamp";
import type { PhaseStep, Site } from "../model";
import { propose } from "../proposal";
import { conflictLines, settingLines } from "../report";

/** Document 000, phase 3. It comes before anything is taken down, so that nobody waits for a decision. */
export const mergeStep: PhaseStep = {
  name: "merge",
  why: "one stack file has to say what both releases' values said, and where the data are",
  plan: async (site, releases) => {
    const { merged, missing, left, apart } = await propose(site, releases);
    return [
      ...conflictLines(merged),
      ...apart.map((release) => `${release} has another chart: its values are not merged`),
      ...settingLines(site, missing),
      ...(left.length === 0 ? [] : [`no setting of ours for ${left.join(", ")}`]),
    ];
  },
  require: async () => undefined,
  run: async (site, releases) => {
    const { target, request, store } = site;
    const { missing, text, merged } = await propose(site, releases);
    const proposed = store.path(`Pulumi.${target.stack}.yaml`);
    writeWhole(proposed, text);
    const decided = `${String(merged.conflicts.length)} conflicts decided`;
    if (missing.length === 0) {
      return { says: `${decided}; Pulumi.${target.stack}.yaml has all settings` };
    }
    if (!request.write) {
      throw new UserError(
        `Pulumi.${target.stack}.yaml lacks settings; ${proposed} has them.`,
        "Look at them, and put them into the stack file by hand or with --write.",
        refusedExit,
      );
    }
    keepStackFile(site, text);
    writeSettings(target.workspace, target.stack, request.system, missing);
    return {
      says: decided,
      stop: `Pulumi.${target.stack}.yaml has ${String(missing.length)} more settings. Look at them (git diff), then run --apply again.`,
    };
  },
  back: async (site) => {
    const { store, target } = site;
    const name = `Pulumi.${target.stack}.yaml`;
    if (!existsSync(store.path(beforeName))) return "";
    const written = readFileSync(store.path(writtenName), "utf8");
    const now = readFileSync(stackFile(site), "utf8");
    const before = readFileSync(store.path(beforeName), "utf8");
    if (now !== before && now !== written) {
      return `${name} has been changed since: take the settings out by hand; ${store.path(beforeName)} has what it was`;
    }
    writeWhole(stackFile(site), before);
    for (const kept of [beforeName, writtenName]) rmSync(store.path(kept));
    return `${name} is as it was`;
  },
};

const beforeName = "stack-file.before.yaml";
const writtenName = "stack-file.written.yaml";

function stackFile({ target: { workspace, stack } }: Site): string {
  return join(workspace.repository, `Pulumi.${stack}.yaml`);
}

/**
 * Keeps what the stack file is and what it becomes, before it becomes that. Of several writings the first
 * counts, unless somebody has changed the file since.
 */
function keepStackFile(site: Site, becomes: string): void {
  const [before, written] = [beforeName, writtenName].map((name) => site.store.path(name)) as [
    string,
    string,
  ];
  const now = readFileSync(stackFile(site), "utf8");
  const isOurs = existsSync(written) && readFileSync(written, "utf8") === now;
  if (!isOurs || !existsSync(before)) writeWhole(before, now);
  writeWhole(written, becomes);
}
