import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../errors";
import type { Journal } from "../journal";
import { type Api, ApiFault, type Deployment, kinds, type KubernetesObject } from "../kubernetes";
import type { Kind } from "../kubernetes";
import { during, seconds } from "../progress";
import type { Progress, Step } from "../toolchain/progress";
import { isDue } from "./due";
import { isTarget, podsOf, type Retiring, scaledObjects } from "./look";
import {
  marks,
  type Patch,
  pausePatch,
  releasePatch,
  replicasBefore,
  resumePatch,
  startPatch,
  stopPatch,
} from "./marks";
import type { Situation, StepName } from "./model";
import { type Intent, intents } from "./plan";
import { waitingReasons } from "./waiting";

/** Where and how a step is done. */
export interface Site {
  readonly api: Api;
  readonly legacy: Retiring["legacy"];
  readonly journal: Journal;
  readonly progress: Progress;
  /** How long the pods of one Deployment may take to end, or to get ready. */
  readonly patienceMs: number;
  /** @default 1000 */
  readonly pollMs?: number;
}

/** How long a step took, for each Deployment that it had to do with and in all. */
export interface Timing {
  readonly deployments: readonly { readonly name: string; readonly seconds: number }[];
  readonly seconds: number;
}

const titles: Readonly<Record<StepName, { title: string; why: string }>> = {
  apply: { title: "retire the old services", why: "FaultMaven has taken over" },
  back: { title: "bring the old services back", why: "document 002: in less than four hours" },
  remove: { title: "delete the old Deployments", why: "the time for which they are kept is over" },
};

/**
 * Does a step. Deployments are changed one after another, in order, and waited for together. Each change
 * may be repeated, so that a run that was killed is ended by the next one.
 *
 * @throws UserError with all that did not end well; the others have
 */
export async function carryOut(site: Site, situation: Situation, step: StepName): Promise<Timing> {
  const todo = intents(situation, step);
  const { title, why } = titles[step];
  const started = Date.now();
  const timings = await during(site.progress, upper(title), (shown) =>
    site.journal.do(title, why, () => inOrder(site, todo, step, shown)),
  );
  return { deployments: timings, seconds: (Date.now() - started) / 1000 };
}

async function inOrder(
  site: Site,
  todo: readonly Intent[],
  step: StepName,
  shown: Step,
): Promise<Timing["deployments"]> {
  let done = 0;
  const works: Promise<{ name: string; seconds: number }>[] = [];
  for (const { name, what, why } of todo) {
    const changed = deferred();
    const began = Date.now();
    const work = async (): Promise<{ name: string; seconds: number }> => {
      try {
        await site.journal.do(what, why, async () => {
          await change(site, name, step);
          changed.resolve();
          await settled(site, name, step);
        });
      } finally {
        // Also where it was not changed, or never begun: the next one does not wait for it.
        changed.resolve();
      }
      done += 1;
      const took = Date.now() - began;
      shown.say(`${name} after ${seconds(took)}, ${done} of ${todo.length}`);
      return { name, seconds: took / 1000 };
    };
    const begun = work();
    // It is told in the end; until then nobody waits for it, and a rejection would end the process.
    begun.catch(() => undefined);
    works.push(begun);
    await changed.promise;
  }
  const ended = await Promise.allSettled(works);
  const faults = ended.flatMap((it) => (it.status === "rejected" ? [it.reason as unknown] : []));
  if (faults.length > 0) throw together(faults);
  return ended.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []));
}

/** What a step changes of one Deployment and of what scales it. */
async function change(site: Site, name: string, step: StepName): Promise<void> {
  const { api, legacy } = site;
  switch (step) {
    case "apply":
      // The number is noted before KEDA is told to take it away.
      await patched(site, kinds.deployments, name, (it) =>
        stopPatch(it, new Date(), legacy.keepDays),
      );
      await eachScaler(site, name, pausePatch);
      return;
    case "back":
      // KEDA would take the replicas away again while it is paused.
      await eachScaler(site, name, resumePatch);
      await patched(site, kinds.deployments, name, startPatch);
      return;
    case "remove": {
      const found = await api.read(kinds.deployments, name, legacy.namespace);
      if (found === undefined) return;
      const { annotations = {} } = found.metadata;
      const kept = { since: annotations[marks.since], until: annotations[marks.until] };
      if (found.spec?.replicas !== 0 || !isDue(kept, legacy.keepDays, new Date())) {
        throw new UserError(`Deployment ${name} was started or kept for longer meanwhile.`);
      }
      await api.remove(found);
    }
  }
}

