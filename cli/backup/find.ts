import { UserError } from "../errors";
import { helmMarks, type HelmRelease, readReleases } from "../helm";
import {
  type Api,
  type KubernetesObject,
  kinds,
  nameOf,
  type PersistentVolumeClaim,
  type Secret,
} from "../kubernetes";
import { objectsInNamespace } from "./discover";
import { inlineVolumesOf } from "./inline";
import { managedBy, marks } from "./marks";
import type { BackupRequest, ClaimOf, Found } from "./model";
import { usedBy } from "./uses";

/**
 * Finds what a backup has to save.
 *
 * @throws UserError where there is no such namespace or release
 */
export async function find(api: Api, request: BackupRequest): Promise<Found> {
  const { namespace, release: name } = request;
  const place = await api.read(kinds.namespaces, namespace);
  if (place === undefined) {
    throw new UserError(`Context ${api.context} has no namespace "${namespace}".`);
  }
  const { objects: all, missing } = await objectsInNamespace(api, namespace);
  const releases = await readReleases(api, namespace);
  const inside = [place, ...all.filter((one) => !isOurs(one))];
  const { objects, chosen } =
    name === undefined
      ? { objects: inside, chosen: releases }
      : await ofRelease(api, inside, releaseIn(releases, name, api.context, namespace));
  const kept = objects.filter((one) => !isRemade(one));
  const claims = await claimsOf(api, kept.filter(isClaim));
  const volumes = claims.flatMap(({ volume }) => (volume === undefined ? [] : [volume]));
  return {
    objects: inOrder([...kept.filter((one) => !isSecret(one)), ...volumes]).map(cleaned),
    secrets: inOrder(kept.filter(isSecret)).map(cleaned),
    releases: chosen,
    claims,
    missing: request.data === false ? missing : [...missing, ...inlineVolumesOf(objects)],
    around: inside,
    leftOut: objects
      .filter(isRemade)
      .map((one) => `${one.kind} ${one.metadata.name}`)
      .sort(),
  };
}

function releaseIn(
  releases: readonly HelmRelease[],
  name: string,
  context: string,
  namespace: string,
): HelmRelease {
  const found = releases.find((one) => one.name === name);
  if (found !== undefined) return found;
  const others = releases.map((one) => one.name).join(", ");
  throw new UserError(
    `Namespace ${namespace} of context ${context} has no release "${name}" of Helm.`,
    others === "" ? "It has no release at all." : `It has ${others}.`,
  );
}

/**
 * What Helm has written down, what bears its marks, and what the pods of these use: claims of a
 * StatefulSet's template and Secrets that were made by hand are in no chart.
 */
async function ofRelease(
  api: Api,
  inside: readonly KubernetesObject[],
  release: HelmRelease,
): Promise<{
  readonly objects: readonly KubernetesObject[];
  readonly chosen: readonly HelmRelease[];
}> {
  const keyOf = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`;
  const elsewhere = await Promise.all(
    release.objects
      .filter((one) => !isIn(one, inside, release.namespace))
      .map((one) => api.read(one, one.metadata.name, one.metadata.namespace ?? release.namespace)),
  );
  const written = new Set(
    release.objects
      .filter(({ metadata }) => [undefined, release.namespace].includes(metadata.namespace))
      .map(keyOf),
  );
  const records = new Set(release.secrets.map(({ metadata }) => metadata.name));
  const own = inside.filter(
    (one) =>
      written.has(keyOf(one)) ||
      one.metadata.annotations?.[helmMarks.name] === release.name ||
      (isSecret(one) && records.has(one.metadata.name)),
  );
  const uids = new Set(own.map(({ metadata }) => metadata.uid));
  const made = ownedBy(uids, inside);
  // By the record too: of a release that is uninstalled nothing else names its claims.
  const used = usedBy([...own, ...made, ...release.objects], inside);
  const objects = [...new Set([...own, ...made, ...used])];
  const away = elsewhere.flatMap((one) => (one === undefined ? [] : [one]));
  return { objects: [...objects, ...away], chosen: [release] };
}

/** What the objects with some uids have made, and what these have made. */
function ownedBy(
  uids: ReadonlySet<string | undefined>,
  inside: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const next = inside.filter(
    ({ metadata }) =>
      !uids.has(metadata.uid) && (metadata.ownerReferences ?? []).some(({ uid }) => uids.has(uid)),
  );
  if (next.length === 0) return [];
  const all = new Set([...uids, ...next.map(({ metadata }) => metadata.uid)]);
  return [...next, ...ownedBy(all, inside)];
}

function isIn(
  { apiVersion, kind, metadata }: KubernetesObject,
  inside: readonly KubernetesObject[],
  namespace: string,
): boolean {
  return (
    (metadata.namespace ?? namespace) === namespace &&
    inside.some(
      (one) =>
        one.kind === kind &&
        one.metadata.name === metadata.name &&
        groupOf(one.apiVersion) === groupOf(apiVersion),
    )
  );
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

async function claimsOf(
  api: Api,
  claims: readonly PersistentVolumeClaim[],
): Promise<readonly ClaimOf[]> {
  return Promise.all(
    inOrder(claims).map(async (claim) => {
      const { volumeName, storageClassName } = claim.spec ?? {};
      return {
        claim,
        volume:
          volumeName === undefined
            ? undefined
            : await api.read(kinds.persistentVolumes, volumeName),
        storageClass:
          storageClassName === undefined || storageClassName === ""
            ? undefined
            : await api.read(kinds.storageClasses, storageClassName),
      };
    }),
  );
}

/** Pods and what stands between them and their workloads: whoever owns them makes them again. */
function isRemade({ kind, metadata }: KubernetesObject): boolean {
  const owned = (metadata.ownerReferences ?? []).some(({ controller }) => controller === true);
  return owned && ["Pod", "ReplicaSet", "Job"].includes(kind);
}

function isOurs({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.[marks.managedBy] === managedBy;
}

export function isSecret(one: KubernetesObject): one is Secret {
  return one.kind === "Secret" && one.apiVersion === "v1";
}

function isClaim(one: KubernetesObject): one is PersistentVolumeClaim {
  return one.kind === "PersistentVolumeClaim" && one.apiVersion === "v1";
}

function inOrder<T extends KubernetesObject>(objects: readonly T[]): readonly T[] {
  return [...objects].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Who has set which field is of no use to anybody later, and longer than all the rest. */
function cleaned<T extends KubernetesObject>(object: T): T {
  const metadata: Record<string, unknown> = { ...object.metadata };
  delete metadata.managedFields;
  return { ...object, metadata };
}
