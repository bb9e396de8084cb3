import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../errors";
import { ChildFailure } from "../process";
import { during } from "../progress";
import type { Progress } from "../toolchain/progress";
import { storeOf } from "./backups";
import { create, current, type Kubectl, objectsOf, remove } from "./cluster";
import { endOf, jobFrom, jobName, type Task } from "./job";
import type { CronJob, Job, Pod } from "./objects";

/** How a task has ended, as far as that can be seen. */
export interface Outcome {
  /** What people call it: the name of the Job. */
  readonly name: string;
  /** Undefined where no container has ended: it never started, or was ended from outside. */
  readonly exitCode: number | undefined;
  /** What it wrote; undefined where nobody can tell. */
  readonly log: string | undefined;
  /** Why there is no log, or what ended it from outside; empty where there is nothing to say. */
  readonly why: string;
}

/** Does a task of a store's backup and sees its end, or fails. */
export interface Runner {
  run(task: Task, variables: Readonly<Record<string, string>>): Promise<Outcome>;
}

/** It was begun, and what has become of it is not known: it may be at work. */
export class LostSight extends UserError {
  constructor(job: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`What has become of Job ${job} is not known: ${why}`);
    this.name = "LostSight";
  }
}

export interface ClusterRunnerOptions {
  readonly kubectl: Kubectl;
  readonly backup: CronJob;
  readonly deadlineSeconds: number;
  /** See {@link jobFrom}; a listing mounts none of them. */
  readonly sharedClaims: readonly string[];
  readonly progress: Progress;
}

const pollMs = 1_000;
/** So many times in a row the API server may not answer. */
const patience = 60;
/** A listing reads names and sizes alone. */
const listingSeconds = 300;

/** As Jobs on a cluster. */
export class ClusterRunner implements Runner {
  constructor(private readonly options: ClusterRunnerOptions) {}

  async run(task: Task, variables: Readonly<Record<string, string>>): Promise<Outcome> {
    const { kubectl, backup, deadlineSeconds, sharedClaims, progress } = this.options;
    const store = storeOf(backup) ?? "";
    const job = jobFrom(backup, {
      task,
      variables,
      name: jobName(store, task, new Date(), randomBytes(2).toString("hex")),
      deadlineSeconds: task === "list" ? listingSeconds : deadlineSeconds,
      withoutClaims: task === "list" ? sharedClaims : [],
    });
    const title = task === "list" ? `Listing the backups of ${store}` : `Restoring ${store}`;
    return during(progress, `${title} (Job ${job.metadata.name})`, async (step) => {
      await create(kubectl, job);
      const outcome = await follow(kubectl, job, (line) => {
        step.say(line);
      });
      // One that failed, or that nobody can tell of, is kept for people to look at.
      const isClear = outcome.exitCode === 0 && outcome.log !== undefined;
      if (task === "list" || isClear) await remove(kubectl, job);
      return outcome;
    });
  }
}

/** Waits for the end of a Job of ours and gives what it wrote. */
export async function follow(
  kubectl: Kubectl,
  job: Job,
  onLine: (line: string) => void,
): Promise<Outcome> {
  const { name } = job.metadata;
  let seen: Pick<Outcome, "log" | "why" | "exitCode"> = {
    log: undefined,
    why: "",
    exitCode: undefined,
  };
  let said = "";
  for (let silent = 0; ;) {
    try {
      const end = endOf(await current(kubectl, job));
      // After the end, so that it is the whole log; a Job that misses its deadline loses its pods.
      seen = { ...seen, ...(await look(kubectl, job)) };
      const latest = seen.log?.trimEnd().split("\n").at(-1) ?? seen.why;
      if (latest !== said) onLine((said = latest));
      if (end !== undefined) {
        const why = [seen.why, end.why].filter((text) => text !== "").join("\n");
        return { ...seen, name, why };
      }
      silent = 0;
    } catch (error) {
      silent += 1;
      if (!(error instanceof ChildFailure) || silent === patience) throw new LostSight(name, error);
    }
    await sleep(pollMs);
  }
}

/** What the pod of a Job shows of itself; why there is none, or why it does not start, while it has not. */
async function look(kubectl: Kubectl, { metadata }: Job): Promise<Partial<Outcome>> {
  const { name, namespace } = metadata;
  const selector = `batch.kubernetes.io/job-name=${name}`;
  const [pod] = (await objectsOf(kubectl, [namespace], ["pods"], selector)) as readonly Pod[];
  const state = pod?.status?.containerStatuses?.[0]?.state;
  if (pod === undefined || (state?.running === undefined && state?.terminated === undefined)) {
    return { why: await warning(kubectl, namespace, pod?.metadata.name ?? name) };
  }
  const exitCode = state.terminated === undefined ? {} : { exitCode: state.terminated.exitCode };
  try {
    const log = await kubectl(["logs", pod.metadata.name, "--namespace", namespace]);
    return { ...exitCode, log, why: "" };
  } catch (error) {
    if (!(error instanceof ChildFailure)) throw error;
    return { ...exitCode, why: error.output.trim() };
  }
}

/** The last thing that the cluster has against an object: no node for it, or a quota. */
async function warning(kubectl: Kubectl, namespace: string, name: string): Promise<string> {
  const text = await kubectl([
    ...["get", "events", "--namespace", namespace, "--sort-by=.lastTimestamp"],
    ...[`--field-selector=type=Warning,involvedObject.name=${name}`, "--output", "json"],
  ]);
  const { items } = JSON.parse(text) as { items: readonly { readonly message?: string }[] };
  return items.at(-1)?.message ?? "";
}
