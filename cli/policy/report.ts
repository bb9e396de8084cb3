import { ruleNames } from "../../policy/names";
import type { Standing } from "./hold";

/** How a stack stands to the rules, for people: what is wrong first, then what is excepted and why. */
export function standingText({ stack, of, resources, violations, exceptions }: Standing): string {
  const what = of === "state" ? "as it was applied last" : "as the program declares it";
  const head =
    `Stack ${stack}, ${what}: ${counted(resources, "resource")} held to ` +
    `${String(ruleNames.length)} rules, ${counted(violations.length, "violation")}, ` +
    `${counted(exceptions.length, "exception")}.`;
  const wrong = grouped(
    violations,
    ({ rule, level, message }) => `${rule} (${level}): ${message}`,
    ({ urn }) => titleOf(urn),
  );
  const excepted = grouped(
    exceptions,
    ({ rule, reason }) => `${rule}: ${reason}`,
    ({ title }) => titleOf(title),
  );
  return [
    head,
    ...(wrong.length > 0 ? ["", "Violations", ...wrong] : []),
    ...(excepted.length > 0 ? ["", "Exceptions", ...excepted] : []),
  ].join("\n");
}

/** The items under what they have in common, each once. */
function grouped<Item>(
  items: readonly Item[],
  headOf: (item: Item) => string,
  lineOf: (item: Item) => string,
): string[] {
  const groups = new Map<string, Set<string>>();
  for (const item of items) {
    const lines = groups.get(headOf(item)) ?? new Set();
    groups.set(headOf(item), lines.add(lineOf(item)));
  }
  return [...groups].flatMap(([head, lines]) => [
    `  ${head}`,
    ...[...lines].sort().map((line) => `    ${line}`),
  ]);
}

/** The kind and the logical name of a resource, `Service thunderline-web`. */
function titleOf(urn: string): string {
  const [type = "", name] = urn.split("::").slice(-2);
  const kind = type.slice(Math.max(type.lastIndexOf(":"), type.lastIndexOf("$")) + 1);
  return name === undefined ? urn : `${kind} ${name}`;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
