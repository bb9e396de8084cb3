import type { Checkout } from "./checkout";
import { liveObjects } from "./consistency";

/** Each object that we made, and what changes of it when somebody writes to it. */
export type Snapshot = ReadonlyMap<string, string>;

/** Controllers write into the status of these, which raises their version and not their generation. */
const withStatus = [
  ...["Deployment", "StatefulSet", "Job", "CronJob", "ResourceQuota", "PersistentVolumeClaim"],
  ...["Namespace", "HorizontalPodAutoscaler", "Ingress"],
];

/** All objects of ours with the ids that they keep for life, and the version of what is declared of them. */
export async function snapshotOf(checkout: Checkout): Promise<Snapshot> {
  const objects = (await liveObjects(checkout)) as readonly Versioned[];
  return new Map(
    objects
      .filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/managed-by"] === "pulumi")
      .filter(({ metadata }) => metadata.ownerReferences === undefined)
      .filter(({ kind }) => kind !== "Endpoints")
      .map((object) => [nameOf(object), versionOf(object)]),
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

/** The names of objects that are not as they were, or not there, or new. */
export function changedSince(before: Snapshot, after: Snapshot): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .sort();
}

function versionOf({ kind, spec, metadata }: Versioned): string {
  const { uid, labels, generation, resourceVersion } = metadata;
  const version = withStatus.includes(kind)
    ? JSON.stringify([generation, labels, spec])
    : resourceVersion;
  return `${uid} ${version ?? ""}`;
}

function nameOf({ kind, metadata: { name, namespace } }: Versioned): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
