import type { Kubectl } from "../cluster";
import { UserError } from "../errors";
import { decodeRecord, objectsIn } from "../helm/record";
import type { KubernetesObject, Texts } from "./objects";
import { type Taken, takenIn } from "./taken";

/** A release as Helm has written it down. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** Helm's word: `deployed`, `failed`, `pending-upgrade`. */
  readonly status: string;
  /** `thunderhelm-0.2.0`. */
  readonly chart: string;
  /** What the chart made, as it was applied. */
  readonly objects: readonly KubernetesObject[];
  /** What Helm runs beside the release and forgets, such as a migration before an upgrade. */
  readonly hooks: readonly KubernetesObject[];
  /** The Secrets of the record, the oldest revision first. */
  readonly records: readonly string[];
  /** What an earlier step has taken over. */
  readonly taken?: Taken;
}

interface RecordSecret {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Texts;
    readonly annotations?: Texts;
  };
  readonly data?: { readonly release?: string };
}

/**
 * The newest revision of a release.
 *
 * @throws UserError where there is no such release, with those that there are
 */
export async function readRelease(
  kubectl: Kubectl,
  name: string,
  namespace: string,
): Promise<Release> {
  const selector = `owner=helm,name=${name}`;
  const answer = await kubectl([
    ...["get", "secrets", "--namespace", namespace, "--selector", selector, "--output", "json"],
  ]);
  const { items } = JSON.parse(answer) as { items: readonly RecordSecret[] };
  const records = [...items].sort((a, b) => revisionOf(a) - revisionOf(b));
  const newest = records.at(-1);
  if (newest === undefined) throw await notFound(kubectl, name, namespace);
  return { ...releaseOf(newest), records: records.map(({ metadata }) => metadata.name) };
}

function revisionOf({ metadata }: RecordSecret): number {
  return Number(metadata.labels?.version ?? 0);
}

async function notFound(kubectl: Kubectl, name: string, namespace: string): Promise<UserError> {
  const answer = await kubectl([
    ...["get", "secrets", "--all-namespaces", "--selector", "owner=helm"],
    ...[
      "--output",
      'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.labels.name}{"\\n"}',
    ],
  ]);
  const known = [...new Set(answer.split("\n").filter((line) => line !== ""))].sort();
  return new UserError(
    `There is no Helm release "${name}" in namespace ${namespace}.`,
    known.length === 0
      ? "The cluster has the records of none. An adoption that has ended has removed them; records that Helm keeps elsewhere than in Secrets (HELM_DRIVER) cannot be read."
      : `Those that there are: ${known.join(", ")}.`,
  );
}

function releaseOf({ metadata, data }: RecordSecret): Omit<Release, "records"> {
  const told = decodeRecord(metadata.name, data?.release ?? "");
  const { name: chart = "", version = "" } = told.chart?.metadata ?? {};
  const taken = takenIn(metadata.annotations);
  return {
    name: told.name,
    namespace: told.namespace,
    revision: told.version,
    status: told.info?.status ?? "unknown",
    chart: `${chart}-${version}`,
    objects: objectsIn(told.manifest ?? ""),
    hooks: (told.hooks ?? []).flatMap(({ manifest = "" }) => objectsIn(manifest)),
    ...(taken === undefined ? {} : { taken }),
  };
}
