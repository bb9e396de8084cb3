import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../errors";
import {
  type Api,
  type CronJob,
  type Deployment,
  type KubernetesObject,
  kinds,
  nameOf,
  type Pod,
  type StatefulSet,
} from "../kubernetes";
import { claimsOf, liveObjects } from "./live";
import { helmMarks } from "./marks";
import { inUninstallOrder } from "./order";
import { decodeRecord, encodeRecord, type HelmRecord } from "./record";
import type { HelmRelease } from "./releases";

/** How what is uninstalled was before, on the newest record: Helm's own says only what the chart asked for. */
const annotation = "uninstall.platform/before";

export interface Before {
  /** Helm's word for how it was with the release. */
  readonly status: string;
  /** Replicas of Deployments and StatefulSets, and whether CronJobs were suspended, by `KIND NAME`. */
  readonly objects: Readonly<Record<string, number | boolean>>;
}

/** Kinds that hold data, or without which data cannot be read. They stay. */
const kept: ReadonlySet<string> = new Set([
  ...["PersistentVolumeClaim", "PersistentVolume", "StorageClass", "Secret"],
  ...["Namespace", "CustomResourceDefinition"],
]);

const goneSeconds = 300;
const pollMs = 500;

/** What an uninstallation deletes, and what it leaves. */
export interface Uninstallation {
  /** In the order of their deletion. */
  readonly deleted: readonly KubernetesObject[];
  readonly kept: readonly KubernetesObject[];
  readonly claims: readonly string[];
}

/** Looks at what is there of a release. Where it is uninstalled already nothing is left to delete. */
export async function planUninstall(api: Api, release: HelmRelease): Promise<Uninstallation> {
  const objects = (await liveObjects(api, release)).flatMap(({ live }) => live ?? []);
  const stays = ({ kind, metadata }: KubernetesObject): boolean =>
    kept.has(kind) || metadata.annotations?.[helmMarks.policy] === "keep";
  return {
    deleted: inUninstallOrder(objects.filter((object) => !stays(object))),
    kept: objects.filter(stays),
    claims: await claimsOf(api, release),
  };
}

/**
 * Uninstalls a release as `helm uninstall --keep-history` does, by Helm's own record, with its volumes,
 * claims and Secrets left where they are: Helm itself would take the claims of the manifest along. Helm
 * knows the release afterwards as `uninstalled`. May be run again after it was cut off.
 */
export async function uninstall(api: Api, release: HelmRelease): Promise<Uninstallation> {
  const plan = await planUninstall(api, release);
  await keepVolumes(api, release, plan);
  await noteBefore(api, release, plan.deleted);
  await setStatus(api, release, { status: "uninstalling" });
  for (const object of plan.deleted) await api.remove(object);
  await untilGone(api, release);
  await setStatus(api, release, {
    status: "uninstalled",
    deleted: new Date().toISOString(),
    description: "Uninstalled by platform; volumes, claims and Secrets kept",
  });
  return plan;
}

/** Sees to it that neither a StatefulSet takes its claims along nor a claim its volume. */
async function keepVolumes(
  api: Api,
  { namespace }: HelmRelease,
  { deleted, claims }: Uninstallation,
): Promise<void> {
  const policy = { whenDeleted: "Retain", whenScaled: "Retain" };
  const owners = deleted.filter((it): it is StatefulSet => it.kind === "StatefulSet");
  for (const owner of owners) {
    const { whenDeleted, whenScaled } = owner.spec?.persistentVolumeClaimRetentionPolicy ?? {};
    if (whenDeleted !== "Delete" && whenScaled !== "Delete") continue;
    await api.patch(owner, { spec: { persistentVolumeClaimRetentionPolicy: policy } });
    await until(`claims of ${nameOf(owner)} that would go with it`, async () => {
      const all = await api.list(kinds.persistentVolumeClaims, { namespace });
      return all
        .filter(({ metadata }) => (metadata.ownerReferences ?? []).length > 0)
        .filter(({ metadata }) => claims.includes(metadata.name))
        .map(nameOf);
    });
  }
  const there = await api.list(kinds.persistentVolumeClaims, { namespace });
  for (const claim of there.filter(({ metadata }) => claims.includes(metadata.name))) {
    const volume = claim.spec?.volumeName;
    if (volume === undefined || volume === "") continue;
    const found = await api.read(kinds.persistentVolumes, volume);
    if (found === undefined || found.spec?.persistentVolumeReclaimPolicy === "Retain") continue;
    await api.patch(found, { spec: { persistentVolumeReclaimPolicy: "Retain" } });
  }
}

