import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import type { Plan } from "../plan";
import { reportText, reviewOf } from "../review/report";

/** What the real command planned for a change of stack staging, between two revisions. */
const recording = "test/fixtures/plans/review.json.gz";

const [start, end] = ["<!-- example -->", "<!-- /example -->"];

/** The page on reviews, with its example as the report is made now. Everything else is written by hand. */
export function reviewingPage(repository: string): string {
  const page = readFileSync(join(repository, "docs", "REVIEWING.md"), "utf8");
  const [head = "", rest = ""] = page.split(start);
  const tail = rest.slice(rest.indexOf(end));
  return `${head}${start}\n\n${exampleReport(repository)}\n${tail}`;
}

function exampleReport(repository: string): string {
  const plan = JSON.parse(gunzipSync(readFileSync(join(repository, recording))).toString()) as Plan;
  const subject = { kind: "revisions", base: "main", head: "the working tree" } as const;
  return reportText(reviewOf(plan, subject), "md");
}
