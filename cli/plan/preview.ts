import { existsSync } from "node:fs";
import { join } from "node:path";

import { ChildFailure } from "../process";
import type { Target } from "../target";
import { readPlan } from "./events";
import { readFailures } from "./failures";
import type { Plan } from "./model";

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
  { args = [], operation = "preview", show = false }: PreviewOptions = {},
): Promise<Plan> {
  const eventLog = join(target.tmp, `${operation}.events`);
  const dry = operation === "refresh" ? ["--preview-only"] : [];
  try {
    await target.operate(operation, [...dry, ...args], { eventLog, show });
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
