import { readFileSync } from "node:fs";

import { UserError } from "../errors";
import type { GitHub } from "./github";

/** The run of another workflow, as GitHub's own event tells of it. */
export interface FinishedRun {
  readonly event: string;
  readonly head_sha: string;
  readonly head_branch: string;
  readonly head_repository: {
    readonly full_name: string;
    readonly owner: { readonly login: string };
  };
  readonly html_url: string;
}

interface Pull {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

/**
 * The run that a `workflow_run` event is about.
 *
 * @throws UserError for another event
 */
export function finishedRun(eventFile: string | undefined): FinishedRun {
  const event = JSON.parse(readFileSync(eventFile ?? missing(), "utf8")) as {
    workflow_run?: FinishedRun;
  };
  if (event.workflow_run?.event === "pull_request") return event.workflow_run;
  throw new UserError(
    "The event is not about a workflow that ran for a pull request.",
    "This command is meant for a workflow `on: workflow_run`.",
  );
}

function missing(): never {
  throw new UserError("GITHUB_EVENT_PATH: not set.", "This command is meant for GitHub Actions.");
}

/**
 * The open pull request whose newest commit the run was made of; undefined where it has moved on or
 * is closed. What the run itself says of its number is not asked: a fork may say anything, and the
 * event has no number for forks.
 */
export async function pullOf(github: GitHub, run: FinishedRun): Promise<number | undefined> {
  const head = encodeURIComponent(`${run.head_repository.owner.login}:${run.head_branch}`);
  const found: number[] = [];
  for await (const pull of github.all<Pull>(`/pulls?state=open&head=${head}`)) {
    const sameRepository = pull.head.repo?.full_name === run.head_repository.full_name;
    if (pull.head.sha === run.head_sha && sameRepository) found.push(pull.number);
  }
  if (found.length < 2) return found[0];
  throw new UserError(
    `Commit ${run.head_sha} is the newest of the pull requests ${found.join(", ")}: one of them is meant, and nothing tells which.`,
    "Close all but one.",
  );
}
