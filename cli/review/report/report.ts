import { risks } from "../model";
import { counted, joined, type Line, type Span, strong } from "./spans";
import type { PropertyLine } from "./values";

/** One point of a report: a line with lines below it. */
export interface Item {
  readonly line: Line;
  readonly lines: readonly PropertyLine[];
  /** How many changes it tells of. */
  readonly weight: number;
}

/** What a table shows beside the items. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Points of one kind. */
export interface Section {
  /** Undefined for one that goes on under the heading before it. */
  readonly heading?: string;
  /** What is shown of it before it is opened; undefined for one that is always open. */
  readonly fold?: string;
  readonly intro?: Line;
  readonly items: readonly Item[];
  readonly table?: Table;
  /** What is cut first where a report is too long: the lowest. */
  readonly importance: number;
  /** What its items are, in words for what was cut: `quiet changes`. */
  readonly noun: string;
}

/** A report in words, before it takes the form of a comment, a terminal's or a file's. */
export interface Report {
  readonly stack: string;
  readonly title: Line;
  readonly lead: readonly Line[];
  readonly sections: readonly Section[];
}

/** The lines of a report without any line below it. */
export function item(line: Line, weight = 1, lines: readonly PropertyLine[] = []): Item {
  return { line, lines, weight };
}

export function plainLine(line: Line): PropertyLine {
  return { line, difference: [] };
}

/** Of so many properties of one change people read the first ones. */
const mostProperties = 25;

/** At most so many lines, and how many more there are. */
export function limited(lines: readonly PropertyLine[], noun = "property"): PropertyLine[] {
  if (lines.length <= mostProperties) return [...lines];
  const rest = lines.length - mostProperties + 1;
  const more = plainLine([`and ${counted(rest, `more ${noun}`)}`]);
  return [...lines.slice(0, mostProperties - 1), more];
}

/** `2 data, 1 restart`: only what there is. */
export function riskCounts(changes: readonly { readonly risk: string }[]): Span[] {
  const parts = risks.flatMap((risk) => {
    const count = changes.filter((change) => change.risk === risk).length;
    return count === 0 ? [] : [strong(`${String(count)} ${risk}`)];
  });
  return joined(parts);
}
