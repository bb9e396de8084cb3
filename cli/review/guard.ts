import { UserError } from "../errors";
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
 * @throws UserError where the program fails, a mandatory rule is not kept, or the change is another
 * one than was reviewed; nothing is changed then
 */
export async function guardedUpdate(target: Target, options: GuardedOptions): Promise<void> {
  const { args, reviewed, progress } = options;
  const policy = policyArguments(target.workspace);
  const plan = await during(progress, "Previewing it, with the policy pack", () =>
    planUpdate(target, { args: [...policy, ...args.filter(isForPreview)] }),
  );
  requireAllowed(plan);
  if (reviewed !== undefined) requireReviewed(plan, reviewed);
  await target.operate("up", ["--yes", "--skip-preview", ...policy, ...args], { show: true });
}

/** Options of `pulumi up` that `pulumi preview` does not have, or that would fail it. */
const forUpdateOnly =
  /^(-y|--yes|-f|--skip-preview|--continue-on-error|--strict|--expect-no-changes)(=|$)/;

function isForPreview(arg: string): boolean {
  return !forUpdateOnly.test(arg);
}

/** Refuses what the policy pack or the program itself refuses. */
export function requireAllowed({ stack, violations, errors }: Plan): void {
  const mandatory = violations.filter(({ level }) => level === "mandatory");
  if (mandatory.length > 0) {
    const lines = mandatory.map(
      ({ policy, urn, message }) =>
        `  - ${policy}: ${urn === undefined ? "" : `${nameOf(urn)}: `}${message}`,
    );
    throw new UserError(
      `Stack ${stack} does not keep these rules of the policy pack, so nothing was changed:\n` +
        lines.join("\n"),
      "Mend it, or write an exception with its reason at the component; docs/POLICY.md says how.",
      stopped.byPolicy,
    );
  }
  const kept = [...new Set(errors.flatMap((error) => protectedIn(error) ?? []))];
  if (kept.length > 0) {
    throw new UserError(
      `Stack ${stack} would delete what is protected, so nothing was changed:\n` +
        kept.map((name) => `  - ${name}`).join("\n"),
      "Data goes in two updates: first with `data: release`, then with `data: discard`.",
    );
  }
  if (errors.length > 0) throw new UserError(errors.join("\n"));
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