/** Waits until the pods of a Deployment are gone, or ready; after the way back, takes the marks off. */
async function settled(site: Site, name: string, step: StepName): Promise<void> {
  if (step === "apply") {
    await until(site, () => stillThere(site, name));
  } else if (step === "back") {
    await until(site, () => notReady(site, name));
    await patched(site, kinds.deployments, name, (it) => {
      if (isZeroAgain(it)) throw new UserError(`Deployment ${name} was scaled to 0 again.`);
      return replicasBefore(it) === undefined ? undefined : releasePatch(it);
    });
  } else {
    await until(site, async () =>
      (await read(site, name)) === undefined ? undefined : `Deployment ${name} is not gone`,
    );
  }
}

/** What a Deployment that is to stand still has; scaled down again where something has scaled it up. */
async function stillThere(site: Site, name: string): Promise<string | undefined> {
  const found = await read(site, name);
  if (found === undefined) return undefined;
  if (found.spec?.replicas !== 0) {
    await patched(site, kinds.deployments, name, (it) =>
      stopPatch(it, new Date(), site.legacy.keepDays),
    );
    return `Deployment ${name} was scaled up again by somebody`;
  }
  const here = { namespace: site.legacy.namespace };
  const [sets, pods] = await Promise.all([
    site.api.list(kinds.replicaSets, here),
    site.api.list(kinds.pods, here),
  ]);
  const left = podsOf(found, sets, pods).map(({ metadata }) => metadata.name);
  return left.length === 0 ? undefined : `Deployment ${name} has still ${left.join(", ")}`;
}

async function notReady(site: Site, name: string): Promise<string | undefined> {
  const found = await read(site, name);
  if (found === undefined) return `Deployment ${name} is gone`;
  if (isZeroAgain(found)) return `Deployment ${name} was scaled to 0 again`;
  const wanted = found.spec?.replicas ?? 1;
  const { readyReplicas = 0, observedGeneration = 0 } = found.status ?? {};
  const isSeen = observedGeneration >= (found.metadata.generation ?? 0);
  if (isSeen && readyReplicas >= wanted) return undefined;
  const here = { namespace: site.legacy.namespace };
  const [sets, pods] = await Promise.all([
    site.api.list(kinds.replicaSets, here),
    site.api.list(kinds.pods, here),
  ]);
  const reasons = waitingReasons(podsOf(found, sets, pods));
  const because = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
  return `Deployment ${name} has ${readyReplicas} of ${wanted} replicas ready${because}`;
}

/** Whether somebody has undone the way back: without its mark the number would be lost. */
function isZeroAgain(deployment: Deployment): boolean {
  return (replicasBefore(deployment) ?? 0) > 0 && deployment.spec?.replicas === 0;
}

/** Asks again and again until nothing is left to wait for. */
async function until(
  { patienceMs, pollMs = 1000 }: Site,
  left: () => Promise<string | undefined>,
): Promise<void> {
  for (const end = Date.now() + patienceMs; ;) {
    const waiting = await left();
    if (waiting === undefined) return;
    if (Date.now() > end) throw new UserError(`${waiting} after ${seconds(patienceMs)}.`);
    await sleep(pollMs);
  }
}

function read({ api, legacy }: Site, name: string): Promise<Deployment | undefined> {
  return api.read(kinds.deployments, name, legacy.namespace);
}

async function eachScaler(
  site: Site,
  deployment: string,
  of: (object: KubernetesObject) => Patch | undefined,
): Promise<void> {
  const all = await site.api.list(scaledObjects, { namespace: site.legacy.namespace });
  for (const { metadata, spec } of all) {
    if (isTarget(spec?.scaleTargetRef, deployment)) {
      await patched(site, scaledObjects, metadata.name, of);
    }
  }
}

const attempts = 5;

/** Patches an object as it is now, again where somebody has changed it in between. */
async function patched<T extends KubernetesObject>(
  { api, legacy }: Site,
  kind: Kind<T>,
  name: string,
  of: (object: T) => Patch | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await api.read(kind, name, legacy.namespace);
    if (found === undefined) throw new UserError(`${kind.kind} ${name} is gone.`);
    const patch = of(found);
    if (patch === undefined) return;
    try {
      await api.patch(found, patch);
      return;
    } catch (error) {
      if (!(error instanceof ApiFault && error.code === 409) || attempt === attempts) throw error;
    }
  }
}

function together(faults: readonly unknown[]): UserError {
  const lines = faults.map((fault) => (fault instanceof Error ? fault.message : String(fault)));
  return new UserError(
    lines.join("\n"),
    "Look at them (kubectl describe), then run the same command again: what is done is not done twice.",
  );
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
