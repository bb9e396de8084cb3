/** Proves that each alert names a section that is there; whether its words mend anything, nobody can test. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { environments } from "../../config/environment";
import { stackObjects } from "../support/stack";

const page = readFileSync(join(__dirname, "../../docs/RUNBOOKS.md"), "utf8");

/** The anchors of a page's headings, as GitHub makes them. */
const anchors = page
  .split("\n")
  .filter((line) => /^#+ /.test(line))
  .map((line) =>
    line
      .replace(/^#+ /, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

interface Group {
  readonly rules: readonly { readonly annotations: { readonly runbook_url: string } }[];
}

it.each(environments)(
  "in the stack %s, each alert names a section of RUNBOOKS.md",
  async (stack) => {
    const rules = (await stackObjects(stack, "PrometheusRule")).flatMap(({ spec }) =>
      (spec.groups as Group[]).flatMap((group) => group.rules),
    );
    const named = rules.map(({ annotations }) => annotations.runbook_url.split("#")[1] ?? "");
    expect([...new Set(named)].filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  },
);
