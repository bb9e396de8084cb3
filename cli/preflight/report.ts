import { type Result, type Status, statuses } from "./model";

/** How many findings there are of each kind. */
export type Counts = Readonly<Record<Status, number>>;

export function countsOf(results: readonly Result[]): Counts {
  const count = (status: Status): number => results.filter((it) => it.status === status).length;
  return {
    failed: count("failed"),
    unchecked: count("unchecked"),
    warning: count("warning"),
    passed: count("passed"),
  };
}

/** Worst first; among equals in the order of the checks. */
export function worstFirst(results: readonly Result[]): readonly Result[] {
  return statuses.flatMap((status) => results.filter((it) => it.status === status));
}

/** The table that people read: what was looked at, what was seen, and how to mend it. */
export function reportText(results: readonly Result[]): string {
  const sorted = worstFirst(results);
  const wide = Math.max(...sorted.map(({ check }) => check.length));
  const lines = sorted.flatMap(({ status, check, subject, evidence, mend }) => {
    const head = `${status.toUpperCase().padEnd(9)}  ${check.padEnd(wide)}  `;
    const indent = " ".repeat(head.length);
    return [
      `${head}${subject}: ${oneLine(evidence)}`,
      ...(mend === undefined ? [] : [`${indent}→ ${oneLine(mend)}`]),
    ];
  });
  return [...lines, "", summary(countsOf(results))].join("\n");
}

function summary({ failed, unchecked, warning, passed }: Counts): string {
  const counts = `${failed} failed, ${unchecked} unchecked, ${warning} warnings, ${passed} passed.`;
  return unchecked === 0
    ? counts
    : `${counts} What is unchecked may be wrong: nobody has looked at it.`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ");
}
