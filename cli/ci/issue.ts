import type { GitHub } from "./github";
import { isOurs, type Marked, sameText } from "./sticky";

interface Issue extends Marked {
  readonly number: number;
  readonly title: string;
  /** Of a pull request, which GitHub lists among the issues. */
  readonly pull_request?: unknown;
}

/** What an issue is to say; without a body there is nothing to say. */
export interface Wanted {
  readonly marker: string;
  readonly title: string;
  readonly body: string | undefined;
  /** Added when the issue is closed. */
  readonly farewell: string;
}

/** What became of an issue, and its number where there is one. */
export interface IssueOutcome {
  readonly outcome: "opened" | "changed" | "unchanged" | "closed" | "none";
  readonly number?: number;
}

/**
 * At most one open issue of this marker: opened when there is something to say, changed when it is
 * something else, closed when there is nothing any more. One that was closed stays closed, and is
 * the record of that time.
 */
export async function keepIssue(github: GitHub, wanted: Wanted): Promise<IssueOutcome> {
  const { marker, title, body } = wanted;
  const ours: Issue[] = [];
  for await (const issue of github.all<Issue>("/issues?state=open&sort=created&direction=asc")) {
    if (issue.pull_request === undefined && isOurs(issue, marker)) ours.push(issue);
  }
  const [first, ...further] = ours;
  for (const { number } of further) {
    await close(github, number, `#${first?.number ?? ""} says the same.`, "not_planned");
  }
  if (body === undefined) {
    if (first === undefined) return { outcome: "none" };
    await close(github, first.number, wanted.farewell, "completed");
    return { outcome: "closed", number: first.number };
  }
  if (first === undefined) {
    const { number } = await github.send<Issue>("POST", "/issues", { title, body });
    return { outcome: "opened", number };
  }
  const { number } = first;
  if (first.title === title && sameText(first.body, body)) return { outcome: "unchanged", number };
  await github.send("PATCH", `/issues/${number}`, { title, body });
  return { outcome: "changed", number };
}

async function close(
  github: GitHub,
  number: number,
  words: string,
  reason: "completed" | "not_planned",
): Promise<void> {
  await github.send("PATCH", `/issues/${number}`, { state: "closed", state_reason: reason });
  await github.send("POST", `/issues/${number}/comments`, { body: words });
}
