import { UserError } from "../errors";
import { planUpdate, type Plan } from "../plan";
import { during } from "../progress";
import type { Target } from "../target";
import type { Progress } from "../toolchain/progress";
import { type Adoption, hasDeletingPolicy } from "./adoption";
import { addressOf, patch, type Site, until } from "./cluster";
import { claimsOf } from "./counterparts";
import type { Holding } from "./holdings";
import { readLive } from "./live";
import { helmMarks, isOurs, nameOf, type Workload } from "./objects";
import { yamlOf } from "./proposal";
import { stopOld } from "./stop";

/** What was refused for a fault that the plan shows. */
export const refusedExit = 3;

export interface Applied {
  readonly stopped: readonly string[];
  /** Each claim that was taken over, and who of ours mounts it. */
  readonly mounted: Readonly<Record<string, string>>;
}

export type AdoptTarget = Pick<
  Target,
  "kubectl" | "operate" | "settings" | "stack" | "tmp" | "workspace"
>;

/**
 * Takes over: marks what must survive, stops the old workloads, and brings ours up on their volumes.
 * Each step may be repeated; a run that was killed is ended by the next one.
 */
export async function applyAdoption(
  target: AdoptTarget,
  adoption: Adoption,
  progress: Progress,
  show = false,
): Promise<Applied> {
  requireReady(target.stack, adoption);
  const site: Site = { kubectl: target.kubectl, namespace: adoption.release.namespace, progress };
  // Our own objects that somebody has taken away, as --back does, are seen by a refresh alone.
  const args = ["--refresh"];
  const plan = await during(progress, "Looking at what the update would do", () =>
    planUpdate(target, { args }),
  );
  requireHarmless(plan);
  await during(progress, "Marking what has to survive", () => keepData(site, adoption));
  const stopped = await stopOld(site, adoption.release, adoption.live);
  for (const rival of adoption.rivals) {
    const { kubectl, namespace } = site;
    await kubectl(["delete", addressOf(rival), "--namespace", namespace, "--ignore-not-found"]);
  }
  await during(progress, "Bringing ours up on the old volumes", () =>
    target.operate("up", ["--yes", "--skip-preview", ...args], { show }),
  );
  return { stopped, mounted: await mountedByOurs(site, adoption) };
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
    `Nothing was changed. Add them to Pulumi.${stack}.yaml by hand or with --write, and commit them.`,
    refusedExit,
  );
}

/** Refuses an update that would take anything away. */
export function requireHarmless({ resources, errors, violations }: Plan): void {
  const harmful = resources.filter(({ operation }) => ["delete", "replace"].includes(operation));
  if (harmful.length > 0) {
    throw new UserError(
      `The update would delete or replace:\n${harmful.map(({ operation, urn }) => `  ${operation} ${shortUrn(urn)}`).join("\n")}`,
      "An adoption only adds. Where a claim of ours was there before, say ownClaim: keep; bring other changes to an end with an update of their own first.",
      refusedExit,
    );
  }
  const broken = violations.filter(({ level }) => level === "mandatory");
  const said = [...errors, ...broken.map(({ policy, message }) => `${policy}: ${message}`)];
  if (said.length > 0) {
    throw new UserError(
      said.join("\n"),
      "Nothing was changed: the update would fail.",
      refusedExit,
    );
  }
}

function shortUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.slice(types.lastIndexOf(":") + 1)} ${name}`;
}

/**
 * Retain on the volumes is what counts: Helm reads `keep` on what an upgrade leaves out, but an uninstall
 * goes by its own record.
 */
async function keepData(site: Site, { judged, live, proposed }: Adoption): Promise<void> {
  const { kubectl, namespace } = site;
  const keep = `${helmMarks.policy}=keep`;
  const secrets = new Set(
    proposed.flatMap(({ value }) =>
      typeof value === "object" && value.secretName !== undefined ? [value.secretName] : [],
    ),
  );
  const kept = [
    ...judged.map(({ holding }) => `persistentvolumeclaim/${holding.claim}`),
    ...[...secrets].map((name) => `secret/${name}`),
  ];
  if (kept.length > 0) {
    await kubectl(["annotate", ...kept, "--namespace", namespace, "--overwrite", keep]);
  }
  const retain = JSON.stringify({ spec: { persistentVolumeReclaimPolicy: "Retain" } });
  for (const { holding } of judged) {
    if (holding.volume.policy === "Retain" || holding.volume.name === "") continue;
    await kubectl(["patch", "persistentvolume", holding.volume.name, "--patch", retain]);
  }
  const owners = live.workloads.filter((workload) =>
    judged.some(({ holding }) =>
      holding.users.some((user) => user.workload.metadata.uid === workload.metadata.uid),
    ),
  );
  await releaseClaims(
    site,
    owners.filter(hasDeletingPolicy),
    judged.map((it) => it.holding),
  );
}

/** A StatefulSet that deletes its claims owns them; they are free when its controller has noticed. */
async function releaseClaims(
  site: Site,
  owners: readonly Workload[],
  holdings: readonly Holding[],
): Promise<void> {
  if (owners.length === 0) return;
  const persistentVolumeClaimRetentionPolicy = { whenDeleted: "Retain", whenScaled: "Retain" };
  for (const owner of owners) {
    await patch(site, owner, { spec: { persistentVolumeClaimRetentionPolicy } });
  }
  const names = holdings.map(({ claim }) => claim);
  await until("The claims are not free", 60, async () => {
    const { claims } = await readLive(site.kubectl, site.namespace);
    return claims
      .filter(({ metadata }) => names.includes(metadata.name))
      .filter(({ metadata }) => (metadata.ownerReferences ?? []).length > 0)
      .map(nameOf);
  });
}

/**
 * Who of ours mounts each claim that was taken over, which has to be the same claim as before.
 *
 * @throws UserError where a claim is another one, or nobody of ours has it
 */
export async function mountedByOurs(
  { kubectl, namespace }: Site,
  { judged }: Adoption,
): Promise<Readonly<Record<string, string>>> {
  const live = await readLive(kubectl, namespace);
  const ours = live.workloads.filter(isOurs);
  const taken = judged.filter(({ verdict, left }) => verdict?.adopt === true && !left);
  return Object.fromEntries(
    taken.map(({ holding: { claim, uid } }) => {
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
