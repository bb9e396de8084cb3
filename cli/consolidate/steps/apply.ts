import { applyAdoption, goBack, readRelease, requireReady } from "../../adopt";
import { planText } from "../../adopt/report";
import type { PhaseStep } from "../model";
import { plannedAdoption } from "../proposal";
import { requireUnlocked } from "../unlocked";

/** Document 000, phase 4: ours in the place of the release that is kept, on its volumes. */
export const applyStep: PhaseStep = {
  name: "apply",
  why: "one stack runs in the place of the releases, on the volumes of the one that is kept",
  plan: async (site, releases) => {
    const { stack, context, kind } = site.target;
    const adoption = await plannedAdoption(site, releases);
    return planText(adoption, { stack, context, embedded: kind === "embedded" }).split("\n");
  },
  require: async (site, releases) => {
    requireReady(site.target.stack, await plannedAdoption(site, releases));
  },
  run: async (site, releases) => {
    const { target, progress, journal, show } = site;
    const adoption = await plannedAdoption(site, releases);
    const { keep } = site.request;
    const { mounted } = await journal.do(
      `stop ${keep} and bring up stack ${target.stack} on its volumes`,
      "ours takes over its data",
      () => applyAdoption(target, adoption, progress, show),
    );
    const by = Object.entries(mounted).map(([claim, workload]) => `${workload} has ${claim}`);
    return { says: by.join(", ") || "ours is up" };
  },
  back: async (site, { keep }) => {
    const { target, progress, journal, request } = site;
    const { namespace, name } = keep;
    const { kubectl } = target;
    const release = await readRelease(kubectl, name, namespace);
    if (release.taken === undefined) return "";
    await requireUnlocked(target);
    const { started } = await journal.do(
      `start ${request.keep} again in the place of ours`,
      "the consolidation is undone",
      () => goBack({ kubectl, namespace, progress }, release, request.system),
    );
    return `started again: ${started.join(", ") || "nothing stood still"}`;
  },
};
