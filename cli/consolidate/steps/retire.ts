import { refusedExit } from "../../adopt";
import { UserError } from "../../errors";
import { planUninstall, reinstall, releaseKey, uninstall } from "../../helm";
import { nameOf } from "../../kubernetes";
import { archiveFaults } from "../archives";
import type { PhaseStep } from "../model";

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
  require: async (site, { retire }) => {
    const { archives = {} } = site.store.read() ?? {};
    for (const release of retire) {
      const key = releaseKey(release);
      const name = archives[key];
      const faults =
        name === undefined ? ["there is none"] : (await archiveFaults(site, release, name)).damaged;
      if (faults.length === 0) continue;
      throw new UserError(
        `The archive of ${key} cannot bring it back: ${faults.join("; ")}.`,
        "Nothing was taken down. Run the backup again: remove that archive, and --apply.",
        refusedExit,
      );
    }
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
    for (const release of retire) {
      const key = releaseKey(release);
      await journal.do(`bring back ${key}`, "the consolidation is undone", async () => {
        const objects = await reinstall(api, release);
        made.push(`${key} (${String(objects.length)} objects)`);
      });
    }
    return `brought back: ${made.join(", ")}`;
  },
};
