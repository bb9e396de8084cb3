import { setTimeout as sleep } from "node:timers/promises";

import { type Api, ApiFault, type ContainerOf, type Job, kinds, type Pod } from "../kubernetes";
import { dumping, holding } from "./job";
import type { Containers } from "./pods";
import { resultIn, type ResultLine } from "./result-line";

/** Why there is no result: the words for the one who looks on and for the archive. */
export class NoResult extends Error {}

/** Something that a Job has written, and the container that keeps it. */
export interface Written {
  readonly container: ContainerOf;
  readonly result: ResultLine;
}

/** How often and how long something is looked at. */
export interface Pace {
  readonly pollMs: number;
  /** How long a pod may wait for an image, or a Job for a pod, before that counts as a failure. */
  readonly startSeconds: number;
  /** How long a snapshot may take until it can be used. */
  readonly snapshotSeconds: number;
}

/** A server that does not answer a few times in a row may be about to come back. */
const patience = 5;

/**
 * Waits until a Job has written its result. That the Job completed says nothing: where nothing runs, it
 * completes too.
 *
 * @throws NoResult
 */
export async function awaitResult(
  api: Api,
  containers: Containers,
  job: Job,
  claim: string,
  pace: Pace,
): Promise<Written> {
  const begun = Date.now();
  let faults = 0;
  for (;;) {
    try {
      const written = await look({ api, containers, job, claim, pace, begun });
      if (written !== undefined) return written;
      faults = 0;
    } catch (error) {
      if (error instanceof NoResult) throw error;
      faults += 1;
      if (error instanceof ApiFault ? error.code < 500 : faults >= patience) throw error;
    }
    await sleep(pace.pollMs);
  }
}

interface Looking {
  readonly api: Api;
  readonly containers: Containers;
  readonly job: Job;
  readonly claim: string;
  readonly pace: Pace;
  readonly begun: number;
}

async function look(it: Looking): Promise<Written | undefined> {
  const { api, job, begun } = it;
  const { name, namespace = "" } = job.metadata;
  const now = await api.read(kinds.jobs, name, namespace);
  if (now === undefined || now.metadata.uid !== job.metadata.uid) {
    throw new NoResult(`Job ${name} is gone: somebody has removed it`);
  }
  const pod = await podOf(api, namespace, name);
  const end = endOf(now);
  const container = { namespace, pod: pod?.metadata.name ?? "", container: dumping };
  const dump = pod?.status?.initContainerStatuses?.find((one) => one.name === dumping)?.state;
  const hold = pod?.status?.containerStatuses?.find((one) => one.name === holding)?.state;
  const failed = dump?.terminated !== undefined && dump.terminated.exitCode !== 0;
  if (pod !== undefined && failed) {
    throw new NoResult(
      `Job ${name} has failed with exit code ${String(dump.terminated.exitCode)}: ${await endOfLog(it, container)}`,
    );
  }
  if (end?.succeeded === false) {
    throw new NoResult(`Job ${name} has failed: ${end.why}`);
  }
  if (end !== undefined || hold?.running !== undefined || hold?.terminated !== undefined) {
    const result = await resultOf(it, container, end !== undefined);
    if (hold?.running === undefined) {
      throw new NoResult(`Job ${name} has ended before its result was fetched`);
    }
    return { container: { ...container, container: holding }, result };
  }
  if (Date.now() - begun > it.pace.startSeconds * 1000) await requireStarted(it, pod);
  return undefined;
}

async function resultOf(
  it: Looking,
  container: ContainerOf,
  hasEnded: boolean,
): Promise<ResultLine> {
  const { name } = it.job.metadata;
  const state = hasEnded ? `Job ${name} completed` : `The container of Job ${name} has ended`;
  if (container.pod === "") throw new NoResult(`${state}, but no pod of it is there`);
  let log: string;
  try {
    log = await it.containers.log(container);
  } catch (error) {
    throw new NoResult(`${state}, but its log cannot be read: ${wordsOf(error)}`);
  }
  const result = resultIn(log, it.claim);
  if (result === undefined) throw new NoResult(`${state}, but it has written no result`);
  return result;
}

async function endOfLog(it: Looking, container: ContainerOf): Promise<string> {
  try {
    const lines = (await it.containers.log(container)).trimEnd().split("\n").slice(-3);
    return lines.join("; ") || "it has said nothing";
  } catch (error) {
    return `its log cannot be read: ${wordsOf(error)}`;
  }
}

const hopeless =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|Create\w+Error)$/;

/** Whether it still may start: one whose image cannot be had would wait for its deadline. */
async function requireStarted({ api, job, pace }: Looking, pod: Pod | undefined): Promise<void> {
  const { name, namespace = "" } = job.metadata;
  const after = `after ${String(pace.startSeconds)} s`;
  if (pod === undefined) {
    const events = await api.list(kinds.events, { namespace });
    const last = events.filter((it) => it.involvedObject.name === name && it.type === "Warning");
    const why = last.at(-1)?.message ?? "nobody says why";
    throw new NoResult(`Job ${name} has no pod ${after}: ${why}`);
  }
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const waiting = [...initContainerStatuses, ...containerStatuses]
    .map(({ state }) => state?.waiting)
    .find((one) => hopeless.test(one?.reason ?? ""));
  if (waiting !== undefined) {
    const { reason = "", message = "" } = waiting;
    throw new NoResult(`Job ${name} does not start: ${reason} ${message}`.trimEnd());
  }
  const unscheduled = conditions.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  if (unscheduled !== undefined) {
    const { reason = "", message = "" } = unscheduled;
    throw new NoResult(`Job ${name} has no node ${after}: ${reason} ${message}`.trimEnd());
  }
}

async function podOf(api: Api, namespace: string, job: string): Promise<Pod | undefined> {
  const pods = await api.list(kinds.pods, {
    namespace,
    selector: `batch.kubernetes.io/job-name=${job}`,
  });
  return pods.at(-1);
}

/** How a Job has ended; undefined while it has not. */
function endOf(job: Job): { readonly succeeded: boolean; readonly why: string } | undefined {
  for (const { type, status, reason = "", message = "" } of job.status?.conditions ?? []) {
    if (status !== "True") continue;
    if (type === "Complete") return { succeeded: true, why: "" };
    if (type === "Failed" || type === "FailureTarget") {
      return { succeeded: false, why: `${reason}: ${message}` };
    }
  }
  return undefined;
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
