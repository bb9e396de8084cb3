import { finishAdoption, planAdoption, refusedExit, requireFinishable } from "../adopt";
import { UserError } from "../errors";
import { claimsOf, type HelmRelease, planUninstall, releaseKey } from "../helm";
import {
  type Api,
  type Deployment,
  type KubernetesObject,
  kinds,
  nameOf,
  type Pod,
  type Secret,
} from "../kubernetes";
import { archive, notedFaults } from "./archives";
import type { Releases, Remaining, Site } from "./model";

/** What is left of a release that is down. */
interface Left {
  readonly release: HelmRelease;
  readonly claims: readonly string[];
  readonly secrets: readonly Secret[];
  /** What else stays: it is deleted by nobody here. */
  readonly others: readonly KubernetesObject[];
}

/** What the last step has done. */
export interface Removed {
  readonly deleted: readonly string[];
  /** Volumes that outlive their claims. */
  readonly volumes: readonly string[];
  /** What is left of the releases all the same, for whoever knows what it is. */
  readonly left: readonly string[];
}

/** What would be deleted, a line each. */
export async function leftoverLines(
  api: Api,
  { keep, retire }: Releases,
): Promise<readonly string[]> {
  const all = await Promise.all(retire.map((release) => leftOf(api, release)));
  return [
    ...all.flatMap(({ release, claims, secrets, others }) => [
      `${releaseKey(release)}: archived once more; then ${[...claims.map((claim) => `claim ${claim}`), ...secrets.map(nameOf), "Helm's record"].join(", ")}`,
      ...(others.length === 0 ? [] : [`which leaves ${others.map(nameOf).join(", ")}`]),
    ]),
    `${releaseKey(keep)}: what holds no data, and Helm's record; its claims and Secrets stay, and are ours`,
  ];
}

async function leftOf(api: Api, release: HelmRelease): Promise<Left> {
  const { kept } = await planUninstall(api, release);
  const claim = kinds.persistentVolumeClaims.kind;
  const isSecret = (object: KubernetesObject): object is Secret => object.kind === "Secret";
  return {
    release,
    claims: await claimsOf(api, release),
    secrets: kept.filter(isSecret),
    others: kept.filter((object) => object.kind !== claim && !isSecret(object)),
  };
}

/**
 * Deletes what is left, which nothing brings back but an archive: so it is archived once more, at rest, and
 * goes only if all of it is in there and the stack works. The volumes themselves stay, released. May be run
 * again after it was cut off.
 */
export async function deleteLeftovers(site: Site, releases: Remaining): Promise<Removed> {
  const { api, store, journal, progress, target } = site;
  requireValidated(site);
  const adoption = await adoptionOf(site, releases.keep);
  if (adoption !== undefined) await requireFinishable(target, adoption, progress);
  for (const release of releases.retire) await requireArchived(site, release);
  store.noteLeftovers();
  const deleted: string[] = [];
  const volumes: string[] = [];
  const left: string[] = [];
  for (const release of releases.retire) {
    const { claims, secrets, others } = await leftOf(api, release);
    left.push(...others.map(nameOf));
    const names = [...claims.map((claim) => `claim ${claim}`), ...secrets.map(nameOf)];
    await journal.do(
      `delete what is left of ${releaseKey(release)}: ${names.join(", ") || "its record"}`,
      "its data are archived, and nobody uses them",
      async () => {
        for (const claim of claims) {
          const found = await api.read(kinds.persistentVolumeClaims, claim, release.namespace);
          if (found === undefined) continue;
          const volume = found.spec?.volumeName ?? "";
          await api.remove(found);
          deleted.push(nameOf(found));
          if (volume !== "") volumes.push(volume);
        }
        // The record last: it is what a repeated run goes by.
        for (const secret of [...secrets, ...release.secrets]) {
          await api.remove(secret);
          deleted.push(nameOf(secret));
        }
      },
    );
  }
  if (adoption !== undefined) {
    await journal.do(`end the adoption of ${site.request.keep}`, "ours has its data", async () => {
      const finished = await finishAdoption(target, adoption, progress);
      deleted.push(...finished.deleted, ...finished.records.map((record) => `Secret ${record}`));
    });
  }
  return { deleted, volumes, left };
}

async function adoptionOf(
  { target, request }: Site,
  keep: HelmRelease | undefined,
): Promise<Awaited<ReturnType<typeof planAdoption>> | undefined> {
  if (keep === undefined) return undefined;
  const { system, leave, overrides = [] } = request;
  const { name: release, namespace } = keep;
  return planAdoption(target, { release, namespace, system, leave, overrides, compare: false });
}

function requireValidated({ store }: Site): void {
  if (store.read()?.phases.validate?.outcome === "done") return;
  throw new UserError(
    "Leftovers are deleted only after the stack was found to work.",
    "Go on to the end first: --apply.",
    refusedExit,
  );
}

/** A release is down, nobody uses what it has left, and all of that is in an archive made since. */
async function requireArchived(site: Site, release: HelmRelease): Promise<void> {
  const { api } = site;
  const key = releaseKey(release);
  const { deleted, claims } = await planUninstall(api, release);
  const faults = [
    ...(release.status === "uninstalled" ? [] : [`${key} is not down, but ${release.status}`]),
    ...deleted.map((object) => `${nameOf(object)} is there`),
    ...(await usersOf(api, release.namespace, claims)).map((user) => `${user} names its claims`),
  ];
  if (faults.length === 0) {
    const downSince = release.record.info?.deleted ?? "";
    const before = await notedFaults(site, release);
    const isGood = before.damaged.length === 0 && before.withoutData.length === 0;
    if (!isGood || (before.createdAt ?? "") < downSince) {
      await archive(site, release, "nothing writes any more, so that this one has all");
    }
    const { damaged, withoutData } = await notedFaults(site, release);
    faults.push(...damaged.map((fault) => `its archive: ${fault}`));
    faults.push(...withoutData.map((fault) => `its archive lacks data: ${fault}`));
  }
  if (faults.length === 0) return;
  throw new UserError(
    `Nothing of ${key} is deleted:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    "Claims go only when what is in them was archived and read back. Mend that, or delete them by hand.",
    refusedExit,
  );
}

/** Pods, and what would make pods, with one of some claims. */
async function usersOf(
  api: Api,
  namespace: string,
  claims: readonly string[],
): Promise<readonly string[]> {
  const where = { namespace };
  const pods = (await api.list(kinds.pods, where)).filter(
    ({ status }) => !["Succeeded", "Failed"].includes(status?.phase ?? ""),
  );
  const makers = [
    ...(await api.list(kinds.deployments, where)),
    ...(await api.list(kinds.statefulSets, where)),
    ...(await api.list(kinds.daemonSets, where)),
  ];
  const cronJobs = await api.list(kinds.cronJobs, where);
  const specs: readonly (readonly [string, PodSpec])[] = [
    ...pods.map((pod) => [nameOf(pod), pod.spec] as const),
    ...makers.map((it) => [nameOf(it), (it as Deployment).spec?.template.spec] as const),
    ...cronJobs.map((it) => [nameOf(it), it.spec?.jobTemplate.spec?.template.spec] as const),
  ];
  return specs
    .filter(([, spec]) =>
      (spec?.volumes ?? []).some(({ persistentVolumeClaim }) =>
        claims.includes(persistentVolumeClaim?.claimName ?? ""),
      ),
    )
    .map(([name]) => name);
}

type PodSpec = Pod["spec"];
