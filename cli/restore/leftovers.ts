import type { Kubectl } from "../cluster";
import { objectsOf } from "./cluster";
import { StayStopped } from "./faults";
import { endOf, taskLabel } from "./job";
import type { Stoppable } from "./marks";
import { type Job, nameOf } from "./objects";
import { type Quiescence, startWriters, stoppedWriters } from "./quiesce";
import { restoreLabel } from "./writers";

/** The restores of all machines in the namespaces of a system. */
export interface Leftovers {
  /** At work. */
  readonly begun: readonly Job[];
  /** Not begun: a run stops the writers for it, or was cut short. */
  readonly waiting: readonly Job[];
  readonly ended: readonly Job[];
}

export async function leftovers(
  kubectl: Kubectl,
  namespaces: readonly string[],
): Promise<Leftovers> {
  const jobs = await objectsOf(kubectl, namespaces, ["jobs.batch"], restoreLabel);
  return sorted(jobs as readonly Job[]);
}

/** Told apart by how far they are; those that only list are nobody's concern. */
export function sorted(jobs: readonly Job[]): Leftovers {
  const restores = jobs.filter(({ metadata }) => metadata.labels?.[taskLabel] === "restore");
  const open = restores.filter((job) => endOf(job) === undefined);
  return {
    begun: open.filter(({ spec }) => spec.suspend !== true),
    waiting: open.filter(({ spec }) => spec.suspend === true),
    ended: restores.filter((job) => endOf(job) !== undefined),
  };
}

/** What refuses anything beside a restore: two would write into one store, or start each other's writers. */
export function atWork(job: Job): StayStopped {
  const { name, namespace, labels } = job.metadata;
  const begins = job.spec.suspend === true ? "is about to restore" : "restores";
  return new StayStopped(
    `${nameOf(job)} ${begins} ${labels?.[restoreLabel] ?? "a store"}, for somebody else or for a run ` +
      "that was cut short.",
    "--resume-writers waits for its end and starts the writers. To end it first: " +
      `kubectl delete job ${name} --namespace ${namespace}`,
  );
}

/** Refuses while a restore is at work or about to be. */
export function requireNoneAtWork({ begun, waiting }: Leftovers): void {
  const [job] = [...begun, ...waiting];
  if (job !== undefined) throw atWork(job);
}

/**
 * Starts what runs that were cut short have stopped; refused while a restore is at work. What is stopped
 * is looked for before the restores are: a run that stops something later marks it as its own.
 */
export async function startLeft(at: Quiescence): Promise<readonly Stoppable[]> {
  const stopped = await stoppedWriters(at);
  if (stopped.length === 0) return stopped;
  requireNoneAtWork(await leftovers(at.kubectl, at.namespaces));
  await startWriters(at, stopped);
  return stopped;
}
