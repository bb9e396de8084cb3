import { hostname } from "node:os";

import { UserError } from "../errors";
import { isAlive } from "../toolchain/lock";
import type { GitHub } from "./github";
import type { Holder } from "./lock";

/**
 * The machines of GitHub take their names in turn, so that a name tells of no run. A job that works on
 * a stack therefore gives its machine a name of its own before pulumi runs, which pulumi writes into
 * each lock; by it a lock tells which job took it.
 */
export interface RunHost {
  readonly run: string;
  /** A run may be attempted again; each attempt has jobs of its own. */
  readonly attempt: string;
  readonly stack: string;
}

/** A job that may have taken a lock. */
export interface Owner {
  readonly page: string;
  readonly since: Date;
  /** Undefined while it is under way. */
  readonly until: Date | undefined;
}

/** The workflow that applies stacks; no other's jobs take locks. */
export const applyWorkflow = ".github/workflows/apply.yml";

/** Its job that works on a stack, as GitHub calls a job of a workflow that another one calls. */
export const applyJob = (stack: string): string => `${stack} / apply`;

export const hostOf = ({ run, attempt, stack }: RunHost): string =>
  `platform-${run}-${attempt}-${stack}`;

/** The job that has given a machine this name; undefined for any other name. */
export function runOf(host: string, stack: string): RunHost | undefined {
  const [, run = "", attempt = "", of] = /^platform-(\d+)-(\d+)-(.+)$/.exec(host) ?? [];
  return of === stack ? { run, attempt, stack } : undefined;
}

/**
 * The name that this job's machine has to have.
 *
 * @throws UserError where it has another one: a lock that is left would be nobody's
 */
export function requireOwnHost(
  stack: string,
  { GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt }: NodeJS.ProcessEnv = process.env,
  host: string = hostname(),
): string {
  if (run === undefined || attempt === undefined) {
    throw new UserError(
      "GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT: not set.",
      "This command is meant for a job of GitHub Actions.",
    );
  }
  const wanted = hostOf({ run, attempt, stack });
  if (host === wanted) return host;
  throw new UserError(
    `The name of this machine is ${host}, expected ${wanted}: by it a lock that this job leaves is known to be its own.`,
    `Before: sudo hostname ${wanted}`,
  );
}

/** This very job as the owner of a lock: where the process is gone that took it. */
export function ownOwner(host: string, page: string, holder: Holder): Owner | undefined {
  if (holder.host !== host) return undefined;
  return { page, since: new Date(0), until: isAlive(holder.pid) ? undefined : new Date() };
}

interface Run {
  readonly path: string;
  readonly event: string;
  readonly head_branch: string | null;
}

interface Job {
  readonly name: string;
  readonly status: string;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly html_url: string;
}

/** The job that holds a lock, by the name of its machine and by what GitHub knows of it. */
export async function ownerOnGitHub(
  github: GitHub,
  stack: string,
  holder: Holder,
): Promise<Owner | undefined> {
  const host = runOf(holder.host, stack);
  if (host === undefined) return undefined;
  const run = await github.find<Run>(`/actions/runs/${host.run}`);
  if (run === undefined || !(await isOfMain(github, run))) return undefined;
  const list = (answer: unknown): readonly Job[] => (answer as { jobs: readonly Job[] }).jobs;
  const path = `/actions/runs/${host.run}/attempts/${host.attempt}/jobs`;
  for await (const job of github.all(path, list)) {
    if (job.name === applyJob(stack)) return ownerFrom(job);
  }
  return undefined;
}

/** A branch's own workflow may call itself, and its machine, what it likes. */
async function isOfMain(github: GitHub, { path, event, head_branch }: Run): Promise<boolean> {
  const [workflow] = path.split("@");
  if (workflow !== applyWorkflow || !["push", "workflow_dispatch"].includes(event)) return false;
  const { default_branch: main } = await github.get<{ default_branch: string }>("");
  return head_branch === main;
}

/** A job that has not begun has taken nothing. The run is no measure: it may wait for an approval. */
function ownerFrom({ status, started_at, completed_at, html_url }: Job): Owner | undefined {
  if (started_at === null) return undefined;
  const over = status === "completed" && completed_at !== null;
  return {
    page: html_url,
    since: new Date(started_at),
    until: over ? new Date(completed_at) : undefined,
  };
}
