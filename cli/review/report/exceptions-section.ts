import type { Exception } from "../exceptions";
import { item, type Item, type Section } from "./report";
import type { Review } from "./review";
import { code, counted, message, shortened, some, type Span, visible } from "./spans";

/** Which objects need not keep a rule from now on, or have to again. Empty where all are as before. */
export function exceptionsSection({
  exceptions: { new: added, gone, unchanged },
}: Pick<Review, "exceptions">): Section {
  const items = [...together("new", added), ...together("no longer", gone)];
  const words = [
    counted(added.length, "new exception"),
    `${String(gone.length)} gone`,
    `${String(unchanged)} as before`,
  ];
  return {
    heading: "Exceptions from the rules",
    fold: words.join(", "),
    items,
    importance: 1,
    noun: "exceptions",
  };
}

/** All exceptions that hold, changed or not: what a reviewer may look up, and misses least. */
export function inForceSection({ exceptions: { inForce } }: Pick<Review, "exceptions">): Section {
  const items = groupsOf(inForce).map((group) => {
    const [{ rule, reason }] = group;
    const labels = group.map(({ label }) => shortened(visible(label), 160));
    const objects = `: ${counted(group.length, "object")}: `;
    return item([ruleSpan(rule), objects, ...some(labels, 3), ": ", message(reason)], group.length);
  });
  return {
    heading: "Exceptions in force",
    fold: counted(inForce.length, "exception"),
    items,
    importance: -1,
    noun: "exceptions in force",
  };
}

/** One item for each rule and reason. */
function together(verb: string, exceptions: readonly Exception[]): Item[] {
  return groupsOf(exceptions).map((group) => {
    const [first] = group;
    const labels = group.map(({ label }) => shortened(visible(label), 160));
    const line = [`${verb}: rule `, ruleSpan(first.rule), " for ", ...some(labels), ": "];
    return item([...line, message(first.reason)], group.length);
  });
}

function ruleSpan(rule: string): Span {
  return code(shortened(visible(rule), 90));
}

type Group = [Exception, ...Exception[]];

/** Those of one rule and reason. */
function groupsOf(exceptions: readonly Exception[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const exception of exceptions) {
    const key = [exception.rule, exception.reason].join("\n");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [exception]);
    else group.push(exception);
  }
  return [...groups.values()];
}
