import { finishAdoption, planAdoption, refusedExit } from "../adopt";
import { UserError } from "../errors";
import { claimsOf, type HelmRelease, planUninstall, releaseKey } from "../helm";
import { type Api, type KubernetesObject, kinds, nameOf } from "../kubernetes";
import { archiveFaults } from "./archives";
import type { Releases, Remaining, Site } from "./model";

/** What is left of a release that is down. */
interface Left {
  readonly release: HelmRelease;
  readonly claims: readonly string[];
  readonly others: readonly KubernetesObject[];
}

/** What the last step has done. */
export interface Removed {
  readonly deleted: readonly string[];
  /** Volumes that outlive their claims. */
  readonly volumes: readonly string[];
}

/** Kinds that more than this release may be about. */
const shared = /^(Namespace|CustomResourceDefinition|StorageClass|PersistentVolume)$/;

/** What would be deleted, a line each. */
export async function leftoverLines(
  api: Api,
  { keep, retire }: Releases,
): Promise<readonly string[]> {
  const all = await Promise.all(retire.map((release) => leftOf(api, release)));
  return [
    ...all.flatMap(({ release, claims, others }) => [
      `${releaseKey(release)}: ${claims.length === 0 ? "no claim" : `claims ${claims.join(", ")}`}${others.length === 0 ? "" : `; ${others.map(nameOf).join(", ")}`}; Helm's record`,
    ]),
    `${releaseKey(keep)}: what holds no data, and Helm's record; its claims and Secrets stay, and are ours`,
  ];
}

async function leftOf(api: Api, release: HelmRelease): Promise<Left> {
  const { kept } = await planUninstall(api, release);
  const claim = kinds.persistentVolumeClaims.kind;
  return {
    release,
    claims: await claimsOf(api, release),
    others: kept.filter(({ kind }) => kind !== claim && !shared.test(kind)),
  };
}

/**
 * Deletes what is left, which nothing brings back but an archive: so each claim's data have to be in one
 * that is whole, and the stack has to work. The volumes themselves stay, released.
 */
export async function deleteLeftovers(site: Site, releases: Remaining): Promise<Removed> {
  const { api, store, journal, target, progress, request } = site;
  await requireReadyToDelete(site, releases);
  store.noteLeftovers();
  const deleted: string[] = [];
  const volumes: string[] = [];
  if (releases.keep !== undefined) {
    const { name, namespace } = releases.keep;
    await journal.do(`end the adoption of ${request.keep}`, "ours has its data", async () => {
      const { system, leave, overrides = [] } = request;
      const adoption = await planAdoption(target, {
        ...{ release: name, namespace, system, leave, overrides, compare: false },
      });
      const finished = await finishAdoption(target, adoption, progress);
      deleted.push(...finished.deleted, ...finished.records.map((record) => `Secret ${record}`));
    });
  }
  for (const release of releases.retire) {
    const { claims, others } = await leftOf(api, release);
    await journal.do(
      `delete what is left of ${releaseKey(release)}: ${[...claims, ...others.map(nameOf)].join(", ") || "nothing"}`,
      "its data are archived, and nobody uses them",
      async () => {
        for (const claim of claims) {
          const found = await api.read(kinds.persistentVolumeClaims, claim, release.namespace);
          if (found === undefined) continue;
          volumes.push(found.spec?.volumeName ?? "");
          await api.remove(found);
          deleted.push(nameOf(found));
        }
        for (const object of others) {
          await api.remove(object);
          deleted.push(nameOf(object));
        }
        // The record last: it is what a repeated run goes by.
        for (const secret of release.secrets) {
          await api.remove(secret);
          deleted.push(nameOf(secret));
        }
      },
    );
  }
  return { deleted, volumes: volumes.filter((volume) => volume !== "") };
}

async function requireReadyToDelete(site: Site, { retire }: Remaining): Promise<void> {
  const { api, store } = site;
  const state = store.read();
  if (state?.phases.validate?.outcome !== "done") {
    throw new UserError(
      "Leftovers are deleted only after the stack was found to work.",
      "Go on to the end first: --apply.",
      refusedExit,
    );
  }
  const faults: string[] = [];
  for (const release of retire) {
    const key = releaseKey(release);
    const claims = await claimsOf(api, release);
    const users = await usersOf(api, release.namespace, claims);
    faults.push(...users.map((pod) => `${pod} still mounts a claim of ${key}`));
    const name = state.archives[key];
    if (name === undefined) {
      faults.push(`there is no archive of ${key}`);
      continue;
    }
    const { damaged, withoutData } = await archiveFaults(site, release, name);
    faults.push(...damaged.map((fault) => `the archive of ${key}: ${fault}`));
    faults.push(...withoutData.map((fault) => `the archive of ${key} lacks data: ${fault}`));
  }
  if (faults.length === 0) return;
  throw new UserError(
    `Nothing is deleted:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    "Claims go only when what is in them was archived and read back (npm run backup).",
    refusedExit,
  );
}

async function usersOf(
  api: Api,
  namespace: string,
  claims: readonly string[],
): Promise<readonly string[]> {
  const pods = await api.list(kinds.pods, { namespace });
  return pods
    .filter(({ status }) => !["Succeeded", "Failed"].includes(status?.phase ?? ""))
    .filter(({ spec }) =>
      (spec?.volumes ?? []).some(({ persistentVolumeClaim }) =>
        claims.includes(persistentVolumeClaim?.claimName ?? ""),
      ),
    )
    .map(nameOf);
}
