import type { Audit } from "../model";
import { workloadRow } from "./data";
import { podsText, stateText } from "./words";

/** The same colours as those of the page, which read on light and on dark. */
const classes = [
  "classDef running fill:#d8f0df,stroke:#59a774,color:#1b2430",
  "classDef failing fill:#fbd9d7,stroke:#cf4a41,color:#1b2430",
  "classDef waiting fill:#fdeccb,stroke:#cf9422,color:#1b2430",
  "classDef off fill:#eceff3,stroke:#98a2b0,color:#1b2430,stroke-dasharray:5 3",
  "classDef done fill:#eceff3,stroke:#98a2b0,color:#1b2430",
  "classDef claim fill:#e3ecfa,stroke:#7d9fd3,color:#1b2430",
] as const;

/** Namespaces and what lives in them as a Mermaid chart. */
export function mermaid({ inventory }: Audit): string {
  const workloads = inventory.workloads.filter(({ state }) => state !== "done");
  const { claims } = inventory;
  const names = [...workloads, ...claims.map(({ metadata }) => metadata)].map(
    ({ namespace = "" }) => namespace,
  );
  let count = 0;
  const id = (): string => `n${String((count += 1))}`;
  const frames = [...new Set(names)].sort().flatMap((namespace) => [
    `  subgraph ${id()}["${text(namespace)}"]`,
    ...workloads
      .filter((it) => it.namespace === namespace)
      .map(workloadRow)
      .map((row) => {
        const pods = podsText(row);
        const told = pods === "" ? stateText[row.state] : `${stateText[row.state]}, ${pods}`;
        return `    ${id()}["${text(row.kind)} ${text(row.name)}<br/>${told}"]:::${row.state}`;
      }),
    ...claims
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map(({ metadata }) => `    ${id()}[("${text(metadata.name)}")]:::claim`),
    "  end",
  ]);
  return ["```mermaid", "flowchart LR", ...frames, ...classes.map((it) => `  ${it}`), "```"].join(
    "\n",
  );
}

/** Mermaid has entities of its own for what would end a label, or the block that it is in. */
function text(value: string): string {
  return value
    .replaceAll("#", "#35;")
    .replaceAll('"', "#quot;")
    .replaceAll("<", "#lt;")
    .replaceAll(">", "#gt;")
    .replaceAll("`", "#96;")
    .replaceAll(/\s+/g, " ");
}
