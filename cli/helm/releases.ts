import { type Api, type KubernetesObject, kinds, type Secret } from "../kubernetes";
import { decodeRecord, type HelmRecord, objectsIn, UnreadableRecord } from "./record";

/** A release as Helm has written it down, by its newest revision. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** Helm's word: `deployed`, `failed`, `pending-upgrade`, `uninstalled`. */
  readonly status: string;
  /** `thunderhelm`. */
  readonly chart: string;
  readonly chartVersion: string;
  readonly appVersion: string | undefined;
  /** Whether the chart says of itself that nobody should use it any more. */
  readonly deprecated: boolean;
  /** When this revision was applied, as Helm has written it. */
  readonly deployedAt: string | undefined;
  /** What was set on top of the chart's own values. May hold secrets. */
  readonly values: unknown;
  /** What the chart made, as it was applied. */
  readonly objects: readonly KubernetesObject[];
  readonly record: HelmRecord;
  /** The Secrets of the record, the oldest revision first. */
  readonly secrets: readonly Secret[];
}

/** `thunderline/thunderline`: namespace and name, as a release is told from others. */
export function releaseKey({ namespace, name }: Pick<HelmRelease, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

/** `thunderhelm-0.2.0`, as `helm list` has it. */
export function chartOf({
  chart,
  chartVersion,
}: Pick<HelmRelease, "chart" | "chartVersion">): string {
  return `${chart}-${chartVersion}`;
}

/**
 * All releases that Helm has written down in Secrets, by namespace and name.
 *
 * @param unreadable - takes a record that cannot be read, in place of the release that it is of
 * @throws UnreadableRecord where nobody takes it: a release that is not seen would pass for none
 */
export async function readReleases(
  api: Api,
  namespace?: string,
  unreadable?: (fault: UnreadableRecord) => void,
): Promise<readonly HelmRelease[]> {
  const where = namespace === undefined ? {} : { namespace };
  const secrets = await api.list(kinds.secrets, { selector: "owner=helm", ...where });
  const byRelease = new Map<string, Secret[]>();
  for (const secret of secrets) {
    if (secret.type !== "helm.sh/release.v1") continue;
    const { namespace: place = "", labels = {} } = secret.metadata;
    const key = `${place}/${labels.name ?? ""}`;
    byRelease.set(key, [...(byRelease.get(key) ?? []), secret]);
  }
  return [...byRelease.keys()].sort().flatMap((key) => {
    const records = [...(byRelease.get(key) ?? [])];
    try {
      return releaseOf(records.sort((a, b) => revisionOf(a) - revisionOf(b)));
    } catch (error) {
      if (!(error instanceof UnreadableRecord) || unreadable === undefined) throw error;
      unreadable(error);
      return [];
    }
  });
}

function releaseOf(secrets: readonly Secret[]): HelmRelease {
  const newest = secrets.at(-1);
  if (newest === undefined) throw new Error("a release has no record");
  const record = decodeRecord(newest.metadata.name, newest.data?.release ?? "");
  const { name: chart = "", version = "", appVersion, deprecated } = record.chart?.metadata ?? {};
  return {
    name: record.name,
    namespace: record.namespace,
    revision: record.version,
    status: record.info?.status ?? "unknown",
    ...{ chart, chartVersion: version, appVersion, deprecated: deprecated === true },
    deployedAt: record.info?.last_deployed,
    values: record.config ?? {},
    objects: objectsIn(record.manifest ?? ""),
    ...{ record, secrets },
  };
}

function revisionOf({ metadata }: Secret): number {
  return Number(metadata.labels?.version ?? 0);
}
