import { setTimeout as sleep } from "node:timers/promises";

import type { Kubectl } from "../cluster";
import { ChildFailure } from "../process";
import { during } from "../progress";
import type { Progress, Step } from "../toolchain/progress";
import { storeOf } from "./backups";
import { begin, claim, drop } from "./claim";
import { create, current, type NewJob, objectsOf, removeWholly } from "./cluster";
import { LostSight } from "./faults";
import { endOf, jobFrom, jobName, type Task } from "./job";
import { type CronJob, type Job, nameOf, type Pod } from "./objects";

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

export type Variables = Readonly<Record<string, string>>;

/** The right to restore a store, which nobody else has meanwhile. */
export interface Claim {
  /** Does it and sees its end; {@link LostSight} where it may still be at work, else it never began. */
  readonly begin: () => Promise<Outcome>;
  /** Gives it up before it has begun. */
  readonly drop: () => Promise<void>;
}

/** Does the tasks of a store's backup. */
export interface Runner {
  list(): Promise<Outcome>;
  /** Refused, with nothing done, where somebody else has it. */
  claim(variables: Variables): Promise<Claim>;
}

export interface ClusterRunnerOptions {
  readonly kubectl: Kubectl;
  readonly backup: CronJob;
  /** All of the system's: its restores exclude each other. */
  readonly namespaces: readonly string[];
  /** Tells this run of the command from others. */
  readonly run: string;
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

  list(): Promise<Outcome> {
    const { kubectl } = this.options;
    return this.step("Listing the backups of", this.job("list", {}), async (job, step) => {
      const made = await create(kubectl, job);
      const outcome = await watched(kubectl, made, step);
      await tidied(kubectl, made, step);
      return outcome;
    });
  }

  async claim(variables: Variables): Promise<Claim> {
    const { kubectl, namespaces } = this.options;
    const job = await claim(kubectl, namespaces, this.job("restore", variables));
    return {
      begin: () =>
        this.step("Restoring", job, async (_, step) => {
          await begin(kubectl, job);
          const outcome = await watched(kubectl, job, step);
          // One that failed, or that nobody can tell of, is kept for people to look at.
          const isClear = outcome.exitCode === 0 && outcome.log !== undefined;
          if (isClear) await tidied(kubectl, job, step);
          return outcome;
        }),
      drop: () => drop(kubectl, job),
    };
  }

  private job(task: Task, variables: Variables): NewJob {
    const { backup, run, deadlineSeconds, sharedClaims } = this.options;
    return jobFrom(backup, {
      ...{ task, variables, run },
      name: jobName(storeOf(backup) ?? "", task, run),
      deadlineSeconds: task === "list" ? listingSeconds : deadlineSeconds,
      withoutClaims: task === "list" ? sharedClaims : [],
    });
  }

  private step(
    title: string,
    job: NewJob,
    work: (job: NewJob, step: Step) => Promise<Outcome>,
  ): Promise<Outcome> {
    const { backup, progress } = this.options;
    const whole = `${title} ${storeOf(backup) ?? ""} (Job ${job.metadata.name})`;
    return during(progress, whole, (step) => work(job, step));
  }
}

function watched(kubectl: Kubectl, job: Job, step: Step): Promise<Outcome> {
  return follow(kubectl, job, (line) => {
    step.say(line);
  });
}

/** Removes a Job that is over. What it has done is done, whether it goes or not. */
async function tidied(kubectl: Kubectl, job: Job, step: Step): Promise<void> {
  try {
    await removeWholly(kubectl, job);
  } catch (error) {
    if (!(error instanceof ChildFailure)) throw error;
    step.say(`warning: ${nameOf(job)} is left over: ${error.output.trim()}`);
  }
}

/** Waits for the end of a Job of ours and gives what it wrote. */
export async function follow(
  kubectl: Kubectl,
  job: Job,
  onLine: (line: string) => void,
): Promise<Outcome> {
  const { name, uid } = job.metadata;
  let seen: Pick<Outcome, "log" | "why" | "exitCode"> = {
    log: undefined,
    why: "",
    exitCode: undefined,
  };
  let said = "";
  for (let silent = 0; ;) {
    try {
      const now = await current(kubectl, job);
      if (now.metadata.uid !== uid) throw new Error("another one has got its name");
      const end = endOf(now);
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
