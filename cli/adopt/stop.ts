import { during } from "../progress";
import { patch, type Site, until } from "./cluster";
import { claimsOf } from "./counterparts";
import { type Live, readLive } from "./live";
import { type CronJob, isOfRelease, nameOf, type Workload } from "./objects";
import { isActive, isPodOf, writersOf } from "./pods";
import type { Release } from "./release";

/** On what was stopped: how it was before, so that it can be started again by whoever comes next. */
const marks = { replicas: "adopt.platform/replicas", suspend: "adopt.platform/suspend" } as const;

const stopSeconds = 300;

/** What is stopped, in this order: what runs by the clock, what has no data, what has. */
export function stopOrder(
  release: Release,
  live: Live,
): readonly (readonly (Workload | CronJob)[])[] {
  const own = live.workloads.filter(
    (workload) => isOfRelease(workload, release) && workload.kind !== "DaemonSet",
  );
  return [
    live.cronJobs.filter((cronJob) => isOfRelease(cronJob, release)),
    own.filter((workload) => !holdsData(workload)),
    own.filter(holdsData),
  ];
}

function holdsData(workload: Workload): boolean {
  return claimsOf(workload).length > 0 || (workload.spec.volumeClaimTemplates ?? []).length > 0;
}

/**
 * Stops the old workloads, each group after the one before has no pods any more, and waits until nobody but
 * ours has any of the claims: a job may have begun before its CronJob was suspended.
 */
export async function stopOld(
  site: Site,
  release: Release,
  live: Live,
  claims: readonly string[],
): Promise<readonly string[]> {
  const stopped: string[] = [];
  for (const group of stopOrder(release, live)) {
    for (const object of group) {
      const change = stopChange(object);
      if (change === undefined) continue;
      await patch(site, object, change);
      stopped.push(nameOf(object));
    }
    const servers = group.filter((object): object is Workload => object.kind !== "CronJob");
    if (servers.length === 0) continue;
    const names = servers.map(nameOf).join(", ");
    await during(
      site.progress,
      `Waiting until ${names} ${servers.length === 1 ? "has" : "have"} no pods`,
      () =>
        until("The old pods do not go away", stopSeconds, async () => {
          const { pods } = await readLive(site.kubectl, site.namespace);
          return pods
            .filter((pod) => isActive(pod) && servers.some((it) => isPodOf(it, pod)))
            .map(nameOf);
        }),
    );
  }
  await during(site.progress, "Waiting until nobody has the volumes", () =>
    until("Pods still mount what is taken over", stopSeconds, async () => {
      const { pods } = await readLive(site.kubectl, site.namespace);
      return claims.flatMap((claim) =>
        writersOf(claim, pods).map((pod) => `${nameOf(pod)} (${claim})`),
      );
    }),
  );
  return stopped;
}

function stopChange(object: Workload | CronJob): unknown {
  const { annotations = {} } = object.metadata;
  if (object.kind === "CronJob") {
    if (annotations[marks.suspend] !== undefined) return undefined;
    const before = String(object.spec.suspend ?? false);
    return { metadata: { annotations: { [marks.suspend]: before } }, spec: { suspend: true } };
  }
  const stands = object.spec.replicas === 0;
  if (stands && annotations[marks.replicas] !== undefined) return undefined;
  // Once it stands, the number in the mark is the one that counts.
  const before = annotations[marks.replicas] ?? String(object.spec.replicas ?? 1);
  return { metadata: { annotations: { [marks.replicas]: before } }, spec: { replicas: 0 } };
}

/** Starts what was stopped as it was before: what has data first. */
export async function startOld(
  site: Site,
  release: Release,
  live: Live,
): Promise<readonly string[]> {
  const started: string[] = [];
  for (const object of [...stopOrder(release, live)].reverse().flat()) {
    const change = startChange(object);
    if (change === undefined) continue;
    await patch(site, object, change);
    started.push(nameOf(object));
  }
  return started;
}

function startChange(object: Workload | CronJob): unknown {
  const { annotations = {} } = object.metadata;
  const mark = marks[object.kind === "CronJob" ? "suspend" : "replicas"];
  const before = annotations[mark];
  if (before === undefined) return undefined;
  const spec =
    object.kind === "CronJob" ? { suspend: before === "true" } : { replicas: Number(before) };
  return { metadata: { annotations: { [mark]: null } }, spec };
}

/** Those of the old servers that still have pods, or are to have some. */
export function running(release: Release, live: Live): readonly string[] {
  return live.workloads
    .filter((workload) => isOfRelease(workload, release) && workload.kind !== "DaemonSet")
    .filter(({ spec, status }) => (spec.replicas ?? 1) > 0 || (status?.replicas ?? 0) > 0)
    .map(nameOf);
}
