import type { Change } from "../model";
import { changeSections } from "./change-sections";
import { exceptionsSection, inForceSection } from "./exceptions-section";
import { exposureSections } from "./exposure-sections";
import { item, type Report, riskCounts, type Section } from "./report";
import { restartSections } from "./restart-sections";
import type { Review, Subject } from "./review";
import { code, counted, type Line, message, shortened, some, visible } from "./spans";
import { totalsSection } from "./totals-section";

/** Puts a review into words, worst first. */
export function compose(review: Review): Report {
  const { stack, subject, changes } = review;
  const nothing = changes.length === 0 && review.errors.length === 0;
  return {
    stack,
    title: ["Review of stack ", code(visible(shortened(stack, 60)))],
    lead: [
      [...subjectLine(subject), ...(nothing ? [": no changes."] : ["."])],
      ...(nothing ? [] : [summary(review)]),
      ...unchangedLine(review),
    ],
    sections: [
      stops(review),
      advice(review),
      ...changeSections(review, "data"),
      ...changeSections(review, "identity"),
      ...exposureSections(review),
      ...restartSections(review),
      ...(nothing ? [] : [totalsSection(review)]),
      ...changeSections(review, "quiet"),
      exceptionsSection(review),
      warnings(review),
      ...(nothing ? [] : [inForceSection(review)]),
    ].filter(({ items, table }) => items.length > 0 || table !== undefined),
  };
}

function subjectLine(subject: Subject): Line {
  if (subject.kind === "revisions") {
    const [base, head] = [subject.base, subject.head].map((it) => code(visible(shortened(it, 90))));
    return ["From ", base ?? "", " to ", head ?? ""];
  }
  const context = code(visible(shortened(subject.context, 90)));
  switch (subject.target) {
    case "real":
      return ["Preview against the cluster ", context];
    case "embedded":
      return ["Preview against the embedded cluster ", context];
    case "none":
      return ["Preview of a first deployment to ", context];
  }
}

const operations: readonly (readonly [Change["operation"], string])[] = [
  ["create", "to create"],
  ["update", "to update"],
  ["replace", "to replace"],
  ["delete", "to delete"],
  ["import", "to import"],
  ["forget", "to forget"],
];

function summary({ changes }: Review): Line {
  const counts = operations.flatMap(([operation, words]) => {
    const count = changes.filter((change) => change.operation === operation).length;
    return count === 0 ? [] : [`${String(count)} ${words}`];
  });
  const what = counted(changes.length, "change");
  return changes.length === 0
    ? ["No changes are known."]
    : [`${what}: `, ...riskCounts(changes), ` (${counts.join(", ")}).`];
}

function unchangedLine({ unchanged, changes }: Review): Line[] {
  if (changes.length === 0 || unchanged.length === 0) return [];
  return [["Nothing changes in ", ...some(unchanged.map((it) => shortened(visible(it), 60))), "."]];
}

/** What the engine ends with whatever it was that went wrong. */
const idle = /^(preview|update) failed$/;

function stops(review: Review): Section {
  const mandatory = review.violations.filter(({ level }) => level === "mandatory");
  const errors = review.errors.filter((text) => !idle.test(text));
  return {
    heading: "This update would stop",
    items: [...errors.map((text) => item([message(text)])), ...mandatory.map(violationItem)],
    importance: 9,
    noun: "faults",
  };
}

function advice({ violations }: Review): Section {
  return {
    heading: "Rules that are not kept, though the update may go on",
    items: violations.filter(({ level }) => level === "advisory").map(violationItem),
    importance: 2,
    noun: "advisory violations",
  };
}

function violationItem({ policy, label, message: text }: Review["violations"][number]) {
  const where = label === undefined ? [] : [": ", code(shortened(visible(label), 160))];
  return item(["rule ", code(shortened(visible(policy), 90)), ...where, ": ", message(text)]);
}

/** What the provider says of every rendering, in which values are placeholders. */
const ofRenderings = /^(rendered YAML will contain a secret value|Cluster is unreachable)/;

function warnings({ warnings: said, subject }: Review): Section {
  const all = subject.kind === "revisions" ? said.filter((text) => !ofRenderings.test(text)) : said;
  const items = all.map((text) => item([message(text)]));
  return {
    heading: "Warnings",
    fold: counted(all.length, "warning"),
    items,
    importance: 1,
    noun: "warnings",
  };
}
