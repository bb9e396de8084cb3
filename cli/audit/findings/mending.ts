import { type Command, mend, type Mend } from "../model";
import type { Workload } from "../workload";

/**
 * A change of a workload. What this program has made is changed by its settings, and what Helm has made
 * is made anew by its next upgrade.
 */
export function change(workload: Workload, text: string, ...commands: readonly Command[]): Mend {
  if (workload.owner === "program") {
    return mend(`${text} It is this program's: change the settings of its stack and apply them.`);
  }
  if (workload.release === undefined) return mend(text, ...commands);
  return mend(
    `${text} Put it into the values of release ${workload.release} too, or its next upgrade undoes it.`,
    ...commands,
  );
}

/** The first few of some things, and how many more there are. */
export function some(all: readonly string[], most = 5): readonly string[] {
  if (all.length <= most) return all;
  return [...all.slice(0, most), `and ${String(all.length - most)} more`];
}
