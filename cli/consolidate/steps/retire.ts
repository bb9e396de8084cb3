import { refusedExit, requireReady } from "../../adopt";
import { UserError } from "../../errors";
import {
  type HelmRelease,
  isDown,
  planUninstall,
  reinstall,
  releaseKey,
  uninstall,
  unservedKinds,
} from "../../helm";
import { nameOf } from "../../kubernetes";
import { notedFaults } from "../archives";
import type { PhaseStep, Site } from "../model";
import { plannedAdoption } from "../proposal";

/** Document 000, phase 2, without its "Clean up any leftover PVCs": those stay until the very end. */
export const retireStep: PhaseStep = {
  name: "retire",
  why: "what runs twice takes the place, and writes beside what is kept",
  plan: async ({ api }, { retire }) => {
    const lines = await Promise.all(
      retire.map(async (release) => {
        const { deleted, claims } = await planUninstall(api, release);
        const key = releaseKey(release);
        const kept = `keep ${claims.length === 0 ? "no claim" : `claims ${claims.join(", ")}`} and the Secrets of ${key}`;
        return deleted.length === 0
          ? [`${key} is down already`, kept]
          : [`uninstall ${key} by Helm's record: ${deleted.map(nameOf).join(", ")}`, kept];
      }),
    );
    return lines.flat();
  },
  require: async (site, releases) => {
    for (const release of releases.retire) {
      await requireServed(site, release);
      const key = releaseKey(release);
      const { damaged } = await notedFaults(site, release);
      if (damaged.length === 0) continue;
      site.store.note("backup", "failed", `the archive of ${key}: ${damaged.join("; ")}`);
      throw new UserError(
        `The archive of ${key} cannot bring it back: ${damaged.join("; ")}.`,
        "Nothing was taken down. The same command again makes another one first.",
        refusedExit,
      );
    }
    // Nobody is taken down for something that would be refused afterwards.
    requireReady(site.target.stack, await plannedAdoption(site, releases));
  },
  run: async ({ api, journal }, { retire }) => {
    for (const release of retire) {
      await journal.do(
        `uninstall ${releaseKey(release)}, without its volumes and Secrets`,
        "it is a duplicate",
        () => uninstall(api, release),
      );
    }
    return { says: `${retire.map(releaseKey).join(", ")} down, without pods` };
  },
  back: async ({ api, journal }, { retire }) => {
    const made: string[] = [];
    for (const release of retire.filter(isDown)) {
      const key = releaseKey(release);
      await journal.do(`bring back ${key}`, "the consolidation is undone", async () => {
        const objects = await reinstall(api, release);
        made.push(`${key} (${String(objects.length)} objects)`);
      });
    }
    return made.length === 0 ? "" : `brought back: ${made.join(", ")}`;
  },
};

/** What is there of a kind by another version of its group would stay, and nobody would see it. */
async function requireServed({ api }: Site, release: HelmRelease): Promise<void> {
  const unserved = await unservedKinds(api, release);
  if (unserved.length === 0) return;
  throw new UserError(
    `The cluster does not serve ${unserved.join(", ")}, which the record of ${releaseKey(release)} has.`,
    "Nothing was taken down. Bring its record up to date first: an upgrade of the release, or Helm's plugin mapkubeapis.",
    refusedExit,
  );
}
