import { gitOpsOwner } from "../gitops";
import type { LiveObject } from "../live";

/** Kinds as kubectl takes them, in the order in which they go: what makes others goes first. */
export const workloadKinds = [
  "cronjobs.batch",
  "deployments.apps",
  "statefulsets.apps",
  "jobs.batch",
  "services",
] as const;

/** What stays unless the data is to go. */
export const dataKinds = ["persistentvolumeclaims", "secrets"] as const;

export interface PlanInput {
  /** The namespace itself; undefined when it is no more. */
  readonly namespace: LiveObject | undefined;
  readonly workloads: readonly LiveObject[];
  readonly data: readonly LiveObject[];
  /** The names of the Deployments that a cut-over stops. */
  readonly stopped: readonly string[];
  readonly deletesData: boolean;
}

export interface Plan {
  /** In the order in which they go; the namespace last. */
  readonly deleted: readonly LiveObject[];
  readonly kept: readonly LiveObject[];
  /** Why nothing is deleted at all. */
  readonly refusals: readonly string[];
}

const order = ["CronJob", "Deployment", "StatefulSet", "Job", "Service"];

/** What a clean-up deletes and what it keeps, or why it must not begin. */
export function plan(input: PlanInput): Plan {
  const { namespace, deletesData } = input;
  const workloads = input.workloads
    // With its owner it goes by itself: the Job of a CronJob.
    .filter((object) => !isOwnedBy(object, input.workloads))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const place = namespace === undefined ? [] : [namespace];
  const deleted = deletesData ? [...workloads, ...input.data, ...place] : workloads;
  const kept = deletesData ? [] : [...input.data, ...place];
  const touched = deletesData ? [...input.workloads, ...input.data, ...place] : input.workloads;
  return {
    deleted,
    kept,
    refusals: [
      ...touched.flatMap(ofThisProgram),
      ...touched.flatMap(ofSomebodyElse),
      ...stillRunning(input),
      ...(deletesData ? [] : goesAlong(input)),
    ],
  };
}

/** An object in words: `Deployment old/bridge`. */
export function nameOf({ kind, metadata: { namespace, name } }: LiveObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function isOwnedBy(object: LiveObject, others: readonly LiveObject[]): boolean {
  const owners = object.metadata.ownerReferences ?? [];
  return owners.some(({ uid }) => others.some(({ metadata }) => metadata.uid === uid));
}

function ofThisProgram(object: LiveObject): string[] {
  return object.metadata.labels?.["app.kubernetes.io/managed-by"] === "pulumi"
    ? [`${nameOf(object)} is labelled as made by this program or another of Pulumi's.`]
    : [];
}

function ofSomebodyElse(object: LiveObject): string[] {
  const owner = gitOpsOwner(object);
  if (owner === undefined) return [];
  return [
    `${nameOf(object)} belongs to ${owner.owner}, which would make it again. Before this ${owner.mend}`,
  ];
}

function stillRunning({ workloads, stopped }: PlanInput): string[] {
  return workloads
    .filter(({ kind, metadata }) => kind === "Deployment" && stopped.includes(metadata.name))
    .filter(({ spec }) => (spec?.replicas ?? 1) > 0)
    .map(
      (object) =>
        `${nameOf(object)} has ${object.spec?.replicas ?? 1} replicas: a cut-over had stopped it.`,
    );
}

/** Data that Kubernetes would delete together with a workload. */
function goesAlong({ workloads, data }: PlanInput): string[] {
  const mend = "Take that off first, or give --delete-data.";
  return [
    ...data
      .filter((object) => isOwnedBy(object, workloads))
      .map(
        (object) => `${nameOf(object)} has a workload as its owner and would go with it. ${mend}`,
      ),
    ...workloads
      .filter(({ spec }) => spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === "Delete")
      .map(
        (object) =>
          `${nameOf(object)} takes its claims along (persistentVolumeClaimRetentionPolicy.whenDeleted: Delete). ${mend}`,
      ),
  ];
}
