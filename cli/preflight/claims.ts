import { type Pod } from "../adopt/objects";
import { writersOf } from "../adopt/pods";
import { some } from "./classes";
import type { ClusterClient } from "./cluster";
import { attempt, failed, type Finding, passed, type PreflightContext } from "./model";
import { nameOf, ofKind, type StackObject, templateOf } from "./objects";

/** A claim that the stack's pods mount and that the stack does not make. */
interface TakenOver {
  readonly namespace: string;
  readonly name: string;
  readonly users: readonly string[];
}

/** Whether the claims that were there before are there, and nobody else writes into them. */
export async function claims({ cluster, objects }: PreflightContext): Promise<readonly Finding[]> {
  const taken = takenOver(objects);
  if (taken.length === 0) return [passed("Existing claims", "the settings take over none")];
  const client = cluster();
  const found = await Promise.all(
    taken.map((claim) =>
      attempt(subjectOf(claim), async () => [await claimFinding(client, claim)]),
    ),
  );
  return found.flat();
}

function takenOver(objects: readonly StackObject[]): readonly TakenOver[] {
  const made = new Set(ofKind(objects, "PersistentVolumeClaim").map(nameOf));
  const found = new Map<string, TakenOver>();
  for (const object of objects) {
    const { namespace = "default" } = object.metadata;
    for (const { persistentVolumeClaim } of templateOf(object)?.spec.volumes ?? []) {
      if (persistentVolumeClaim === undefined) continue;
      const claim = { namespace, name: persistentVolumeClaim.claimName };
      const subject = subjectOf(claim);
      if (made.has(subject)) continue;
      const users = [...(found.get(subject)?.users ?? []), nameOf(object)];
      found.set(subject, { ...claim, users });
    }
  }
  return [...found.values()];
}

async function claimFinding(
  client: ClusterClient,
  { namespace, name, users }: TakenOver,
): Promise<Finding> {
  const subject = subjectOf({ namespace, name });
  const base = `/api/v1/namespaces/${namespace}`;
  if ((await client.get(`${base}/persistentvolumeclaims/${name}`)) === undefined) {
    const evidence = `not on the cluster; ${some(users)} cannot start`;
    return failed(subject, evidence, "Correct existingClaim in the settings, or make the claim.");
  }
  const pods = writersOf(name, await client.list<Pod>(`${base}/pods`));
  if (pods.length === 0) return passed(subject, "there, and no pod of others mounts it");
  const names = pods.map(({ metadata }) => metadata.name);
  return failed(
    subject,
    `for ${some(users)}, and pods of others mount it: ${some(names)}`,
    "Stop them first, as npm run adopt does: two servers would write into the same files.",
  );
}

function subjectOf({ namespace, name }: Pick<TakenOver, "namespace" | "name">): string {
  return `PersistentVolumeClaim ${namespace}/${name}`;
}
