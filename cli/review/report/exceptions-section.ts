import type { Exception } from "../exceptions";
import { item, type Item, type Section } from "./report";
import type { Review } from "./review";
import { code, counted, message, shortened, some, visible } from "./spans";

/**
 * Which objects need not keep a rule from now on, or have to again; of the others the number. Empty
 * where they are all as before.
 */
export function exceptionsSection({
  exceptions: { new: added, gone, unchanged },
}: Pick<Review, "exceptions">): Section {
  const items = [...together("new", added), ...together("no longer", gone)];
  const rest = item([`${counted(unchanged, "exception")} as before`], 0);
  const words = [
    counted(added.length, "new exception"),
    `${String(gone.length)} gone`,
    `${String(unchanged)} as before`,
  ];
  return {
    heading: "Exceptions from the rules",
    fold: words.join(", "),
    items: unchanged === 0 || items.length === 0 ? items : [...items, rest],
    importance: 1,
    noun: "exceptions",
  };
}

/** One item for each rule and reason. */
function together(verb: string, exceptions: readonly Exception[]): Item[] {
  const groups = new Map<string, Exception[]>();
  for (const exception of exceptions) {
    const key = [exception.rule, exception.reason].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), exception]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const rule = code(shortened(visible(first.rule), 90));
    const labels = group.map(({ label }) => shortened(visible(label), 160));
    const line = [`${verb}: rule `, rule, " for ", ...some(labels), ": ", message(first.reason)];
    return [item(line, group.length)];
  });
}
