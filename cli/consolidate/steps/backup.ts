import { refusedExit } from "../../adopt";
import { requirePassphrase } from "../../backup";
import { UserError } from "../../errors";
import { type HelmRelease, releaseKey } from "../../helm";
import { archive, archiveName, notedFaults } from "../archives";
import type { PhaseStep, Releases, Site } from "../model";

/** Document 000, phase 1, and the repair of its gap: persistent data are no "if applicable". */
export const backupStep: PhaseStep = {
  name: "backup",
  why: "what is retired or taken over can be brought back from it",
  plan: async ({ store }, releases) =>
    all(releases).map(
      (release) =>
        `archive ${releaseKey(release)} into ${store.path(archiveName(release, new Date()))}`,
    ),
  require: async (site) => {
    requirePassphrase(site.passphrase);
  },
  run: async (site, releases) => {
    const notes: string[] = [];
    for (const release of all(releases)) notes.push(await archived(site, release));
    return { says: notes.join("; ") };
  },
};

function all({ keep, retire }: Releases): readonly HelmRelease[] {
  return [keep, ...retire];
}

/** One that was made before this run began is taken only where this phase was cut off, not gone back on. */
async function archived(site: Site, release: HelmRelease): Promise<string> {
  const key = releaseKey(release);
  const reason = site.request.withoutData[key];
  const before = await notedFaults(site, release);
  const isEnough = before.withoutData.length === 0 || reason !== undefined;
  const isGood = before.damaged.length === 0 && isEnough;
  const isOld = (before.createdAt ?? "") < (site.store.read()?.undoneAt ?? "");
  if (!isGood || isOld) await archive(site, release, "it is changed after this");
  const { damaged, withoutData, elsewhere } = await notedFaults(site, release);
  const but = elsewhere.length === 0 ? "" : `, but not ${elsewhere.join(", ")}`;
  if (damaged.length > 0) {
    throw new UserError(`The archive of ${key} is not whole: ${damaged.join("; ")}.`);
  }
  if (withoutData.length === 0) return `${key} is archived with its data${but}`;
  if (reason === undefined) {
    throw new UserError(
      `The archive of ${key} lacks data: ${withoutData.join("; ")}.`,
      `Mend that and run it again, which makes another one. The volumes stay until --delete-leftovers: to go on without, say why with --without-data ${key}=REASON.`,
      refusedExit,
    );
  }
  return `${key} is archived without ${String(withoutData.length)} of its claims (${reason})${but}`;
}
