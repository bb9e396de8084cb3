import { UserError } from "../errors";
import { statelessKinds } from "../helm/stateless";
import { planUpdate } from "../plan";
import { during } from "../progress";
import { interruptible } from "../restore/session";
import type { Target } from "../target";
import type { Progress } from "../toolchain/progress";
import type { Adoption } from "./adoption";
import { again, mountedByOurs, refusedExit } from "./apply";
import { addressOf, current, patch, type Site } from "./cluster";
import { keepData } from "./keep";
import { helmMarks, isOfRelease, type KubernetesObject, nameOf } from "./objects";
import { writersOf } from "./pods";
import { running } from "./stop";
import { type Taken, takenOf } from "./taken";

export interface Finished {
  readonly deleted: readonly string[];
  /** What stays, without Helm's marks. */
  readonly kept: readonly string[];
  /** The Secrets by which Helm knew the release. */
  readonly records: readonly string[];
}

/**
 * Ends an adoption: makes sure of the data once more, takes Helm's marks off what stays, deletes what of the
 * release holds no data and stands still, and removes the record last. What was taken over is written on
 * the record, so that a run which was killed can be repeated.
 */
export async function finishAdoption(
  target: Target,
  adoption: Adoption,
  progress: Progress,
): Promise<Finished> {
  const { release } = adoption;
  const { kubectl } = target;
  const { namespace } = release;
  const site: Site = { kubectl, namespace, progress };
  const taken = release.taken ?? takenOf(adoption);
  await requireApplied(target, site, adoption, taken);
  return interruptible(again, async () => {
    await during(progress, "Making sure that the data stay", () => keepData(site, adoption, taken));
    const there = (await current(site, release.objects)).filter((it) => isOfRelease(it, release));
    const gone = there.filter(({ kind }) => statelessKinds.has(kind));
    const rest = there.filter((object) => !gone.includes(object));
    const kept = unique([...rest, ...(await current(site, referred(taken, namespace)))]);
    // Before anything is deleted: what of the release is left then is found by what is still of it.
    await during(progress, "Taking Helm's marks off what stays", async () => {
      for (const object of kept) await patch(site, object, withoutMarks(object));
    });
    await during(progress, "Removing what of the release holds no data", async () => {
      for (const object of gone) await remove(site, object);
    });
    // The newest last: it is what a repeated run goes by.
    for (const record of release.records) {
      await kubectl(["delete", "secret", record, "--namespace", namespace, "--ignore-not-found"]);
    }
    return { deleted: gone.map(nameOf), kept: kept.map(nameOf), records: release.records };
  });
}

/** Refuses where ours is not all there, or the old ones still run: what comes after cannot be undone. */
export async function requireFinishable(
  target: Target,
  adoption: Adoption,
  progress: Progress,
): Promise<void> {
  const { namespace, taken } = adoption.release;
  const site: Site = { kubectl: target.kubectl, namespace, progress };
  await requireApplied(target, site, adoption, taken ?? takenOf(adoption));
}

async function requireApplied(
  target: Target,
  site: Site,
  { release, live }: Adoption,
  taken: Taken,
): Promise<void> {
  const writers = Object.keys(taken.claims).flatMap((claim) => writersOf(claim, live.pods));
  const still = [...new Set([...running(release, live), ...writers.map(nameOf)])];
  if (still.length > 0) {
    throw new UserError(
      `Of the release there still runs: ${still.join(", ")}.`,
      "Take over first: --apply.",
      refusedExit,
    );
  }
  await mountedByOurs(site, taken);
  const { resources, errors } = await during(
    site.progress,
    "Looking whether ours is all there",
    () => planUpdate(target, { args: ["--refresh"] }),
  );
  const open = resources.filter(
    ({ operation }) => !["same", "read", "refresh"].includes(operation),
  );
  if (open.length + errors.length > 0) {
    throw new UserError(
      `Ours is not as the settings say: ${String(open.length)} changes are open${errors.length === 0 ? "" : `, and ${errors.join("; ")}`}.`,
      "Bring it up to the end first: --apply, or an update.",
      refusedExit,
    );
  }
}

async function remove({ kubectl, namespace }: Site, object: KubernetesObject): Promise<void> {
  await kubectl([
    ...["delete", addressOf(object), "--namespace", namespace],
    ...["--ignore-not-found", "--wait=true", "--timeout=120s"],
  ]);
}

/** Everything that was taken over, or left, as far as it is there. */
function referred(
  { claims, left, secrets }: Taken,
  namespace: string,
): readonly KubernetesObject[] {
  const object = (kind: string, name: string): KubernetesObject => ({
    ...{ apiVersion: "v1", kind, metadata: { name, namespace } },
  });
  return [
    ...[...Object.keys(claims), ...left].map((name) => object("PersistentVolumeClaim", name)),
    ...secrets.map((name) => object("Secret", name)),
  ];
}

function unique(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return [...new Map(objects.map((object) => [nameOf(object), object])).values()];
}

/** Takes off what Helm wrote, and the label that charts write for it. */
function withoutMarks({ metadata }: KubernetesObject): unknown {
  const isHelms = metadata.labels?.[helmMarks.label] === "Helm";
  return {
    metadata: {
      ...(isHelms ? { labels: { [helmMarks.label]: null } } : {}),
      annotations: {
        [helmMarks.name]: null,
        [helmMarks.namespace]: null,
        [helmMarks.policy]: null,
      },
    },
  };
}
