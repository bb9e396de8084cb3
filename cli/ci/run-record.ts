import { hostname, userInfo } from "node:os";

import { UserError } from "../errors";
import { isAlive } from "../toolchain/lock";
import type { GitHub } from "./github";
import type { Holder } from "./lock";

/** What a run has written down of itself before it worked on a stack. */
export interface RunRecord {
  readonly stack: string;
  readonly user: string;
  readonly host: string;
  /** An ISO time. */
  readonly since: string;
  /** The run's page. */
  readonly page: string;
}

/** A run that may have taken a lock. */
export interface Owner {
  readonly page: string;
  readonly since: Date;
  /** Undefined while it is under way. */
  readonly until: Date | undefined;
}

/** The workflow that applies stacks; no other's records count. */
export const applyWorkflow = ".github/workflows/apply.yml";

/** The record of this run, as pulumi will name it in its lock. */
export function ownRecord(stack: string, page: string): RunRecord {
  const since = new Date().toISOString();
  return { stack, user: userInfo().username, host: hostname(), since, page };
}

/** The name of the artefact that a record is kept as; by it a later run finds the record. */
export function artefactName({
  stack,
  user,
  host,
}: Pick<RunRecord, "stack" | "user" | "host">): string {
  const name = `holder-${stack}-${user}-${host}`;
  // Others are taken by no file system, or by no query.
  if (/^[\w.-]+$/.test(name)) return name;
  throw new UserError(
    `"${name}" cannot be the name of an artefact: expected letters, digits, ".", "_" and "-".`,
  );
}

/** This very run as the owner of a lock: where the process is gone that took it. */
export function ownOwner(record: RunRecord, holder: Holder): Owner | undefined {
  const { user, host, since, page } = record;
  if (holder.user !== user || holder.host !== host) return undefined;
  if (user !== userInfo().username || host !== hostname()) return undefined;
  const until = isAlive(holder.pid) ? undefined : new Date();
  return { page, since: new Date(since), until };
}

interface Artefact {
  readonly created_at: string;
  readonly workflow_run: {
    readonly id: number;
    readonly repository_id: number;
    readonly head_repository_id: number;
  };
}

interface Run {
  readonly path: string;
  readonly event: string;
  readonly status: string;
  readonly updated_at: string;
  /** Of its newest attempt. */
  readonly run_started_at: string;
  readonly html_url: string;
}

/** Runs that have written down that they were the holder of a lock, by what GitHub knows of them. */
export async function ownersOnGitHub(
  github: GitHub,
  stack: string,
  holder: Holder,
): Promise<readonly Owner[]> {
  const name = encodeURIComponent(artefactName({ stack, ...holder }));
  const list = (answer: unknown): readonly Artefact[] =>
    (answer as { artifacts: readonly Artefact[] }).artifacts;
  const owners: Owner[] = [];
  for await (const artefact of github.all(`/actions/artifacts?name=${name}`, list)) {
    const { id, repository_id: here, head_repository_id: from } = artefact.workflow_run;
    // A fork's run may call an artefact what it likes.
    if (here !== from) continue;
    const run = await github.get<Run>(`/actions/runs/${id}`);
    const [path] = run.path.split("@");
    if (path !== applyWorkflow || !["push", "workflow_dispatch"].includes(run.event)) continue;
    owners.push(ownerFrom(artefact, run));
  }
  return owners;
}

function ownerFrom({ created_at: created }: Artefact, run: Run): Owner {
  const since = new Date(created);
  const started = new Date(run.run_started_at);
  // A run is attempted again only when the attempt before is over.
  const earlierAttempt = since < started;
  const end = run.status === "completed" ? new Date(run.updated_at) : undefined;
  return { page: run.html_url, since, until: earlierAttempt ? started : end };
}
