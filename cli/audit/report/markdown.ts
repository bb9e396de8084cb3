import { stringify } from "yaml";

import { commandText } from "../command-text";
import { type Audit, type Finding, levels } from "../model";
import { releaseRow, workloadRow } from "./data";
import { mermaid } from "./mermaid";
import { countText, levelText, minuteOf, ownerText, podsText, stateText } from "./words";

/** An audit as a page of Markdown. */
export function auditMarkdown(audit: Audit): string {
  const { context, at, findings, inventory } = audit;
  const releases = inventory.releases.map(releaseRow);
  return [
    `# Audit of context ${plain(context)}`,
    "",
    `Read on ${minuteOf(at)} UTC; nothing was changed. ${countText(audit)}.`,
    "",
    "## What lives where",
    "",
    mermaid(audit),
    ...levels.flatMap((level) => {
      const own = findings.filter((it) => it.level === level);
      if (own.length === 0) return [];
      const name = `${level[0]?.toUpperCase() ?? ""}${level.slice(1)}`;
      return ["", `## ${name}: ${levelText[level]}`, ...own.flatMap(findingLines)];
    }),
    "",
    "## Helm releases",
    "",
    ...table(
      ["Release", "Chart", "Revision", "Status", "Applied"],
      releases.map((it) => [
        `${it.namespace}/${it.name}`,
        `${it.chart}-${it.chartVersion}`,
        String(it.revision),
        it.status,
        minuteOf(it.deployedAt ?? ""),
      ]),
    ),
    ...releases.flatMap(({ namespace, name, values }) => [
      "",
      `Set on ${plain(`${namespace}/${name}`)}, on top of the chart's own values:`,
      "",
      ...block("yaml", stringify(values).trim()),
    ]),
    "",
    "## Workloads, and whose they are",
    "",
    ...table(
      ["Namespace", "Workload", "State", "Ready", "Belongs to", "Release", "Images"],
      inventory.workloads
        .map(workloadRow)
        .map((it) => [
          it.namespace,
          `${it.kind} ${it.name}`,
          stateText[it.state],
          podsText(it),
          ownerText[it.owner],
          it.release ?? "",
          it.images.join(", "),
        ]),
    ),
  ].join("\n");
}

function findingLines({ rule, subject, what, evidence, mend }: Finding): readonly string[] {
  return [
    "",
    `### ${plain(subject)}: ${plain(what)}`,
    "",
    ...evidence.map((line) => `- ${plain(line)}`),
    "",
    `${plain(mend.text)} (${rule})`,
    ...(mend.commands.length === 0
      ? []
      : ["", ...block("sh", mend.commands.map(commandText).join("\n"))]),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return ["None."];
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** Nothing in it ends the block. */
function block(language: string, text: string): readonly string[] {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, text, fence];
}

/** Words of somebody else: no mark-up, no HTML and no mention comes of them. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_[\]<>|~&$#]/g, (character) => `\\${character}`)
    .replaceAll(/@(?=\w)/g, "@\u200b");
}
