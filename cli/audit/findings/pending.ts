import type { Pod } from "../../kubernetes";
import { forPods, type Inventory } from "../inventory";
import { type Found, kubectl, mend, type Mend, type Rule } from "../model";
import { titleOf, type Workload } from "../workload";
import { some } from "./mending";
import { isStuck } from "./stuck";

/** Pods that do not start, and pods that cannot even be made. */
export const pending: Rule = {
  name: "pending",
  about: "pods that are pending, and why",
  needs: forPods,
  find: (inventory) =>
    inventory.workloads.flatMap((workload) => [
      ...waiting(inventory, workload),
      ...unmade(inventory, workload),
    ]),
};

function waiting(inventory: Inventory, workload: Workload): readonly Found[] {
  const pods = workload.pods.filter((pod) => pod.status?.phase === "Pending" && !isStuck(pod));
  const [first] = pods;
  if (first === undefined) return [];
  const { namespace } = workload;
  const reasons = pods.map((pod) => reasonOf(inventory, pod));
  return [
    {
      level: "critical",
      subject: titleOf(workload),
      namespace,
      what: `${countText(pods.length)} pending`,
      evidence: some(pods.map(({ metadata }, at) => `pod ${metadata.name}: ${reasons[at] ?? ""}`)),
      mend: mendOf(first, reasons[0] ?? ""),
    },
  ];
}

/** A quota, a policy or a webhook that lets no pod be made. */
function unmade(inventory: Inventory, workload: Workload): readonly Found[] {
  const { conditions = [] } =
    (workload.object as { status?: { conditions?: readonly Condition[] } }).status ?? {};
  const refused = conditions.find((it) => it.type === "ReplicaFailure" && it.status === "True");
  const lacking = (workload.desired ?? 0) - workload.pods.length;
  const told =
    refused?.message ??
    (lacking > 0
      ? inventory.events.findLast(
          ({ reason, involvedObject: it }) =>
            reason === "FailedCreate" &&
            it.namespace === workload.namespace &&
            it.kind === workload.kind &&
            it.name === workload.name,
        )?.message
      : undefined);
  if (told === undefined) return [];
  const { namespace } = workload;
  return [
    {
      level: "critical",
      subject: titleOf(workload),
      namespace,
      what: `${countText(Math.max(lacking, 1))} refused by the API server`,
      evidence: [told],
      mend: mend(
        "Do what the refusal asks for; a quota that is used up is seen by the command.",
        kubectl("describe", "resourcequota", "-n", namespace),
      ),
    },
  ];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

/** The scheduler's word, else the newest event that tells of a failure. */
function reasonOf({ events, claims }: Inventory, { metadata, spec, status }: Pod): string {
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False" && scheduled.message !== undefined) return scheduled.message;
  const unbound = (spec?.volumes ?? [])
    .flatMap(({ persistentVolumeClaim: it }) => (it === undefined ? [] : [it.claimName]))
    .filter((name) =>
      claims.some(
        (claim) =>
          claim.metadata.namespace === metadata.namespace &&
          claim.metadata.name === name &&
          claim.status?.phase !== "Bound",
      ),
    );
  if (unbound.length > 0) return `claim ${unbound.join(", ")} is not bound`;
  const event = events.findLast(
    ({ type, involvedObject: it }) =>
      type === "Warning" &&
      it.kind === "Pod" &&
      it.namespace === metadata.namespace &&
      it.name === metadata.name,
  );
  if (event !== undefined) return `${event.reason ?? ""}: ${event.message ?? ""}`;
  return spec?.nodeName === undefined
    ? "no node has been found, and nobody says why"
    : `on node ${spec.nodeName}, and nobody says why it does not start`;
}

function mendOf({ metadata: { name, namespace = "" } }: Pod, reason: string): Mend {
  const look = kubectl("describe", `pod/${name}`, "-n", namespace);
  if (reason.includes("Insufficient")) {
    return mend(
      "Lower its requests, free what others hold, or add a node.",
      look,
      kubectl("describe", "nodes"),
    );
  }
  // The scheduler has words about resource claims in each of its reasons.
  if (/PersistentVolumeClaim|^claim /.test(reason)) {
    return mend(
      "See to its claim: a class that provides volumes, or a volume that fits.",
      kubectl("get", "pvc,storageclass", "-n", namespace),
    );
  }
  return mend("Mend what the reason names.", look);
}

function countText(count: number): string {
  return count === 1 ? "a pod is" : `${String(count)} pods are`;
}
