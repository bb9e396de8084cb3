import { fit, type Piece } from "./fit";
import type { Item, Report, Section, Table } from "./report";
import type { Line, Span } from "./spans";
import type { PropertyLine } from "./values";

/** Characters that a comment may have; GitHub takes 65,536. */
export const mostCharacters = 64_000;

/** The first line of a comment, by which the next run finds it. */
export function markerOf(stack: string): string {
  return `<!-- platform-review:${stack.replace(/[^\w.-]/g, "_").slice(0, 100)} -->`;
}

/** A report as a comment of GitHub, never longer than it takes. */
export function markdown(report: Report, most = mostCharacters): string {
  const head = [
    markerOf(report.stack),
    `### ${lineText(report.title)}`,
    "",
    ...report.lead.flatMap((line) => [lineText(line), ""]),
  ].join("\n");
  return fit(head, report.sections.map(pieceOf), most);
}

function pieceOf(section: Section): Piece {
  const { heading, fold, intro, items, table, importance, noun } = section;
  const start = [
    ...(heading === undefined ? [] : [`#### ${escaped(heading)}`, ""]),
    ...(fold === undefined ? [] : [`<details><summary>${html(fold)}</summary>`, ""]),
    ...(intro === undefined ? [] : [lineText(intro), ""]),
    ...(table === undefined ? [] : [tableText(table), ""]),
  ];
  return {
    start: start.map((line) => `${line}\n`).join(""),
    items: items.map((it) => ({ text: itemText(it), weight: it.weight })),
    end: fold === undefined ? "\n" : "\n</details>\n\n",
    cut: (count) => `- *${String(count)} ${noun} are not shown.*\n`,
    importance,
  };
}

function itemText({ line, lines }: Item): string {
  return `- ${lineText(line)}\n${lines.map(propertyText).join("")}`;
}

function propertyText({ line, parts = [], difference }: PropertyLine): string {
  const inner = parts.map((part) => `    - ${lineText(part)}\n`).join("");
  const text = `  - ${lineText(line)}\n${inner}`;
  if (difference.length === 0) return text;
  const fence = "`".repeat(Math.max(3, longestRun(difference.join("\n")) + 1));
  const block = [`${fence}diff`, ...difference, fence].map((it) => `    ${it}\n`).join("");
  return `${text}${block}`;
}

function tableText({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function lineText(line: Line): string {
  return line.map(spanText).join("");
}

function spanText(span: Span): string {
  if (typeof span === "string") return escaped(span);
  return "code" in span ? codeText(span.code) : `**${escaped(span.strong)}**`;
}

/** In a code span nothing has a meaning but a run of backticks as long as the one that began it. */
function codeText(text: string): string {
  if (text.trim() === "") return '`" "`';
  const fence = "`".repeat(longestRun(text) + 1);
  const pad = /^[` ]|[` ]$/.test(text) ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Plain words: no mark-up, no HTML, no mention of a person or an issue comes of them. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|~&$#]/g, (character) => `\\${character}`)
    .replace(/[@#](?=\w)/g, (character) => `${character}\u200b`)
    .replace(/^(\s*)([-+](?=\s|$)|[-=]{2,}|\d+[.)](?=\s|$))/, "$1\u200b$2")
    .replace(/\n/g, " ");
}

function html(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
