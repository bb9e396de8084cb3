import { environments } from "../../config/environment";
import { UserError } from "../errors";
import type { Side } from "./plan";

/**
 * Refuses to carry images anywhere but to the next stage, so that what reaches prod has been in
 * staging. `force` lets it be, to roll back or to mend in a hurry.
 */
export function requireNextStage(source: Side, target: Side, force: boolean): void {
  if (source.stack === target.stack) {
    throw new UserError(`--from and --to are both ${source.stack}: expected two stacks.`);
  }
  if (force) return;
  const [from, to] = [source, target].map(({ settings }) => settings.environment);
  const next = environments[environments.findIndex((one) => one === from) + 1];
  if (to === next) return;
  const expected =
    next === undefined ? `${source.stack} is the last stage` : `expected a stack of ${next}`;
  throw new UserError(
    `Stack ${source.stack} is of environment ${from ?? ""}, and ${target.stack} of ${to ?? ""}: ${expected}.`,
    "A stage may be skipped, or gone back, with --force.",
  );
}