/** What a run that was cut off has noted counts: after it less is there to be seen. */
async function noteBefore(
  api: Api,
  release: HelmRelease,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const now: Record<string, number | boolean> = {};
  for (const object of objects) {
    const key = `${object.kind} ${object.metadata.name}`;
    if (object.kind === "CronJob") now[key] = (object as CronJob).spec?.suspend ?? false;
    if (object.kind !== "Deployment" && object.kind !== "StatefulSet") continue;
    now[key] = (object as Deployment | StatefulSet).spec?.replicas ?? 1;
  }
  const record = newestOf(release);
  const noted = beforeOf(release);
  const before: Before = {
    status: noted?.status ?? release.status,
    objects: { ...now, ...noted?.objects },
  };
  await api.patch(record, { metadata: { annotations: { [annotation]: JSON.stringify(before) } } });
}

/** What was noted; undefined where nothing was. */
export function beforeOf(release: HelmRelease): Before | undefined {
  const text = newestOf(release).metadata.annotations?.[annotation];
  return text === undefined ? undefined : (JSON.parse(text) as Before);
}

/** Takes the note away. */
export async function forgetBefore(api: Api, release: HelmRelease): Promise<void> {
  await api.patch(newestOf(release), { metadata: { annotations: { [annotation]: null } } });
}

/** Writes into Helm's own record how it is with the release, as Helm does: inside, and as a label. */
export async function setStatus(
  api: Api,
  release: HelmRelease,
  change: Partial<NonNullable<HelmRecord["info"]>> & { readonly status: string },
): Promise<void> {
  const { metadata } = newestOf(release);
  const secret = await api.read(kinds.secrets, metadata.name, metadata.namespace);
  if (secret === undefined) throw new UserError(`${nameOf(newestOf(release))} is gone.`);
  const record = decodeRecord(metadata.name, secret.data?.release ?? "");
  // Helm reads its times as Go does, to which an empty one is none.
  const info = { ...record.info, deleted: "", ...change };
  await api.patch(secret, {
    metadata: { labels: { status: change.status } },
    data: { release: encodeRecord({ ...record, info }) },
  });
}

function newestOf({ secrets, namespace, name }: HelmRelease): HelmRelease["secrets"][number] {
  const newest = secrets.at(-1);
  if (newest === undefined) throw new UserError(`Release ${namespace}/${name} has no record.`);
  return newest;
}

/** Waits until no pod is left that a workload of the release has made. */
async function untilGone(api: Api, release: HelmRelease): Promise<void> {
  const selectors = release.objects.flatMap((object) => {
    const { selector } = (object as Partial<Deployment>).spec ?? {};
    return selector?.matchLabels === undefined ? [] : [selector.matchLabels];
  });
  await until(`pods of ${release.namespace}/${release.name}`, async () => {
    const pods = await api.list(kinds.pods, { namespace: release.namespace });
    return pods
      .filter((pod) => selectors.some((labels) => hasLabels(pod, labels)))
      .filter(({ metadata }) => (metadata.ownerReferences ?? []).length > 0)
      .map(nameOf);
  });
}

function hasLabels({ metadata }: Pod, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
}

async function until(what: string, waiting: () => Promise<readonly string[]>): Promise<void> {
  for (const end = Date.now() + goneSeconds * 1000; ;) {
    const left = await waiting();
    if (left.length === 0) return;
    if (Date.now() > end) {
      throw new UserError(
        `After ${String(goneSeconds)} seconds there are still ${what}: ${left.join(", ")}.`,
        "Look at them (kubectl describe), then run the same command again: what is done is not done twice.",
      );
    }
    await sleep(pollMs);
  }
}
