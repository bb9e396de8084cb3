import {
  type Answer,
  type ScanException,
  scanExceptions,
  type Tool,
  toolNames,
  tools,
} from "../../policy/tools";
import { code, list, table } from "./table";

/** What other tools ask for, and who asks for it here. */
export function toolsSection(): string[] {
  return ["## What other tools ask for", legend, ...toolNames.flatMap(ofTool)];
}

/** What the scanners find in the stacks and is meant so. */
export function findingsSection(): string[] {
  return [
    "## What the scanners find",
    "The tests run kube-score and checkov over the rendered objects of all stacks, with every check that is on by default. Each finding is mended, or excepted here by name (`policy/tools/exceptions.ts`). A finding that nobody excepted fails the test; so does an exception that nothing needs any more.",
    table(["Checks", "Objects", "Stacks", "Reason"], exceptionRows()),
  ];
}

const legend = [
  "Each row says who asks for the same here:",
  "",
  "- rules of this pack; that they find what kube-score and checkov find is tried on broken objects,",
  "- a scanner that the tests run over the rendered stacks,",
  "- a test that looks through the rendered objects, because our components cannot say it,",
  "- the API server or Pod Security, which refuse it,",
  "- nobody, because it is decided otherwise,",
  "- nobody, because no object of this program could.",
].join("\n");

function ofTool(name: (typeof toolNames)[number]): string[] {
  const tool = tools[name];
  return [`### ${tool.title}`, `Version: ${tool.source}.`, answerTable(tool)];
}

/** One row for each answer: many checks have the same. */
function answerTable({ checks }: Tool): string {
  const rows = new Map<string, string[]>();
  for (const [check, answer] of Object.entries(checks)) {
    const words = inWords(answer, check);
    rows.set(words, [...(rows.get(words) ?? []), check]);
  }
  return table(
    ["Checks", "Here"],
    [...rows].map(([words, named]) => [runs(named).join(", "), words]),
  );
}

function inWords(answer: Answer, check: string): string {
  switch (answer.by) {
    case "rules":
      return answer.rules.map(code).join(", ");
    case "scan":
      return answer.check === undefined || answer.check === check
        ? `${answer.scanner} itself, in the tests`
        : `${answer.scanner}, ${code(answer.check)}`;
    case "components":
      return `a test: ${answer.note}`;
    case "server":
      return answer.note;
    case "decision": {
      const instead = (answer.rules ?? []).map(code).join(", ");
      return `decided otherwise: ${answer.note}${instead === "" ? "" : ` (${instead})`}`;
    }
    case "elsewhere":
      return `out of scope: ${answer.note}`;
  }
}

/** One row where two scanners find the same. */
function exceptionRows(): string[][] {
  const rows = new Map<string, ScanException[]>();
  for (const one of scanExceptions) {
    const key = JSON.stringify([one.reason, one.stacks, one.objects]);
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  return [...rows.values()].map((same) => [
    list(same.map(({ tool, check }) => `${tool} ${code(check)}`)),
    list((same[0]?.objects ?? []).map(code)),
    same[0]?.stacks?.join(", ") ?? "all",
    same[0]?.reason ?? "",
  ]);
}

/** Names, and what has a number in it from the first to the last where three or more follow each other. */
function runs(names: readonly string[]): string[] {
  const follows = (name: string, before: string | undefined): boolean => {
    const [, start, number] = /^(.*_)(\d+)$/.exec(name) ?? [];
    return before !== undefined && before === `${start ?? ""}${String(Number(number) - 1)}`;
  };
  const found: string[][] = [];
  for (const name of names) {
    const last = found.at(-1);
    if (last !== undefined && follows(name, last.at(-1))) last.push(name);
    else found.push([name]);
  }
  return found.flatMap((run) => {
    const [first = "", last = ""] = [run[0], run.at(-1)];
    return run.length < 3 ? run.map(code) : [`${code(first)} to ${code(last)}`];
  });
}
