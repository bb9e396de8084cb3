import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors";
import { ChildFailure } from "../process";
import type { GitHub } from "./github";
import { type IssueOutcome, keepIssue } from "./issue";
import { markedText } from "./report";
import { markerOf } from "./sticky";

/** The exit code by which `drift` says that the cluster differs. */
const drifted = 2;

/** What a look for drift has found; the report is beside it. */
interface Found {
  readonly stack: string;
  readonly drift: boolean;
}

const paths = (
  folder: string,
  stack: string,
): { readonly report: string; readonly found: string } => ({
  report: join(folder, `drift-${stack}.md`),
  found: join(folder, `drift-${stack}.json`),
});

/**
 * Looks for drift, and leaves the report and whether there is any in a folder: whoever holds the
 * cluster's credentials need not hold a token of GitHub's too.
 *
 * @throws ChildFailure where the look itself failed, which says nothing about drift
 */
export async function lookForDrift(
  stack: string,
  folder: string,
  command: (args: readonly string[]) => Promise<number>,
): Promise<Found> {
  mkdirSync(folder, { recursive: true });
  const { report, found } = paths(folder, stack);
  for (const earlier of [report, found]) rmSync(earlier, { force: true });
  const code = await command(["drift", "--stack", stack, "--format", "md", "--out", report]);
  // The code alone could be that of something that failed before.
  const looked = (code === 0 || code === drifted) && existsSync(report);
  if (!looked) throw new ChildFailure("drift", code);
  const result = { stack, drift: code === drifted };
  writeFileSync(found, JSON.stringify(result));
  return result;
}

/** Brings the issue of a stack in line with what {@link lookForDrift} has left. */
export async function keepDriftIssue(
  github: GitHub,
  stack: string,
  folder: string,
  page: string,
): Promise<IssueOutcome> {
  const { report, found } = paths(folder, stack);
  const result = existsSync(found) ? (JSON.parse(readFileSync(found, "utf8")) as Found) : undefined;
  if (result?.stack !== stack) {
    throw new UserError(
      `Nobody has looked for drift of stack ${stack} in ${folder}.`,
      `First: npm run ci -- drift --stack ${stack} --folder ${folder}`,
    );
  }
  const marker = markerOf("drift", stack);
  const body = result.drift
    ? markedText(
        marker,
        readFileSync(report, "utf8"),
        "<sub>This issue follows the nightly look, and closes itself.</sub>",
      )
    : undefined;
  return keepIssue(github, {
    ...{ marker, body },
    title: `The cluster of stack ${stack} differs from its state`,
    farewell: `There is no drift any more: ${page}`,
  });
}
