import type { System } from "./system";
import { code } from "./table";
import { inWords } from "./traffic";

/** Another stack, read the same way. */
export interface OtherStack {
  readonly stack: string;
  readonly systems: readonly System[];
}

/** One line for each other stack: what is there or not, and what runs otherwise. */
export function differences(system: System, others: readonly OtherStack[]): string[] {
  return others.map(({ stack, systems }) => {
    const there = systems.find(({ instance }) => instance === system.instance);
    const words = there === undefined ? "nothing of this runs" : difference(system, there);
    return `- ${code(stack)}: ${words === "" ? "the same workloads and numbers" : words}.`;
  });
}

function difference(here: System, there: System): string {
  const known = new Map(here.workloads.map((workload) => [key(workload), workload]));
  const found = new Map(there.workloads.map((workload) => [key(workload), workload]));
  const changed = there.workloads.flatMap((workload) => {
    const before = known.get(key(workload));
    return before === undefined || before.runs === workload.runs
      ? []
      : [`${code(workload.name)} ${workload.runs} instead of ${before.runs}`];
  });
  return [
    ...clause("without", missing(known, found)),
    ...clause("only there", missing(found, known)),
    ...changed,
    ...clause("not connected", absent(outsiders(here), outsiders(there))),
    ...clause("connected there only", absent(outsiders(there), outsiders(here))),
  ].join("; ");
}

function key({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${code(name)}`;
}

function missing(
  from: ReadonlyMap<string, unknown>,
  among: ReadonlyMap<string, unknown>,
): string[] {
  return [...from.keys()].filter((candidate) => !among.has(candidate));
}

/** What is outside, by name alone: addresses differ from place to place. */
function outsiders({ traffic }: System): string[] {
  const parties = traffic.paths.flatMap(({ from, to }) => [from, to]);
  const names = parties
    .filter(({ outside }) => outside !== undefined)
    .map((party) => (party.name === "" ? inWords(party) : party.name));
  return [...new Set(names)].sort();
}

function absent(names: readonly string[], among: readonly string[]): string[] {
  return names.filter((name) => !among.includes(name));
}

function clause(words: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${words}: ${names.join(", ")}`];
}
