import { UserError } from "../errors";
import type { HelmRelease } from "../helm";
import { readReleases, UnreadableRecord } from "../helm";
import { type Api, ApiFault, type Kind, type KubernetesObject, kinds } from "../kubernetes";
import { type PodMetrics, podMetrics } from "./usage";

/** All kinds that are read, by the name under which rules ask for them. */
const read = {
  namespaces: kinds.namespaces,
  deployments: kinds.deployments,
  statefulSets: kinds.statefulSets,
  daemonSets: kinds.daemonSets,
  replicaSets: kinds.replicaSets,
  cronJobs: kinds.cronJobs,
  jobs: kinds.jobs,
  pods: kinds.pods,
  services: kinds.services,
  endpointSlices: kinds.endpointSlices,
  ingresses: kinds.ingresses,
  claims: kinds.persistentVolumeClaims,
  volumes: kinds.persistentVolumes,
  quotas: kinds.resourceQuotas,
  limitRanges: kinds.limitRanges,
  networkPolicies: kinds.networkPolicies,
  autoscalers: kinds.horizontalPodAutoscalers,
  events: kinds.events,
  usage: podMetrics,
} as const satisfies Readonly<Record<string, Kind>>;

type Objects<K> = K extends Kind<infer T> ? T : never;

export type ReadingName = keyof typeof read | "releases";

/** What the cluster says of itself, each kind sorted by namespace and name. */
export type Readings = {
  readonly [Name in keyof typeof read]: readonly Objects<(typeof read)[Name]>[];
} & { readonly releases: readonly HelmRelease[]; readonly usage: readonly PodMetrics[] };

/** Something that could not be read. */
export interface Gap {
  readonly reading: ReadingName;
  /** `Secrets (the records of Helm)`. */
  readonly what: string;
  /** What the server has said. */
  readonly why: string;
  /** The right that lacks, where it is one: `list secrets`. */
  readonly right?: string;
}

/**
 * Reads everything once. One thing that may not be read hides no other.
 *
 * @throws UserError where the cluster does not answer, or where nothing at all may be read
 */
export async function readAll(
  api: Api,
): Promise<{ readonly readings: Readings; readonly gaps: readonly Gap[] }> {
  const gaps: Gap[] = [];
  const faults: unknown[] = [];
  const attempt = async <T>(
    gap: Pick<Gap, "reading" | "what" | "right">,
    work: () => Promise<readonly T[]>,
  ): Promise<readonly T[]> => {
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      faults.push(error);
      const { right, ...rest } = gap;
      const forbidden = error instanceof ApiFault && error.code === 403;
      gaps.push({ ...rest, why: error.message, ...(forbidden && right ? { right } : {}) });
      return [];
    }
  };

  const names = Object.keys(read) as (keyof typeof read)[];
  const lists = await Promise.all(
    names.map(async (reading) => {
      const kind: Kind = read[reading];
      const what = `${kind.apiVersion} ${kind.kind}`;
      const found = await attempt({ reading, what, right: `list ${kind.kind}` }, () =>
        listed(api, kind),
      );
      return [reading, [...found].sort(byPlace)] as const;
    }),
  );
  const releases = await attempt(
    { reading: "releases", what: "Secrets (the records of Helm)", right: "list Secret" },
    () => readReleases(api),
  );
  if (gaps.length > names.length) throw faults[0];
  return {
    readings: { ...(Object.fromEntries(lists) as unknown as Readings), releases },
    gaps: gaps.sort((a, b) => (a.reading < b.reading ? -1 : 1)),
  };
}

async function listed(api: Api, kind: Kind): Promise<readonly KubernetesObject[]> {
  const found = await api.list(kind);
  if (found.length > 0 || (await api.serves(kind))) return found;
  const what = `The cluster does not serve ${kind.kind} of ${kind.apiVersion}`;
  throw new ApiFault(404, "NotFound", `${what} now.`);
}

/** Credentials that are not taken, and a server that does not answer, end the whole audit. */
function isRefusal(error: unknown): error is UserError {
  if (error instanceof ApiFault) return error.code !== 401;
  return error instanceof UnreadableRecord;
}

function byPlace(a: KubernetesObject, b: KubernetesObject): number {
  const [left, right] = [a, b].map(
    ({ metadata: { namespace = "", name } }) => `${namespace}\n${name}`,
  ) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}
