import type { Checkout } from "./checkout";
import { liveObjects } from "./consistency";

/** An object that we made. */
interface Seen {
  /** The id that it keeps for life, and what changes when somebody writes to it. */
  readonly version: string;
  /** All that is declared of it. It may hold secrets: compare it, and show it to nobody. */
  readonly content: string;
}

/** Each object that we made, by kind and name. */
export type Snapshot = ReadonlyMap<string, Seen>;

/** Controllers write into the status of these, which raises their version and not their generation. */
const withStatus = [
  ...["Deployment", "StatefulSet", "Job", "CronJob", "ResourceQuota", "PersistentVolumeClaim"],
  ...["Namespace", "HorizontalPodAutoscaler", "Ingress", "PodDisruptionBudget"],
];

/** Fields, labels and annotations that the API server and controllers give an object of their own. */
const given = new Set([
  ...["status", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"],
  ...["clusterIP", "clusterIPs", "volumeName", "deployment.kubernetes.io/revision"],
  ...["controller-uid", "batch.kubernetes.io/controller-uid"],
]);

/** All objects of ours as they are. */
export async function snapshotOf(checkout: Checkout): Promise<Snapshot> {
  const objects = (await liveObjects(checkout)) as readonly Versioned[];
  return new Map(
    objects
      .filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/managed-by"] === "pulumi")
      .filter(({ metadata }) => metadata.ownerReferences === undefined)
      .filter(({ kind }) => kind !== "Endpoints")
      .map((object) => [
        nameOf(object),
        { version: versionOf(object), content: contentOf(object) },
      ]),
  );
}

interface Versioned {
  readonly kind: string;
  readonly spec?: object;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
  };
}

/** The names of objects that somebody has written to since, even the same as before, and of new and lost ones. */
export function changedSince(before: Snapshot, after: Snapshot): readonly string[] {
  return differing(before, after, ({ version }) => version);
}

/** The names of objects that are declared otherwise than before, and of new and lost ones. */
export function otherThan(before: Snapshot, after: Snapshot): readonly string[] {
  return differing(before, after, ({ content }) => content);
}

function differing(
  before: Snapshot,
  after: Snapshot,
  of: (seen: Seen) => string,
): readonly string[] {
  const at = (snapshot: Snapshot, name: string): string | undefined => {
    const seen = snapshot.get(name);
    return seen === undefined ? undefined : of(seen);
  };
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => at(before, name) !== at(after, name))
    .sort();
}

function versionOf({ kind, spec, metadata }: Versioned): string {
  const { uid, labels, generation, resourceVersion } = metadata;
  const version = withStatus.includes(kind)
    ? JSON.stringify([generation, labels, spec])
    : resourceVersion;
  return `${uid} ${version ?? ""}`;
}

function contentOf(object: Versioned): string {
  return JSON.stringify(object, (key, value: unknown) => (given.has(key) ? undefined : value));
}

function nameOf({ kind, metadata: { name, namespace } }: Versioned): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
