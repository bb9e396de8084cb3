/**
 * Breaks objects of our own prod stack, one for each rule, and sees each found. Reads test/golden; that
 * the stacks themselves keep to the rules is proven in test/engine, where they are rendered anew.
 */
import { join } from "node:path";

import { readGolden } from "../../cli/golden";
import { check } from "../../policy/check";
import { factsOfStack } from "../../policy/facts";
import { type RuleName, ruleNames } from "../../policy/names";
import { subjectsOfFiles } from "../../policy/rendered";
import type { Resource } from "./fixtures";
import { type Mutation, mutations } from "./fixtures/mutations";

const facts = factsOfStack("prod", join(__dirname, "../.."));
const files = [...readGolden("prod")]
  .filter(([path]) => path.endsWith(".yaml"))
  .map(([path, text]) => ({ path, text }));

/** How often each rule is broken. */
function broken(mutation?: Mutation): Map<RuleName, number> {
  const subjects = subjectsOfFiles(files).map((subject) => {
    if (!mutation?.[0].test(subject.title)) return subject;
    const copy = structuredClone(subject) as unknown as Resource;
    mutation[1](copy);
    return copy as unknown as typeof subject;
  });
  const counts = new Map<RuleName, number>();
  for (const { rule } of check(subjects, facts).violations) {
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return counts;
}

const before = broken();

describe("a change to the prod stack", () => {
  it.each(ruleNames)("that breaks %s is found", (rule) => {
    const mutation = mutations[rule];
    expect(files.map(({ path }) => path).filter((path) => mutation[0].test(path))).toHaveLength(1);
    expect(broken(mutation).get(rule) ?? 0).toBeGreaterThan(before.get(rule) ?? 0);
  });
});
