import { stringify } from "yaml";

import { commandText } from "../command-text";
import { type Audit, countsOf, type Finding, type Level, levels } from "../model";
import { releaseRow, type ReleaseRow, workloadRow, type WorkloadRow } from "./data";
import { markup, Markup, nothing } from "./markup";
import { legend, picture } from "./picture";
import { style } from "./style";
import { levelText, minuteOf, ownerText, podsText, stateText } from "./words";

/** An audit as one page that needs nothing else: no script, no other file, no network. */
export function auditHtml(audit: Audit): string {
  const { context, at, findings, inventory } = audit;
  const counts = countsOf(findings);
  const title = `Audit of context ${context}`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<h1>${title}</h1>
<p class="soft">Read on ${minuteOf(at)} UTC; nothing was changed.</p>
<ul class="counts">${levels.map(
    (level) =>
      markup`<li class="l-${level}"><b>${counts[level]}</b>${level}<br><span class="soft">${levelText[level]}</span></li>`,
  )}</ul>
<h2>What lives where</h2>
<div class="wide">${picture(audit)}</div>
${legend()}
${levels.map((level) => section(level, findings))}
<h2>Helm releases</h2>
${releaseTable(inventory.releases.map(releaseRow))}
<h2>Workloads, and whose they are</h2>
<div class="wide">${workloadTable(inventory.workloads.map(workloadRow))}</div>
</body>
</html>
`;
  return page.text;
}

function section(level: Level, findings: readonly Finding[]): Markup {
  const own = findings.filter((it) => it.level === level);
  if (own.length === 0) return nothing;
  const all = own.map((it) => article(it));
  return markup`<h2>${level[0]?.toUpperCase() ?? ""}${level.slice(1)}: ${levelText[level]} (${own.length})</h2>${all}`;
}

/** What is worst is open from the beginning. */
function article({ level, rule, subject, what, evidence, mend }: Finding): Markup {
  const lines = evidence.map((line) => markup`<li>${line}</li>`);
  const commands =
    mend.commands.length === 0
      ? nothing
      : markup`<pre>${mend.commands.map(commandText).join("\n")}</pre>`;
  const open = level === "critical" ? new Markup(" open") : nothing;
  return markup`
<details class="finding l-${level}"${open}><summary><h3>${subject}: ${what}</h3> <span class="rule">${rule}</span></summary><ul>${lines}</ul><p>${mend.text}</p>${commands}</details>`;
}

function releaseTable(rows: readonly ReleaseRow[]): Markup {
  if (rows.length === 0) return markup`<p class="soft">None.</p>`;
  const body = rows.map((it) => {
    const values = stringify(it.values).trim();
    return markup`<tr><td>${it.namespace}/${it.name}</td><td>${it.chart}-${it.chartVersion}</td><td>${it.revision}</td><td>${it.status}</td><td class="n">${minuteOf(it.deployedAt ?? "")}</td><td><details><summary>values</summary><pre>${values}</pre></details></td></tr>`;
  });
  return markup`<div class="wide"><table><tr><th>Release</th><th>Chart</th><th>Revision</th><th>Status</th><th>Applied</th><th>Set on top of the chart</th></tr>${body}</table></div>`;
}

function workloadTable(rows: readonly WorkloadRow[]): Markup {
  const body = rows.map(
    (it) =>
      markup`<tr><td>${it.namespace}</td><td>${it.kind} ${it.name}</td><td class="n"><span class="dot s-${it.state}"></span>${stateText[it.state]}</td><td class="n">${podsText(it)}</td><td>${ownerText[it.owner]}</td><td>${it.release ?? ""}</td><td>${it.images.join(", ")}</td></tr>`,
  );
  return markup`<table><tr><th>Namespace</th><th>Workload</th><th>State</th><th>Ready</th><th>Belongs to</th><th>Release</th><th>Images</th></tr>${body}</table>`;
}
