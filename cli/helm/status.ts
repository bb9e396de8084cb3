import { UserError } from "../errors";
import { type Api, kinds, nameOf, type Secret } from "../kubernetes";
import { decodeRecord, encodeRecord, type HelmRecord } from "./record";
import type { HelmRelease } from "./releases";

/** How what is uninstalled was before, on the newest record: Helm's own says only what the chart asked for. */
const annotation = "uninstall.platform/before";

export interface Before {
  /** Helm's word for how it was with the release. */
  readonly status: string;
  /**
   * What was there, by `KIND NAME`: the replicas of a Deployment or StatefulSet, whether a CronJob was
   * suspended, and true for all else.
   */
  readonly objects: Readonly<Record<string, number | boolean>>;
}

/** Writes it on the newest record. */
export async function noteBefore(api: Api, release: HelmRelease, before: Before): Promise<void> {
  const annotations = { [annotation]: JSON.stringify(before) };
  await api.patch(newestOf(release), { metadata: { annotations } });
}

/** What was noted; undefined where nothing was. */
export function beforeOf(release: HelmRelease): Before | undefined {
  const text = newestOf(release).metadata.annotations?.[annotation];
  return text === undefined ? undefined : (JSON.parse(text) as Before);
}

/** Whether an uninstallation of ours has begun or ended. */
export function isDown(release: HelmRelease): boolean {
  return beforeOf(release) !== undefined;
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

/** The Secret of the newest revision. */
export function newestOf({ secrets, namespace, name }: HelmRelease): Secret {
  const newest = secrets.at(-1);
  if (newest === undefined) throw new UserError(`Release ${namespace}/${name} has no record.`);
  return newest;
}
