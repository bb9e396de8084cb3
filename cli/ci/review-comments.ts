import { join } from "node:path";

import { UserError } from "../errors";
import { type CommentOutcome, keepComment } from "./comment";
import type { GitHub } from "./github";
import { type FinishedRun, pullOf } from "./pull-request";
import { markedText, untrustedReport } from "./report";
import { markerOf } from "./sticky";

/** What became of the reviews of a run. */
export interface ReviewComments {
  /** Undefined where the pull request has moved on. */
  readonly pull: number | undefined;
  readonly comments: readonly { readonly stack: string; readonly outcome: CommentOutcome }[];
  /** In words, what was wrong with a report. */
  readonly refused: readonly string[];
}

/** Puts the reviews that a run for a pull request has left in a folder under that pull request. */
export async function commentReviews(
  github: GitHub,
  run: FinishedRun,
  folder: string,
  stacks: readonly string[],
): Promise<ReviewComments> {
  const pull = await pullOf(github, run);
  const comments: { stack: string; outcome: CommentOutcome }[] = [];
  const refused: string[] = [];
  if (pull === undefined) return { pull, comments, refused };
  for (const stack of stacks) {
    // One report that is refused, by us or by GitHub, does not keep the others back.
    try {
      const report = untrustedReport(join(folder, `review-${stack}.md`), stack);
      if (report === undefined) continue;
      const marker = markerOf("review", stack);
      const body = markedText(marker, report, noteOn(run));
      comments.push({ stack, outcome: await keepComment(github, pull, marker, body) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push([error.message, error.hint ?? []].flat().join("\n"));
    }
  }
  return { pull, comments, refused };
}

function noteOn({ head_sha: commit, html_url: page }: FinishedRun): string {
  return `<sub>Made by the code of ${commit} itself in [this run](${page}); nobody has checked what it says.</sub>`;
}
