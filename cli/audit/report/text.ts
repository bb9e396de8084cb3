import { commandText } from "../command-text";
import type { Audit, Finding } from "../model";
import { releaseRow, workloadRow } from "./data";
import { countText, minuteOf, ownerText, podsText, stateText } from "./words";

/** An audit for a terminal: what is wrong first, then what was read. */
export function auditText(audit: Audit): string {
  const { context, at, findings, inventory } = audit;
  const releases = inventory.releases.map(releaseRow);
  return [
    `Context ${oneLine(context)}, ${minuteOf(at)} UTC. ${countText(audit)}.`,
    ...findings.flatMap((finding) => ["", ...findingLines(finding)]),
    "",
    "Helm releases",
    ...columns(
      releases.map(
        ({ namespace, name, chart, chartVersion, revision, status, deployedAt = "" }) => [
          `${namespace}/${name}`,
          `${chart}-${chartVersion}`,
          `revision ${String(revision)}`,
          status,
          minuteOf(deployedAt),
        ],
      ),
    ),
    "",
    "Workloads, and whose they are",
    ...columns(
      inventory.workloads
        .map(workloadRow)
        .map((it) => [
          it.namespace,
          `${it.kind} ${it.name}`,
          stateText[it.state],
          podsText(it),
          it.release === undefined ? ownerText[it.owner] : `${ownerText[it.owner]}, ${it.release}`,
        ]),
    ),
    "",
    `${countText(audit)}.`,
  ].join("\n");
}

/** A finding as lines, the first with its level. */
export function findingLines({
  level,
  rule,
  subject,
  what,
  evidence,
  mend,
}: Finding): readonly string[] {
  return [
    `${level.toUpperCase()}  ${subject}: ${oneLine(what)} [${rule}]`,
    ...evidence.map((line) => `    ${oneLine(line)}`),
    `  → ${oneLine(mend.text)}`,
    ...mend.commands.map((command) => `      ${commandText(command)}`),
  ];
}

function columns(cells: readonly (readonly string[])[]): readonly string[] {
  if (cells.length === 0) return ["  none"];
  const rows = cells.map((row) => row.map(oneLine));
  const wide = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? "").length)),
  );
  return rows.map(
    (row) =>
      `  ${row
        .map((it, at) => it.padEnd(wide[at] ?? 0))
        .join("  ")
        .trimEnd()}`,
  );
}

/** No word of somebody else begins a line, or moves the cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ");
}
