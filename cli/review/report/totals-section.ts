import { bytesText, coresText } from "../amount";
import type { Range, Sums, SystemTotals } from "../totals";
import type { Section } from "./report";
import type { Review } from "./review";
import { shortened, visible } from "./spans";

const columns: readonly (readonly [keyof Sums, string, (value: number) => string])[] = [
  ["cpuRequests", "CPU requests", coresText],
  ["cpuLimits", "CPU limits", coresText],
  ["memoryRequests", "memory requests", bytesText],
  ["memoryLimits", "memory limits", bytesText],
  ["storage", "volumes", bytesText],
];

/** Rows of a table that people read. */
const mostRows = 12;

/** What all pods together ask for and may use, before and after: only the systems where it changes. */
export function totalsSection({ totals }: Pick<Review, "totals">): Section {
  const base = { heading: "TOTALS", items: [], importance: 5, noun: "totals" };
  const changed = totals.filter(
    ({ before, after }) => JSON.stringify(before) !== JSON.stringify(after),
  );
  const all = totals.filter(({ system }) => system === "all");
  const rows = (changed.length === 0 ? all : changed).slice(-mostRows).map(row);
  return {
    ...base,
    intro: [changed.length === 0 ? `${unchanged} ${counting}` : counting],
    table: { head: ["", ...columns.map(([, title]) => title)], rows },
  };
}

const unchanged = "They stay the same.";
const counting =
  "With all replicas; a range is that of autoscalers. Jobs, and the pods that a rolling update adds, are not counted.";

function row({ system, before, after }: SystemTotals): string[] {
  const cells = columns.map(([key, , text]) => {
    const [was, is] = [cell(before, key, text), cell(after, key, text)];
    if (was === is) return is;
    return `${was} → ${is} (${difference(after.most[key] - before.most[key], text)})`;
  });
  return [shortened(visible(system), 40), ...cells];
}

function cell({ least, most }: Range, key: keyof Sums, text: (value: number) => string): string {
  return least[key] === most[key] ? text(most[key]) : `${text(least[key])} to ${text(most[key])}`;
}

function difference(value: number, text: (value: number) => string): string {
  if (value === 0) return "±0";
  return `${value > 0 ? "+" : "−"}${text(Math.abs(value))}`;
}
