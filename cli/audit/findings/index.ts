import type { Inventory } from "../inventory";
import { type Finding, levels, type Rule, shown } from "../model";
import { deprecated, superseded } from "./deprecated";
import { duplicateCharts, duplicatePrograms } from "./duplicates";
import { gapFindings } from "./gaps";
import { missingGuards } from "./guards";
import { stuckNamespaces } from "./namespaces";
import { lostRelease, ownerless } from "./ownerless";
import { pending } from "./pending";
import { blindProbes, noProbes } from "./probes";
import { unfinished } from "./releases";
import { resources } from "./resources";
import { restarts } from "./restarts";
import { endpoints } from "./services";
import { crashLoop, imagePull } from "./stuck";
import { usage } from "./usage";
import { orphanedClaims, releasedVolumes } from "./volumes";
import { zero } from "./zero";

/** All rules; among findings of one level theirs come in this order. */
export const rules: readonly Rule[] = [
  deprecated,
  unfinished,
  usage,
  imagePull,
  crashLoop,
  pending,
  stuckNamespaces,
  duplicateCharts,
  superseded,
  duplicatePrograms,
  restarts,
  resources,
  blindProbes,
  endpoints,
  missingGuards,
  orphanedClaims,
  releasedVolumes,
  zero,
  noProbes,
  lostRelease,
  ownerless,
];

/** What the rules find, worst first. A rule that lacks what it has to look at is not asked. */
export function findAll(inventory: Inventory): readonly Finding[] {
  const unread = new Set(inventory.gaps.map(({ reading }) => reading));
  const found = rules
    .filter(({ needs }) => !needs.some((it) => unread.has(it)))
    .flatMap(({ name, find }) => find(inventory).map((it) => shown(name, it)));
  return worstFirst([...found, ...gapFindings(inventory, rules)]);
}

function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  const order = rules.map(({ name }) => name);
  const rank = ({ level, rule }: Finding): number =>
    levels.indexOf(level) * 100 + (order.includes(rule) ? order.indexOf(rule) : order.length);
  return [...findings].sort((a, b) => {
    const byRank = rank(a) - rank(b);
    if (byRank !== 0) return byRank;
    return a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0;
  });
}
