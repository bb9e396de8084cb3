import { again, refusedExit } from "../adopt";
import { UserError } from "../errors";
import { during } from "../progress";
import { leftoverLines } from "./leftovers";
import { type Phase, type PhaseStep, phases, type Releases, type Site } from "./model";
import { findReleases } from "./releases";
import { type PhasePlan, stateOf } from "./report";
import { applyStep } from "./steps/apply";
import { auditStep } from "./steps/audit";
import { backupStep } from "./steps/backup";
import { mergeStep } from "./steps/merge";
import { retireStep } from "./steps/retire";
import { validateStep } from "./steps/validate";

const allSteps: readonly PhaseStep[] = [
  ...[auditStep, backupStep, mergeStep, retireStep, applyStep, validateStep],
];

/**
 * The releases of a consolidation that is under way.
 *
 * @throws UserError where one of them is not there, or leftovers are deleted already
 */
export async function releasesOf(site: Site): Promise<Releases> {
  requireUndoable(site);
  return findReleases(site.api, site.request);
}

/** What each phase would do, and where it stands. It changes nothing. */
export async function planConsolidation(
  site: Site,
  releases: Releases,
  steps = allSteps,
): Promise<{ readonly plans: readonly PhasePlan[]; readonly leftovers: readonly string[] }> {
  const state = site.store.read();
  const plans: PhasePlan[] = [];
  for (const { name, why, plan } of steps) {
    const done = state?.phases[name]?.outcome === "done";
    const lines = done ? [] : await plan(site, releases);
    plans.push({ phase: name, why, state: stateOf(state, name), lines });
  }
  return { plans, leftovers: await leftoverLines(site.api, releases) };
}

/** What a run has come to. */
export interface Advanced {
  /** Those that this run has done, with what came of them. */
  readonly done: readonly { readonly phase: Phase; readonly says: string }[];
  /** Why it ended before the last phase that was asked for. */
  readonly stop?: string;
}

/** Goes on with the first phase that is not done, to the end or to the one that is named. */
export async function advance(
  site: Site,
  releases: Releases,
  to: Phase,
  steps = allSteps,
): Promise<Advanced> {
  const { store, progress } = site;
  const done: { phase: Phase; says: string }[] = [];
  for (const step of steps.slice(0, phases.indexOf(to) + 1)) {
    if (store.read()?.phases[step.name]?.outcome === "done") continue;
    await step.require(site, releases);
    store.note(step.name, "begun");
    try {
      const { says, stop } = await during(progress, `Phase ${step.name}`, () =>
        step.run(site, releases),
      );
      if (stop !== undefined) {
        store.note(step.name, "begun", says);
        return { done, stop };
      }
      store.note(step.name, "done", says);
      done.push({ phase: step.name, says });
    } catch (error) {
      store.note(step.name, "failed", firstLine(error));
      throw error;
    }
  }
  return { done };
}

/** Goes back to where everything began, the last phase first. Archives and reports stay. */
export async function goAllBack(
  site: Site,
  releases: Releases,
  steps = allSteps,
): Promise<readonly string[]> {
  const { store } = site;
  const said: string[] = [];
  for (const { name, back } of [...steps].reverse()) {
    // What somebody has looked at stays true.
    if (name === "audit") continue;
    // Cut off in here, it is neither done nor undone. What there is to undo the cluster tells, not this note.
    store.note(name, "begun");
    const says = (await back?.(site, releases)) ?? "";
    // The archives stay too; what runs from now on is in none of them.
    store.note(name, "undone", says);
    if (says !== "") said.push(`${name}: ${says}`);
  }
  return said;
}

function requireUndoable({ store }: Site): void {
  const begun = store.read()?.leftoversBegun;
  if (begun === undefined) return;
  throw new UserError(
    `Leftovers have been deleted since ${begun}: there is no way back and nothing to go on with.`,
    `${again} (--delete-leftovers)`,
    refusedExit,
  );
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0] ?? "";
}
