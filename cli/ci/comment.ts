import type { GitHub } from "./github";
import { isOurs, type Marked, sameText } from "./sticky";

interface Comment extends Marked {
  readonly id: number;
}

/** What became of a comment. */
export type CommentOutcome = "made" | "changed" | "unchanged";

/**
 * The one comment of this marker on a pull request: made where there is none, changed where it says
 * something else. Further ones, from runs that overtook each other, are removed.
 */
export async function keepComment(
  github: GitHub,
  pull: number,
  marker: string,
  body: string,
): Promise<CommentOutcome> {
  const ours: Comment[] = [];
  for await (const comment of github.all<Comment>(`/issues/${pull}/comments`)) {
    if (isOurs(comment, marker)) ours.push(comment);
  }
  const [first, ...further] = ours;
  for (const { id } of further) await github.remove(`/issues/comments/${id}`);
  if (first === undefined) {
    await github.send("POST", `/issues/${pull}/comments`, { body });
    return "made";
  }
  if (sameText(first.body, body)) return "unchanged";
  await github.send("PATCH", `/issues/comments/${first.id}`, { body });
  return "changed";
}
