import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import { standsInTheWay } from "../drift/managers";
import { conflictsIn } from "../failure/conflicts";
import { ChildFailure } from "../process";
import type { Target } from "../target";
import { readPlan } from "./events";
import { readFailures } from "./failures";
import type { FailedObject, Plan } from "./model";

/** How a plan is made. */
export interface PreviewOptions {
  /** Further arguments of `pulumi preview`. @default none */
  readonly args?: readonly string[];
  /** `preview`: the program against the state. `refresh`: the state against the cluster. @default "preview" */
  readonly operation?: "preview" | "refresh";
  /** Shows what pulumi shows. @default false */
  readonly show?: boolean;
}

/**
 * What an update of the stack would do, or what has drifted. A rule of the policy pack that is not
 * kept and a faulty program are in the plan; only an engine that has told nothing is a failure.
 */
export async function planUpdate(
  target: Pick<Target, "stack" | "tmp" | "operate">,
  options: PreviewOptions = {},
): Promise<Plan> {
  const plan = await planned(target, options, {});
  if (!isTakenOver(plan.failures)) return plan;
  return planned(target, options, { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" });
}

/**
 * Whether a preview has failed only of fields that somebody has set with kubectl. Its update takes them
 * over first, and a preview may not; it can only be told to look as if they were.
 */
function isTakenOver(failures: readonly FailedObject[] = []): boolean {
  const conflicts = failures.map(({ message }) => conflictsIn(message));
  return (
    conflicts.length > 0 &&
    conflicts.every(
      (ones) =>
        ones.length > 0 &&
        ones.every(
          ({ manager: name, subresource }) =>
            !standsInTheWay({ name, ...(subresource === undefined ? {} : { subresource }) }),
        ),
    )
  );
}

async function planned(
  target: Pick<Target, "stack" | "tmp" | "operate">,
  { args = [], operation = "preview", show = false }: PreviewOptions,
  env: Readonly<Record<string, string>>,
): Promise<Plan> {
  const eventLog = join(target.tmp, `${operation}.events`);
  rmSync(eventLog, { force: true });
  const dry = operation === "refresh" ? ["--preview-only"] : [];
  try {
    await target.operate(operation, [...dry, ...args], { eventLog, show, env });
  } catch (error) {
    if (!(error instanceof ChildFailure) || !existsSync(eventLog)) throw error;
    const plan = { ...readPlan(target.stack, eventLog), failures: readFailures(eventLog) };
    const told =
      plan.errors.length > 0 || plan.violations.some(({ level }) => level === "mandatory");
    if (!told) throw error;
    return plan;
  }
  return readPlan(target.stack, eventLog);
}
