import { byKey } from "./objects";
import type { Party, Path } from "./traffic";
import type { Workload } from "./workloads";

/** A Mermaid flow chart: the workloads in a frame, what is outside around it, and a line for each path. */
export function diagram(
  namespace: string,
  workloads: readonly Workload[],
  paths: readonly Path[],
): string {
  const outsiders = new Map(
    paths
      .flatMap(({ from, to }) => [from, to])
      .filter(({ outside }) => outside !== undefined)
      .sort(byKey(keyOf))
      .map((party) => [keyOf(party), party]),
  );
  const ids = nodeIds([...workloads.map(({ name }) => ({ name })), ...outsiders.values()]);
  const idOf = (party: Party): string => ids.get(keyOf(party)) ?? "unknown";
  const lines = [
    "flowchart LR",
    `  subgraph ${slug(`ns_${namespace}`)}["namespace ${text(namespace)}"]`,
    ...workloads.map((workload) => `    ${idOf({ name: workload.name })}${shape(workload)}`),
    "  end",
    ...[...outsiders.values()].map(
      (party) => `  ${idOf(party)}[/${quoted([party.name, party.outside ?? ""])}/]`,
    ),
    ...paths.map((path) => `  ${idOf(path.from)} ${arrow(path)} ${idOf(path.to)}`),
  ];
  return ["```mermaid", ...lines, "```"].join("\n");
}

/** What the shapes mean, for the sentence above the picture. */
export const legend =
  "Rectangles are Deployments, cylinders StatefulSets with a volume, rounded ones Jobs, hexagons CronJobs, slanted ones are outside the namespace. A line goes from the caller to the called, with the ports that the network policies open.";

/** For a picture in which a path has a policy on one side only. */
export const oneSided =
  "A dotted line has a policy on one side only, so nothing gets through it while the other side denies by default.";

export function isOneSided({ from, to, sides }: Path): boolean {
  const needed = [
    ...(from.outside === undefined ? [sides.out] : []),
    ...(to.outside === undefined ? [sides.in] : []),
  ];
  return needed.includes(false);
}

function arrow(path: Path): string {
  const ports = path.ports.length === 0 ? "any port" : path.ports.join(", ");
  return `${isOneSided(path) ? "-.->" : "-->"}|"${text(ports)}"|`;
}

function shape({ kind, name, claims }: Workload): string {
  const label = quoted([name]);
  switch (kind) {
    case "Deployment":
      return `[${label}]`;
    case "StatefulSet":
      return claims.length > 0 ? `[(${label})]` : `[[${label}]]`;
    case "Job":
      return `([${label}])`;
    case "CronJob":
      return `{{${label}}}`;
  }
}

/**
 * An id for each party: letters, digits and underscores alone, with a prefix, because a name like
 * `end` or `style` is a word of Mermaid's own.
 */
function nodeIds(parties: readonly Party[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const party of parties) {
    const { name, outside } = party;
    const plain = outside === undefined ? slug(`wl_${name}`) : slug(`ext_${name || outside}`);
    let id = plain;
    for (let count = 2; taken.has(id); count += 1) id = `${plain}_${String(count)}`;
    taken.add(id);
    ids.set(keyOf(party), id);
  }
  return ids;
}

function keyOf({ name, outside }: Party): string {
  return `${outside ?? ""}\n${name}`;
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "_");
}

function quoted(lines: readonly string[]): string {
  return `"${lines
    .filter((part) => part !== "")
    .map(text)
    .join("<br/>")}"`;
}

/** Mermaid has entities of its own for what would end a label. */
function text(value: string): string {
  return value
    .replaceAll("#", "#35;")
    .replaceAll('"', "#quot;")
    .replaceAll("<", "#lt;")
    .replaceAll(">", "#gt;");
}
