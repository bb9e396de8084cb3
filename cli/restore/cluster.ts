import { ChildFailure } from "../process";
import { fieldManager, type Patch, type Stoppable } from "./marks";
import type { Job, LiveObject } from "./objects";

/** Runs kubectl on one cluster and gives what it writes. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

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

/**
 * Patches an object as it is now. What somebody else changes in the same moment is read again: an
 * autoscaler, or a controller that notes how many pods there are.
 */
export async function patch<T extends Stoppable>(
  kubectl: Kubectl,
  object: T,
  patchOf: (now: T) => Patch | undefined,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const change = patchOf(await current(kubectl, object));
    if (change === undefined) return;
    try {
      await kubectl([
        ...["patch", ...addressOf(object), "--type=merge"],
        ...[`--field-manager=${fieldManager}`, "--patch", JSON.stringify(change)],
      ]);
      return;
    } catch (error) {
      const conflict = error instanceof ChildFailure && error.output.includes("Conflict");
      if (!conflict || tries === 10) throw error;
    }
  }
}

export async function create(kubectl: Kubectl, job: Omit<Job, "status">): Promise<void> {
  await kubectl(["create", "--filename", "-"], JSON.stringify(job));
}

/** Deletes a Job with its pods and waits until they have gone: they hold volumes. */
export async function remove(kubectl: Kubectl, job: LiveObject): Promise<void> {
  await kubectl([
    ...["delete", ...addressOf(job), "--ignore-not-found"],
    ...["--cascade=foreground", "--wait", "--timeout=180s"],
  ]);
}
