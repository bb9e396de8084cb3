import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../errors";
import { type Api, forwardTo, type KubernetesObject } from "../kubernetes";
import type { Result } from "../preflight/model";
import { namespacesOf, readObjects, type StackObject } from "../preflight/objects";
import { during, silent } from "../progress";
import { renderObjects } from "../render";
import type { Target } from "../target";
import type { Progress } from "../toolchain/progress";
import type { Override } from "../workspace";
import { type Choice, runChecks } from "./checks";
import { Live } from "./live";
import type { ValidationContext } from "./model";

/** How a validation is made. */
export interface ValidateOptions extends Choice {
  /** The objects of these systems alone. @default all */
  readonly systems?: readonly string[];
  /** How far back is looked for restarts, jobs and rows. @default 10 */
  readonly windowMinutes?: number;
  /** How long to wait for what has failed to become well. @default 0 */
  readonly waitSeconds?: number;
  /** Whether the checks of `writings` may write. @default false */
  readonly writes?: boolean;
  /** Keeps a record of each writing. @default none is kept */
  readonly record?: ValidationContext["record"];
  /** For one answer of a program, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  /** Settings in place of the committed ones, with which the stack was applied. */
  readonly overrides?: readonly Override[];
  /** The objects of the stack, where they are known. @default they are rendered */
  readonly declared?: readonly StackObject[];
  /** @default shows nothing */
  readonly progress?: Progress;
  /** What time it is, and how time is let pass. @default that of this machine */
  readonly clock?: Clock;
}

interface Clock {
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const machineClock: Clock = { now: () => new Date(), sleep };

/** Between two looks at what has failed. */
const pauseMs = 5_000;

/**
 * Looks whether a stack works after an update: what the cluster says of its objects, and what its
 * programs answer. Changes nothing, but for what `writes` allows.
 */
export async function validate(
  target: Target,
  api: Api,
  options: ValidateOptions = {},
): Promise<readonly Result[]> {
  const { progress = silent, systems, waitSeconds = 0, clock = machineClock } = options;
  if (target.kind === "none") {
    throw new UserError(
      `Stack ${target.stack} has no cluster here.`,
      `Set KUBECONFIG, or bring it up: npm run up -- --stack ${target.stack}`,
    );
  }
  const whole = options.declared ?? (await declaredBy(target, options));
  const declared = whole.filter((object) => isOf(object, systems));
  if (declared.length === 0) {
    throw new UserError(
      `Stack ${target.stack} has no object${systems === undefined ? "" : ` of ${systems.join(", ")}`}.`,
      "Is it switched off in the settings?",
    );
  }
  const until = clock.now().getTime() + waitSeconds * 1000;
  return during(progress, "Validating", async (step) => {
    const look = (choice: Choice): Promise<readonly Result[]> =>
      runChecks(contextOf(target, api, declared, options, clock.now()), choice, (left) => {
        step.update(left.join(", "));
      });
    let results = await look(options);
    for (;;) {
      const failed = results.filter(({ status }) => status === "failed");
      if (failed.length === 0 || clock.now().getTime() + pauseMs > until) return results;
      step.update(`waiting for ${failed.map(({ subject }) => subject).join(", ")}`);
      await clock.sleep(pauseMs);
      const names = [...new Set(failed.map(({ check }) => check))];
      results = renewed(results, names, await look({ only: names }));
    }
  });
}

/** The results of some checks in place of those before them. */
export function renewed(
  before: readonly Result[],
  names: readonly string[],
  again: readonly Result[],
): readonly Result[] {
  const all = [...new Set(before.map(({ check }) => check))];
  return all.flatMap((name) =>
    (names.includes(name) ? again : before).filter(({ check }) => check === name),
  );
}

/** Asks the engine which objects the stack has. */
export async function declaredBy(
  { stack, workspace }: Pick<Target, "stack" | "workspace">,
  { overrides = [], progress = silent }: Pick<ValidateOptions, "overrides" | "progress"> = {},
): Promise<readonly StackObject[]> {
  const { files } = await during(progress, "Rendering the stack's objects", () =>
    renderObjects(stack, { workspace, overrides }),
  );
  return readObjects(files);
}

function isOf({ metadata }: KubernetesObject, systems: readonly string[] | undefined): boolean {
  if (systems === undefined) return true;
  return systems.includes(metadata.labels?.["app.kubernetes.io/part-of"] ?? "");
}

function contextOf(
  { kind, stack }: Target,
  api: Api,
  declared: readonly StackObject[],
  options: ValidateOptions,
  now: Date,
): ValidationContext {
  const { windowMinutes = 10, writes = false, timeoutMs = 10_000 } = options;
  const record: ValidationContext["record"] = options.record ?? ((_what, _why, work) => work());
  const simulated = kind === "embedded";
  return {
    ...{ stack, declared, api, simulated, writes, record, timeoutMs, now },
    live: new Live(api, namespacesOf(declared)),
    windowMs: windowMinutes * 60_000,
    again: simulated
      ? `npm run up -- --stack ${stack} --refresh`
      : `npm run apply -- --stack ${stack} --refresh`,
    forward: (to) => forwardTo(api, to),
  };
}
