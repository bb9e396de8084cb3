import { existsSync } from "node:fs";

import { backUp, requirePassphrase, verifyArchive } from "../backup";
import { claimsOf, type HelmRelease, releaseKey } from "../helm";
import { kinds } from "../kubernetes";
import type { Site } from "./model";

/** What an archive cannot be relied on for. */
export interface ArchiveFaults {
  /** What of the release itself could not be brought back. */
  readonly damaged: readonly string[];
  /** Claims that are there and whose data are not in it, with the reason where it has one. */
  readonly withoutData: readonly string[];
  /** Volumes that are no claims, which nobody archives and nothing here deletes. */
  readonly elsewhere: readonly string[];
  /** When it was made; undefined where it cannot be read. */
  readonly createdAt: string | undefined;
}

/** A name of its own for each archive: none is ever written over. */
export function archiveName({ namespace, name }: HelmRelease, at: Date): string {
  return `${namespace}-${name}-${at.toISOString().replace(/[-:]|\.\d+/g, "")}.tar`;
}

/** Archives a release, and notes where. What could not be saved is in the archive's own list. */
export async function archive(site: Site, release: HelmRelease, why: string): Promise<void> {
  const { api, store, journal, progress } = site;
  const { namespace, name } = release;
  const passphrase = requirePassphrase(site.passphrase);
  const at = archiveName(release, new Date());
  const file = store.path(at);
  await journal.do(`archive ${releaseKey(release)} into ${file}`, why, () =>
    backUp(api, { namespace, release: name }, { file, passphrase, progress, journal }),
  );
  store.noteArchive(releaseKey(release), at);
}

/** The archive of a release as it is noted, read back whole; a fault where there is none. */
export async function notedFaults(site: Site, release: HelmRelease): Promise<ArchiveFaults> {
  const name = site.store.read()?.archives[releaseKey(release)];
  if (name === undefined) {
    return { damaged: ["there is none"], withoutData: [], elsewhere: [], createdAt: undefined };
  }
  return archiveFaults(site, release, name);
}

/** Reads the archive of a release back, all of it. */
async function archiveFaults(
  site: Site,
  release: HelmRelease,
  name: string,
): Promise<ArchiveFaults> {
  const file = site.store.path(name);
  if (!existsSync(file)) {
    return {
      damaged: [`${file} is not there`],
      withoutData: [],
      elsewhere: [],
      createdAt: undefined,
    };
  }
  const { manifest, faults } = await verifyArchive(file, requirePassphrase(site.passphrase));
  if (manifest === undefined || faults.length > 0) {
    return { damaged: faults, withoutData: [], elsewhere: [], createdAt: undefined };
  }
  const isOf = manifest.namespace === release.namespace && manifest.release === release.name;
  const { createdAt } = manifest;
  if (!isOf) {
    return {
      damaged: [`${file} is of another release`],
      withoutData: [],
      elsewhere: [],
      createdAt,
    };
  }
  const held = new Set(
    manifest.entries
      .filter(({ kind }) => kind === "copy" || kind === "postgres")
      .flatMap(({ holds }) => holds),
  );
  const claims = await claimsOf(site.api, release);
  const lacking: string[] = [];
  for (const name of claims.filter((claim) => !held.has(`claim ${claim}`))) {
    const claim = await site.api.read(kinds.persistentVolumeClaims, name, release.namespace);
    // One that has never had a volume has no data.
    if ((claim?.spec?.volumeName ?? "") !== "") lacking.push(name);
  }
  // Of a claim there may also be a snapshot, which is more than is needed.
  const isAboutClaim = (what: string): boolean =>
    claims.some((claim) => what === `claim ${claim}` || what.endsWith(` of claim ${claim}`));
  const isElsewhere = ({ what }: { readonly what: string }): boolean => what.startsWith("volume ");
  return {
    createdAt,
    elsewhere: manifest.missing.filter(isElsewhere).map(({ what }) => what),
    damaged: manifest.missing
      .filter((one) => !isAboutClaim(one.what) && !isElsewhere(one))
      .map(({ what, why }) => `it lacks ${what}: ${why}`),
    withoutData: lacking.map((claim) => {
      const told = manifest.missing.find(({ what }) => what === `claim ${claim}`);
      return `claim ${claim}: ${told?.why ?? "it is not in the archive"}`;
    }),
  };
}
