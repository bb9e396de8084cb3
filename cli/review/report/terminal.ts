import type { Item, Report, Section, Table } from "./report";
import type { Line } from "./spans";

/** A report for a terminal or a log: all of it, without mark-up. */
export function terminal({ title, lead, sections }: Report): string {
  const parts = [
    [plain(title), ...lead.map(plain)].join("\n"),
    ...sections.map((section, index) => sectionText(section, sections[index + 1])),
  ];
  return `${parts.join("\n").trimEnd()}\n`;
}

function sectionText(
  { heading, fold, intro, items, table }: Section,
  next: Section | undefined,
): string {
  const title = heading ?? fold;
  return [
    ...(title === undefined ? [] : ["", heading === undefined ? `${title}:` : title]),
    ...(intro === undefined ? [] : [plain(intro)]),
    ...(table === undefined ? [] : tableLines(table)),
    ...items.flatMap(itemLines),
    ...(next === undefined ? [""] : []),
  ].join("\n");
}

function itemLines({ line, lines }: Item): string[] {
  return [
    `  - ${plain(line)}`,
    ...lines.flatMap(({ line: own, parts = [], difference }) => [
      `      ${plain(own)}`,
      ...parts.map((part) => `        ${plain(part)}`),
      ...difference.map((text) => `        ${text}`),
    ]),
  ];
}

function plain(line: Line): string {
  return line
    .map((span) => (typeof span === "string" ? span : "code" in span ? span.code : span.strong))
    .join("");
}

function tableLines({ head, rows }: Table): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd(),
  );
}
