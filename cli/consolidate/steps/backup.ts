import { existsSync } from "node:fs";

import { refusedExit } from "../../adopt";
import { backUp, requirePassphrase } from "../../backup";
import { UserError } from "../../errors";
import { type HelmRelease, releaseKey } from "../../helm";
import { archiveFaults } from "../archives";
import type { PhaseStep, Releases, Site } from "../model";

/** Document 000, phase 1, and the repair of its gap: persistent data are no "if applicable". */
export const backupStep: PhaseStep = {
  name: "backup",
  why: "what is retired or taken over can be brought back from it",
  plan: async ({ store }, releases) =>
    all(releases).map(
      (release) => `archive ${releaseKey(release)} into ${store.path(archiveName(release))}`,
    ),
  require: async (site) => {
    requirePassphrase(site.passphrase);
  },
  run: async (site, releases) => {
    const notes: string[] = [];
    for (const release of all(releases)) notes.push(await archive(site, release));
    return { says: notes.join("; ") };
  },
};

function all({ keep, retire }: Releases): readonly HelmRelease[] {
  return [keep, ...retire];
}

function archiveName({ namespace, name }: HelmRelease): string {
  return `${namespace}-${name}.tar`;
}

async function archive(site: Site, release: HelmRelease): Promise<string> {
  const { api, store, journal, progress, request } = site;
  const key = releaseKey(release);
  const name = archiveName(release);
  const file = store.path(name);
  if (!existsSync(file) || (await archiveFaults(site, release, name)).damaged.length > 0) {
    const { namespace, name: of } = release;
    const passphrase = requirePassphrase(site.passphrase);
    await journal.do(`archive ${key} into ${file}`, "it is changed after this", () =>
      backUp(api, { namespace, release: of }, { file, passphrase, progress, journal }),
    );
  }
  store.noteArchive(key, name);
  const { damaged, withoutData } = await archiveFaults(site, release, name);
  if (damaged.length > 0) {
    throw new UserError(`The archive of ${key} is not whole: ${damaged.join("; ")}.`);
  }
  if (withoutData.length === 0) return `${key} is archived with its data`;
  if (request.withoutData === undefined) {
    throw new UserError(
      `The archive of ${key} lacks data: ${withoutData.join("; ")}.`,
      "Mend that and run it again. The volumes stay until --delete-leftovers: to go on without, say why with --without-data.",
      refusedExit,
    );
  }
  return `${key} is archived without ${String(withoutData.length)} of its volumes (${request.withoutData})`;
}
