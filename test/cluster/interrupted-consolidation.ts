import type { Phase } from "../../cli/consolidate";
import { openWorkspace, type Override } from "../../cli/workspace";
import { Consolidation } from "./consolidation";

/** A consolidation in a process of its own, which test/cluster/consolidate.test.ts kills in the middle. */
async function consolidate(folder: string, to: Phase, said: readonly Override[]): Promise<void> {
  const consolidation = new Consolidation(openWorkspace({ base: folder }));
  consolidation.overrides = said;
  consolidation.withoutData = "pods are simulated";
  await consolidation.advance(to);
}

const [, , folder = "", to = "", overrides = "[]"] = process.argv;
void consolidate(folder, to as Phase, JSON.parse(overrides) as Override[]);
