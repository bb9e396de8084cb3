import { setTimeout as sleep } from "node:timers/promises";

import type { Kubectl } from "../cluster";
import { ChildFailure } from "../process";
import { fieldManager, type Patch, type Stoppable } from "./marks";
import type { Job, LiveObject } from "./objects";

/** The objects of some kinds in some namespaces; none of a namespace that is not there. */
export async function objectsOf(
  kubectl: Kubectl,
  namespaces: readonly string[],
  kinds: readonly string[],
  selector?: string,
): Promise<readonly LiveObject[]> {
  const chosen = selector === undefined ? [] : ["--selector", selector];
  const lists = await Promise.all(
    namespaces.map((namespace) =>
      kubectl([
        ...["get", kinds.join(), "--namespace", namespace, ...chosen],
        ...["--show-managed-fields", "--output", "json"],
      ]),
    ),
  );
  return lists.flatMap((text) => (JSON.parse(text) as { items: readonly LiveObject[] }).items);
}

const groups: Readonly<Record<string, string>> = {
  Deployment: "apps",
  StatefulSet: "apps",
  CronJob: "batch",
  Job: "batch",
  ScaledObject: "keda.sh",
};

function addressOf({ kind, metadata: { name, namespace } }: LiveObject): string[] {
  return [`${kind.toLowerCase()}.${groups[kind] ?? ""}`, name, "--namespace", namespace];
}

/** An object as it is now. */
export async function current<T extends LiveObject>(kubectl: Kubectl, object: T): Promise<T> {
  const args = ["get", ...addressOf(object), "--show-managed-fields", "--output", "json"];
  return JSON.parse(await kubectl(args)) as T;
}

/** The Job of this name; undefined where the API server says that there is none. */
export async function find(kubectl: Kubectl, job: NewJob): Promise<Job | undefined> {
  const args = ["get", ...addressOf(job), "--ignore-not-found", "--output", "json"];
  const text = await kubectl(args);
  return text.trim() === "" ? undefined : (JSON.parse(text) as Job);
}

/**
 * Patches an object as it is now. What somebody else changes in the same moment is read again: an
 * autoscaler, or a controller that notes how many pods there are.
 */
export async function patch<T extends Stoppable>(
  kubectl: Kubectl,
  object: T,
  patchOf: (now: T) => Patch | undefined,
): Promise<void> {
  await unlessChanged(async () => {
    const change = patchOf(await current(kubectl, object));
    if (change === undefined) return;
    await kubectl([
      ...["patch", ...addressOf(object), "--type=merge"],
      ...[`--field-manager=${fieldManager}`, "--patch", JSON.stringify(change)],
    ]);
  });
}

/** Does something again that was refused because the object had changed since it was read. */
export async function unlessChanged<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const conflict = error instanceof ChildFailure && error.output.includes("(Conflict)");
      if (!conflict || tries === 10) throw error;
    }
  }
}

/** A Job that is not on the cluster yet. */
export type NewJob = Omit<Job, "status">;

/** Makes a Job and gives it as the API server has it, with its identity. */
export async function create(kubectl: Kubectl, job: NewJob): Promise<Job> {
  const args = ["create", "--filename", "-", "--output", "json"];
  return JSON.parse(await kubectl(args, JSON.stringify(job))) as Job;
}

/** Lets a suspended Job begin: this one, not another one that has got its name. */
export async function unsuspend(kubectl: Kubectl, job: Job): Promise<void> {
  const change = { metadata: { uid: job.metadata.uid }, spec: { suspend: false } };
  await kubectl([
    ...["patch", ...addressOf(job), "--type=merge"],
    ...[`--field-manager=${fieldManager}`, "--patch", JSON.stringify(change)],
  ]);
}

/** Deletes a Job that has not begun, while it is as it was read. */
export async function withdraw(kubectl: Kubectl, { metadata }: Job): Promise<void> {
  const { uid, resourceVersion } = metadata;
  await remove(kubectl, metadata, "Background", { uid, resourceVersion });
}

const pollMs = 1_000;
const removalMs = 180_000;

/** Deletes a Job that is over and waits until its pods have gone: they hold volumes. */
export async function removeWholly(kubectl: Kubectl, job: Job): Promise<void> {
  const { name, uid } = job.metadata;
  await remove(kubectl, job.metadata, "Foreground", { uid });
  for (const end = Date.now() + removalMs; ;) {
    if ((await find(kubectl, job))?.metadata.uid !== uid) return;
    if (Date.now() > end) {
      throw new ChildFailure("kubectl delete", 1, `Job ${name} does not go away.\n`);
    }
    await sleep(pollMs);
  }
}

/** Deletes exactly the Job that is meant, never another one that has got its name since. */
async function remove(
  kubectl: Kubectl,
  { name, namespace }: Job["metadata"],
  propagationPolicy: "Background" | "Foreground",
  preconditions: {
    readonly uid: string | undefined;
    readonly resourceVersion?: string | undefined;
  },
): Promise<void> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
  const options = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy, preconditions };
  try {
    await kubectl(["delete", "--raw", path, "--filename", "-"], JSON.stringify(options));
  } catch (error) {
    const gone = error instanceof ChildFailure && error.output.includes("(NotFound)");
    if (!gone) throw error;
  }
}
