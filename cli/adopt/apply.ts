import { UserError } from "../errors";
import { planUpdate, type Plan } from "../plan";
import { policyArguments } from "../policy/arguments";
import { during } from "../progress";
import { interruptible } from "../restore/session";
import { requireAllowed } from "../review/guard";
import type { Target } from "../target";
import { checkPhases } from "../telemetry/check";
import { localDay } from "../telemetry/day";
import type { Progress } from "../toolchain/progress";
import type { Adoption } from "./adoption";
import { addressOf, type Site } from "./cluster";
import { claimsOf } from "./counterparts";
import { keepData } from "./keep";
import { readLive } from "./live";
import { isOurs, nameOf } from "./objects";
import { yamlOf } from "./proposal";
import { stopOld } from "./stop";
import { type Taken, takenOf } from "./taken";

/** What was refused for a fault that the plan shows. */
export const refusedExit = 3;

export interface Applied {
  readonly stopped: readonly string[];
  /** Each claim that was taken over, and who of ours mounts it. */
  readonly mounted: Readonly<Record<string, string>>;
}

/** What to do after an interruption. */
export const again = "What is done is not done twice: run the same command again.";

/**
 * Takes over: marks what must survive, stops the old workloads, and brings ours up on their volumes.
 * Each step may be repeated; a run that was killed is ended by the next one.
 */
export async function applyAdoption(
  target: Target,
  adoption: Adoption,
  progress: Progress,
  show = false,
): Promise<Applied> {
  requireReady(target.stack, adoption);
  const { kubectl } = target;
  const { release, live, rivals } = adoption;
  const { namespace } = release;
  const site: Site = { kubectl, namespace, progress };
  await checkPhases(target, localDay(new Date()));
  // Our own objects that somebody has taken away, as --back does, are seen by a refresh alone.
  const args = [...policyArguments(target.workspace), "--refresh"];
  const plan = await during(progress, "Looking at what the update would do", () =>
    planUpdate(target, { args }),
  );
  requireHarmless(plan);
  requireAllowed(plan);
  const taken = takenOf(adoption);
  // Without the engine: whoever ends us then has to wait until it has written its state.
  const stopped = await interruptible(again, async () => {
    await during(progress, "Marking what has to survive", () => keepData(site, adoption, taken));
    const names = await stopOld(site, release, live, Object.keys(taken.claims));
    for (const rival of rivals) {
      await kubectl(["delete", addressOf(rival), "--namespace", namespace, "--ignore-not-found"]);
    }
    return names;
  });
  await during(progress, "Bringing ours up on the old volumes", () =>
    target.operate("up", ["--yes", "--skip-preview", ...args], { show }),
  );
  return { stopped, mounted: await mountedByOurs(site, taken) };
}

/** Refuses what the plan says cannot be done, and settings that the stack does not have. */
export function requireReady(stack: string, { obstacles, missing, system }: Adoption): void {
  const [first] = obstacles;
  if (first !== undefined) {
    throw new UserError(
      obstacles.map(({ what, mend }) => `${what}\n  ${mend}`).join("\n"),
      "Nothing was changed. The plan (without --apply) shows the rest.",
      refusedExit,
    );
  }
  const needed = missing.filter(({ must }) => must);
  if (needed.length === 0) return;
  throw new UserError(
    `Stack ${stack} does not have the settings by which ours finds the data:\n${yamlOf(system, needed)}`,
    `Nothing was changed. Add them to Pulumi.${stack}.yaml by hand or with --write. Commit them after --apply: an update that comes first would find the old pods on the volumes.`,
    refusedExit,
  );
}

/** Refuses an update that would take anything away. */
export function requireHarmless({ resources }: Plan): void {
  const harmful = resources.filter(({ operation }) => ["delete", "replace"].includes(operation));
  if (harmful.length > 0) {
    throw new UserError(
      `The update would delete or replace:\n${harmful.map(({ operation, urn }) => `  ${operation} ${shortUrn(urn)}`).join("\n")}`,
      "An adoption only adds. Where a claim of ours was there before, say ownClaim: keep; bring other changes to an end with an update of their own first.",
      refusedExit,
    );
  }
}

function shortUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.slice(types.lastIndexOf(":") + 1)} ${name}`;
}

/**
 * Who of ours mounts each claim that was taken over, which has to be the same claim as before.
 *
 * @throws UserError where a claim is another one, or nobody of ours has it
 */
export async function mountedByOurs(
  { kubectl, namespace }: Site,
  taken: Taken,
): Promise<Readonly<Record<string, string>>> {
  const live = await readLive(kubectl, namespace);
  const ours = live.workloads.filter(isOurs);
  return Object.fromEntries(
    Object.entries(taken.claims).map(([claim, uid]) => {
      const now = live.claims.find(({ metadata }) => metadata.name === claim);
      if (now?.metadata.uid !== uid) {
        throw new UserError(
          `Claim ${claim} is not the one that it was.`,
          `Its volume is kept (Retain): kubectl get persistentvolumes`,
        );
      }
      const mounts = ours.find((workload) => claimsOf(workload).includes(claim));
      if (mounts === undefined) {
        throw new UserError(
          `Nothing of ours mounts claim ${claim}.`,
          "Run it with --apply; where that was done, look at the settings of its part.",
        );
      }
      return [claim, nameOf(mounts)];
    }),
  );
}
