import { gunzipSync } from "node:zlib";

import { parseAllDocuments } from "yaml";

import type { Kubectl } from "../cluster";
import { UserError } from "../errors";
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

/** What Helm keeps in each record, as far as it is read here: the chart's values may hold secrets. */
interface Told {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly info?: { readonly status?: string };
  readonly chart?: { readonly metadata?: { readonly name?: string; readonly version?: string } };
  readonly manifest?: string;
  readonly hooks?: readonly { readonly manifest?: string }[];
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

/** Helm's record: JSON, compressed, in base64, which Kubernetes puts in base64 once more. */
export function decodeRecord(secretName: string, data: string): Told {
  try {
    const packed = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
    const isCompressed = packed[0] === 0x1f && packed[1] === 0x8b;
    return JSON.parse((isCompressed ? gunzipSync(packed) : packed).toString("utf8")) as Told;
  } catch {
    throw new UserError(
      `Secret ${secretName} is no record of a release that can be read.`,
      "Does `helm status` read it? This command reads the records of Helm 3.",
    );
  }
}

function objectsIn(manifest: string): readonly KubernetesObject[] {
  return parseAllDocuments(manifest).flatMap((document) => {
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
}
