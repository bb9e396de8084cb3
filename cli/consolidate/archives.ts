import { existsSync } from "node:fs";

import { requirePassphrase, verifyArchive } from "../backup";
import { claimsOf, type HelmRelease } from "../helm";
import { kinds } from "../kubernetes";
import type { Site } from "./model";

/** What an archive cannot be relied on for. */
export interface ArchiveFaults {
  /** What of the release itself could not be brought back. */
  readonly damaged: readonly string[];
  /** Claims that are there and whose data are not in it, with the reason where it has one. */
  readonly withoutData: readonly string[];
}

/** Reads the archive of a release back, all of it. */
export async function archiveFaults(
  site: Site,
  release: HelmRelease,
  name: string,
): Promise<ArchiveFaults> {
  const file = site.store.path(name);
  if (!existsSync(file)) return { damaged: [`${file} is not there`], withoutData: [] };
  const { manifest, faults } = await verifyArchive(file, requirePassphrase(site.passphrase));
  if (manifest === undefined || faults.length > 0) return { damaged: faults, withoutData: [] };
  const isOf = manifest.namespace === release.namespace && manifest.release === release.name;
  if (!isOf) return { damaged: [`${file} is of another release`], withoutData: [] };
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
  return {
    damaged: manifest.missing
      .filter(({ what }) => !isAboutClaim(what))
      .map(({ what, why }) => `it lacks ${what}: ${why}`),
    withoutData: lacking.map((claim) => {
      const told = manifest.missing.find(({ what }) => what === `claim ${claim}`);
      return `claim ${claim}: ${told?.why ?? "it is not in the archive"}`;
    }),
  };
}
