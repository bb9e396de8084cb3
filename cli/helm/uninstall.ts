import {
  type Api,
  type CronJob,
  type Deployment,
  type Job,
  type KubernetesObject,
  kinds,
  nameOf,
  type Pod,
  type StatefulSet,
} from "../kubernetes";
import { claimsOf, liveObjects } from "./live";
import { helmMarks } from "./marks";
import { inUninstallOrder } from "./order";
import type { HelmRelease } from "./releases";
import { statelessKinds } from "./stateless";
import { type Before, beforeOf, noteBefore, setStatus } from "./status";
import { podsOf, until } from "./wait";

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
  const goes = ({ kind, metadata }: KubernetesObject): boolean =>
    statelessKinds.has(kind) && metadata.annotations?.[helmMarks.policy] !== "keep";
  return {
    deleted: inUninstallOrder(objects.filter(goes)),
    kept: objects.filter((object) => !goes(object)),
    claims: await claimsOf(api, release),
  };
}

/**
 * Uninstalls a release as `helm uninstall --keep-history` does, by Helm's own record, with all that may
 * hold data left where it is: Helm itself would take the claims and Secrets of the manifest along. Helm
 * knows the release afterwards as `uninstalled`. May be run again after it was cut off.
 */
export async function uninstall(api: Api, release: HelmRelease): Promise<Uninstallation> {
  const plan = await planUninstall(api, release);
  await keepVolumes(api, release, plan);
  await noteBefore(api, release, beforeIn(release, plan.deleted));
  await setStatus(api, release, { status: "uninstalling" });
  for (const object of plan.deleted) await api.remove(object);
  await until(`pods of ${release.namespace}/${release.name}`, () => podsOf(api, release));
  // One with a finalizer is there for a while: whoever goes back would take it for one that stays.
  await until(`objects of ${release.namespace}/${release.name}`, async () =>
    (await planUninstall(api, release)).deleted.map(nameOf),
  );
  await setStatus(api, release, {
    status: "uninstalled",
    deleted: new Date().toISOString(),
    description: "Uninstalled by platform; volumes, claims and Secrets kept",
  });
  return plan;
}

/** How a release is before it goes; a run that was cut off has noted what is gone by now. */
function beforeIn(release: HelmRelease, objects: readonly KubernetesObject[]): Before {
  const now: Record<string, number | boolean> = {};
  for (const object of objects) {
    // What has run to its end is not run again.
    if (object.kind === "Job" && hasEnded(object)) continue;
    now[`${object.kind} ${object.metadata.name}`] = stateOf(object);
  }
  const noted = beforeOf(release);
  return { status: noted?.status ?? release.status, objects: { ...now, ...noted?.objects } };
}

function stateOf(object: KubernetesObject): number | boolean {
  if (object.kind === "CronJob") return (object as CronJob).spec?.suspend ?? false;
  if (object.kind !== "Deployment" && object.kind !== "StatefulSet") return true;
  return (object as Deployment | StatefulSet).spec?.replicas ?? 1;
}

function hasEnded({ status }: Job): boolean {
  return (status?.conditions ?? []).some(
    (one) => ["Complete", "Failed"].includes(one.type) && one.status === "True",
  );
}

/** Sees to it that neither a StatefulSet takes its claims along nor a claim its volume. */
async function keepVolumes(
  api: Api,
  release: HelmRelease,
  { deleted, claims }: Uninstallation,
): Promise<void> {
  const { namespace } = release;
  const policy = { whenDeleted: "Retain", whenScaled: "Retain" };
  for (const owner of deleted.filter((it): it is StatefulSet => it.kind === "StatefulSet")) {
    const { whenDeleted, whenScaled } = owner.spec?.persistentVolumeClaimRetentionPolicy ?? {};
    if (whenDeleted !== "Delete" && whenScaled !== "Delete") continue;
    await api.patch(owner, { spec: { persistentVolumeClaimRetentionPolicy: policy } });
  }
  const mounted = new Set([...claims, ...deleted.flatMap(mountedBy)]);
  const own = async () =>
    (await api.list(kinds.persistentVolumeClaims, { namespace })).filter(({ metadata }) =>
      mounted.has(metadata.name),
    );
  await until("claims that would go with what owns them", async () =>
    (await own())
      .filter(({ metadata }) =>
        (metadata.ownerReferences ?? []).some(({ kind }) => kind === "StatefulSet"),
      )
      .map(nameOf),
  );
  for (const claim of await own()) {
    const volume = claim.spec?.volumeName;
    if (volume === undefined || volume === "") continue;
    const found = await api.read(kinds.persistentVolumes, volume);
    if (found === undefined || found.spec?.persistentVolumeReclaimPolicy === "Retain") continue;
    await api.patch(found, { spec: { persistentVolumeReclaimPolicy: "Retain" } });
  }
}

/** The claims that a workload's pods name. */
function mountedBy(object: KubernetesObject): readonly string[] {
  const { spec } = object as {
    readonly spec?: { readonly template?: { readonly spec?: Pod["spec"] } };
  };
  return (spec?.template?.spec?.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
}
