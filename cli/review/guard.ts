import { requireClaimsFree } from "../adopt/in-use";
import { UserError } from "../errors";
import { causesOf, explained, linesOf, nextCommand } from "../failure";
import { type Plan, planUpdate } from "../plan";
import { policyArguments } from "../policy/arguments";
import { during } from "../progress";
import type { Target } from "../target";
import type { Progress } from "../toolchain/progress";
import { changesOf } from "./changes";
import { type Digest, digestOf, sideBySide } from "./digest";

/** Exit codes of a guarded update that was stopped before it began. */
export const stopped = { byPolicy: 2, byDigest: 3 } as const;

/** A guarded update. */
export interface GuardedOptions {
  /** Further arguments of `pulumi up`. */
  readonly args: readonly string[];
  /** What was reviewed. @default whatever the preview shows is applied */
  readonly reviewed?: Digest | undefined;
  readonly progress: Progress;
}

/**
 * Updates a stack after a preview has shown that it may: without one, a rule of the policy pack stops
 * an update only when some of it is made.
 *
 * @throws UserError where others work on a volume that ours would mount, the program fails, a mandatory
 * rule is not kept, or the change is another one than was reviewed; nothing is changed then
 */
export async function guardedUpdate(target: Target, options: GuardedOptions): Promise<void> {
  const { args, reviewed, progress } = options;
  const policy = policyArguments(target.workspace);
  await requireClaimsFree(target);
  const plan = await during(progress, "Previewing it, with the policy pack", () =>
    planUpdate(target, { args: [...policy, ...args.filter(isForPreview)] }),
  );
  await requireExplained(target, plan);
  if (reviewed !== undefined) requireReviewed(plan, reviewed);
  await explained(target, (eventLog) =>
    target.operate("up", ["--yes", "--skip-preview", ...policy, ...args], { show: true, eventLog }),
  );
}

/** As {@link requireAllowed}; what the cluster refuses is told with its mend. */
async function requireExplained(target: Target, plan: Plan): Promise<void> {
  try {
    requireAllowed(plan);
  } catch (error) {
    const causes = await causesOf(target, plan.failures ?? []);
    if (!(error instanceof UserError) || causes.length === 0) throw error;
    const next = `Nothing was changed. Mend what stopped it, then: ${nextCommand(target, causes)}`;
    const hint = [...(error.hint === undefined ? [] : [error.hint]), ...linesOf(causes), "", next];
    throw new UserError(error.message, hint.join("\n"), error.exitCode);
  }
}

/** Options of `pulumi up` that `pulumi preview` does not have, or that would fail it. */
const forUpdateOnly =
  /^(-y|--yes|-f|--skip-preview|--continue-on-error|--strict|--expect-no-changes)(=|$)/;

function isForPreview(arg: string): boolean {
  return !forUpdateOnly.test(arg);
}

/** What stands in an update's way, and how that is mended. */
interface Obstacle {
  readonly text: string;
  readonly hint?: string;
}

/** Refuses what the policy pack, the engine or the program itself refuses, all of it at once. */
export function requireAllowed(plan: Plan): void {
  const broken = brokenRules(plan);
  const obstacles = [...broken, ...refusedDeletions(plan), ...faults(plan, broken.length > 0)];
  if (obstacles.length === 0) return;
  throw new UserError(
    obstacles.map(({ text }) => text).join("\n"),
    obstacles.flatMap(({ hint }) => hint ?? []).join("\n") || undefined,
    broken.length > 0 ? stopped.byPolicy : undefined,
  );
}

function brokenRules({ stack, violations }: Plan): readonly Obstacle[] {
  const lines = violations
    .filter(({ level }) => level === "mandatory")
    .map(
      ({ policy, urn, message }) =>
        `  - ${policy}: ${urn === undefined ? "" : `${nameOf(urn)}: `}${message}`,
    );
  if (lines.length === 0) return [];
  const text = `Stack ${stack} does not keep these rules of the policy pack, so nothing was changed:`;
  const hint =
    "Mend it, or write an exception with its reason at the component; docs/POLICY.md says how.";
  return [{ text: [text, ...lines].join("\n"), hint }];
}

function refusedDeletions({ stack, errors }: Plan): readonly Obstacle[] {
  const kept = [...new Set(errors.flatMap((error) => protectedIn(error) ?? []))];
  if (kept.length === 0) return [];
  const text = `Stack ${stack} would delete what is protected, so nothing was changed:`;
  const hint = "Data goes in two updates: first with `data: release`, then with `data: discard`.";
  return [{ text: [text, ...kept.map((name) => `  - ${name}`)].join("\n"), hint }];
}

/** What the engine ends with, whatever it was that went wrong. */
const idle = /^(preview|update) failed$/;

function faults({ errors }: Plan, explained: boolean): readonly Obstacle[] {
  const told = errors.filter((error) => !idle.test(error));
  const others = told.filter((error) => protectedIn(error) === undefined);
  return (told.length > 0 || explained ? others : errors).map((text) => ({ text }));
}

/** What the engine refuses to delete, by the error in which it says so. */
function protectedIn(error: string): string | undefined {
  const urn = /resource "(urn:[^"]+)" cannot be deleted\s+because it is protected/.exec(error)?.[1];
  return urn === undefined ? undefined : nameOf(urn);
}

/** Refuses another change than the one that was reviewed. */
export function requireReviewed(plan: Plan, reviewed: Digest): void {
  const now = digestOf(plan.stack, changesOf(plan));
  const differing = sideBySide(reviewed, now);
  if (differing === undefined) return;
  throw new UserError(
    `Stack ${plan.stack} would be changed in another way than was reviewed, so nothing was changed:\n` +
      differing,
    `Review it again: npm run review -- --stack ${plan.stack} --digest FILE`,
    stopped.byDigest,
  );
}

/** `Deployment thunderline-web` */
function nameOf(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.slice(types.lastIndexOf(":") + 1)} ${name}`;
}
