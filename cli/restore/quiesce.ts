import { setTimeout as sleep } from "node:timers/promises";

import type { Kubectl } from "../cluster";
import { UserError } from "../errors";
import { during } from "../progress";
import type { Progress } from "../toolchain/progress";
import { current, objectsOf, patch } from "./cluster";
import {
  isMarked,
  releasePatch,
  runOf,
  startPatch,
  stopPatch,
  type Stoppable,
  usualReplicas,
} from "./marks";
import { nameOf, type Pod, type Workload } from "./objects";
import type { Writers } from "./writers";

/** How long pods may take to end, or to get ready; both are bounded by their own settings. */
export interface Patience {
  readonly toStopMs: number;
  readonly toStartMs: number;
}

const usual: Patience = { toStopMs: 10 * 60_000, toStartMs: 10 * 60_000 };
const pollMs = 1_000;

export interface Quiescence {
  readonly kubectl: Kubectl;
  readonly namespaces: readonly string[];
  /** Whether KEDA's objects can be asked for. */
  readonly keda: boolean;
  readonly progress: Progress;
  /** @default ten minutes each */
  readonly patience?: Patience;
}

/**
 * Stops what may write into a store and waits until no pod of it is left. What earlier runs have left
 * stopped is taken over, so that it is started with the others.
 */
export async function stopWriters(at: Quiescence, writers: Writers, run: string): Promise<void> {
  const { kubectl, progress } = at;
  await during(progress, "Stopping the writers", async (step) => {
    // First what would start the others again.
    const left = await stoppedWriters(at);
    for (const object of [...writers.scaledObjects, ...writers.stopped, ...left]) {
      step.update(nameOf(object));
      await patch<Stoppable>(kubectl, object, (now) => stopPatch(now, run));
    }
    await until(
      at.patience?.toStopMs ?? usual.toStopMs,
      async () => {
        const pods = (await objectsOf(kubectl, at.namespaces, ["pods"])) as readonly Pod[];
        const left = pods.filter((pod) => runs(pod) && writers.writes(pod));
        step.update(`${left.length} pods are left`);
        return left.map(nameOf);
      },
      (left) =>
        new UserError(
          `These pods may write into the store, and they do not end: ${left.join(", ")}.`,
          "Wait for the Jobs that they belong to, or delete them, and try again.",
        ),
    );
  });
}

/** What a restore has stopped and not yet started again, in all namespaces of a system. */
export async function stoppedWriters(at: Quiescence): Promise<readonly Stoppable[]> {
  const kinds = ["deployments.apps", "statefulsets.apps", "cronjobs.batch"];
  const scaled = at.keda ? ["scaledobjects.keda.sh"] : [];
  const found = await objectsOf(at.kubectl, at.namespaces, [...kinds, ...scaled]);
  return (found as readonly Stoppable[]).filter(isMarked);
}

/** Starts what a run has stopped, and nothing that is another run's by now. */
export async function startOwn(at: Quiescence, run: string): Promise<void> {
  const stopped = await stoppedWriters(at);
  await startWriters(
    at,
    stopped.filter((object) => runOf(object) === run),
  );
}

/**
 * Starts writers as they were, but those that another run has stopped since they were read, and waits
 * until they are ready. What remembers how it was goes last, so that this can be cut short and done again.
 */
export async function startWriters(at: Quiescence, stopped: readonly Stoppable[]): Promise<void> {
  const { kubectl, progress } = at;
  if (stopped.length === 0) return;
  const scaledLast = [...stopped].sort((a, b) => rank(a) - rank(b));
  await during(progress, "Starting the writers", async (step) => {
    for (const object of scaledLast) {
      step.update(nameOf(object));
      const isSame = (now: Stoppable): boolean => isMarked(now) && !isOthers(object, now);
      await patch<Stoppable>(kubectl, object, (now) => (isSame(now) ? startPatch(now) : undefined));
      await patch<Stoppable>(kubectl, object, (now) =>
        isSame(now) ? releasePatch(now) : undefined,
      );
    }
    const servers = stopped
      .filter((object): object is Workload => "template" in object.spec)
      .map((server) => ({ server, wanted: usualReplicas(server) }));
    await until(
      at.patience?.toStartMs ?? usual.toStartMs,
      async () => {
        const states = await Promise.all(
          servers.map(async ({ server, wanted }) => {
            const now = await current(kubectl, server);
            const ready = isOthers(server, now) || (now.status?.readyReplicas ?? 0) >= wanted;
            return { server, ready };
          }),
        );
        const waiting = states.filter(({ ready }) => !ready);
        step.update(`${waiting.length} are not ready`);
        return waiting.map(({ server }) => nameOf(server));
      },
      (waiting) =>
        new UserError(
          `The writers are started as they were, and these do not get ready: ${waiting.join(", ")}.`,
          "Look at their pods: kubectl describe pod, kubectl logs.",
        ),
    );
  });
}

/** Whether another run has stopped a writer since it was read. */
function isOthers(object: Stoppable, now: Stoppable): boolean {
  return isMarked(now) && runOf(now) !== runOf(object);
}

function rank({ kind }: Stoppable): number {
  return kind === "ScaledObject" ? 1 : 0;
}

function runs({ status }: Pod): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed";
}

/** Asks again and again until nothing is left to wait for. */
async function until(
  patienceMs: number,
  left: () => Promise<readonly string[]>,
  fault: (left: readonly string[]) => Error,
): Promise<void> {
  for (const end = Date.now() + patienceMs; ;) {
    const waiting = await left();
    if (waiting.length === 0) return;
    if (Date.now() > end) throw fault(waiting);
    await sleep(pollMs);
  }
}
