import { UserError } from "../errors";
import { storeOf } from "./backups";
import {
  claimsOf,
  type CronJob,
  type LiveObject,
  type NetworkPolicy,
  type Pod,
  type PodSpec,
  type PolicyPeer,
  type ScaledObject,
  selects,
  type Workload,
} from "./objects";

/** What runs in all namespaces of a system, and who may reach whom there. */
export interface SystemObjects {
  readonly workloads: readonly Workload[];
  readonly cronJobs: readonly CronJob[];
  readonly policies: readonly NetworkPolicy[];
  /** None where KEDA is not installed. */
  readonly scaledObjects: readonly ScaledObject[];
}

/** What has to stand still while a store is restored. */
export interface Writers {
  /** What makes pods that may write into the store, and the store's own backup. */
  readonly stopped: readonly (Workload | CronJob)[];
  /** What would start them again meanwhile. */
  readonly scaledObjects: readonly ScaledObject[];
  /** Who else may reach the store, in words: what this program did not make, it does not stop. */
  readonly strangers: readonly string[];
  /** The store's own claims that its backup mounts too: a volume, not a server, is backed up. */
  readonly claims: readonly string[];
  /** Whether a pod may write into the store: none may run while it is restored. */
  readonly writes: (pod: Pod) => boolean;
}

/** On the pods of a restore's own Jobs: the store that they work on. */
export const restoreLabel = "restore.platform/store";

/**
 * Who writes into the store of a backup. The program has no list of them: who mounts the volume that is
 * backed up writes into it, and who may reach a server by a network policy does.
 */
export function writersOf(backup: CronJob, objects: SystemObjects): Writers {
  const claims = sharedClaims(backup, objects.workloads);
  const access = claims.length > 0 ? byClaims(backup, claims) : byPolicies(backup, objects);
  const workloads = objects.workloads.filter((one) => access.reaches(place(one), template(one)));
  const cronJobs = objects.cronJobs.filter(
    (one) => !isSame(one, backup) && access.reaches(place(one), template(one)),
  );
  return {
    // A dump of a store that is half restored would be the newest one.
    stopped: [...workloads, ...cronJobs, backup],
    scaledObjects: objects.scaledObjects.filter((scaled) =>
      workloads.some((workload) => isTarget(scaled, workload)),
    ),
    strangers: access.strangers,
    claims,
    writes: (pod) =>
      pod.metadata.labels?.[restoreLabel] === undefined &&
      (access.reaches(place(pod), { labels: pod.metadata.labels, spec: pod.spec }) ||
        isOf(backup, pod)),
  };
}

interface Template {
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly spec: PodSpec;
}

interface Access {
  /** Whether pods of a template may write into the store. */
  readonly reaches: (namespace: string, pods: Template) => boolean;
  readonly strangers: readonly string[];
}

function byClaims(backup: CronJob, claims: readonly string[]): Access {
  return {
    reaches: (namespace, { spec }) =>
      namespace === place(backup) && claimsOf(spec).some((claim) => claims.includes(claim)),
    strangers: [],
  };
}

function byPolicies(backup: CronJob, { workloads, policies, cronJobs }: SystemObjects): Access {
  const namespace = place(backup);
  const name = storeOf(backup);
  const store = workloads.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
  );
  if (store === undefined) {
    throw new UserError(
      `There is no server ${namespace}/${name ?? ""}, and no volume that is backed up: who writes is not known.`,
      "Bring the stack up first: npm run up, or pulumi up.",
    );
  }
  const own = template(store).labels;
  const peers = policies
    .filter(({ metadata, spec }) => {
      return metadata.namespace === namespace && selects(spec.podSelector, own);
    })
    .flatMap(({ spec }) => spec.ingress ?? [])
    .flatMap(({ from = [] }) => from);
  const isAdmitted = (peer: PolicyPeer, from: string, { labels }: Template): boolean =>
    peer.ipBlock === undefined &&
    (peer.namespaceSelector === undefined
      ? from === namespace
      : selects(peer.namespaceSelector, { "kubernetes.io/metadata.name": from })) &&
    selects(peer.podSelector ?? {}, labels);
  const ours = [...workloads, ...cronJobs];
  return {
    reaches: (from, pods) =>
      // Replicas of the store itself may talk to each other, and its backup reads.
      !(from === namespace && (selects({ matchLabels: own ?? {} }, pods.labels) || isCopy(pods))) &&
      peers.some((peer) => isAdmitted(peer, from, pods)),
    strangers: peers
      .filter((peer) => !ours.some((one) => isAdmitted(peer, place(one), template(one))))
      // Pods of this namespace that nothing keeps running are those of Jobs; they are waited for.
      .filter((peer) => peer.ipBlock !== undefined || peer.namespaceSelector !== undefined)
      .map(described),
  };

  function isCopy({ labels }: Template): boolean {
    return selects({ matchLabels: template(backup).labels ?? {} }, labels);
  }
}

function described({ ipBlock, namespaceSelector }: PolicyPeer): string {
  if (ipBlock !== undefined) return `addresses ${ipBlock.cidr}`;
  const name = namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"];
  return name === undefined ? "other namespaces" : `namespace ${name}`;
}

/** The claims that a backup mounts and a server mounts too. */
function sharedClaims(backup: CronJob, workloads: readonly Workload[]): string[] {
  const others = workloads
    .filter((workload) => place(workload) === place(backup))
    .flatMap((workload) => claimsOf(workload.spec.template.spec));
  return claimsOf(template(backup).spec).filter((claim) => others.includes(claim));
}

function template(object: Workload | CronJob): Template {
  const { metadata, spec } =
    object.kind === "CronJob" ? object.spec.jobTemplate.spec.template : object.spec.template;
  return { labels: metadata?.labels, spec };
}

function place({ metadata }: LiveObject): string {
  return metadata.namespace;
}

function isSame(one: LiveObject, other: LiveObject): boolean {
  return place(one) === place(other) && one.metadata.name === other.metadata.name;
}

function isTarget({ metadata, spec }: ScaledObject, workload: Workload): boolean {
  const { kind = "Deployment", name } = spec.scaleTargetRef;
  return (
    metadata.namespace === place(workload) &&
    kind === workload.kind &&
    name === workload.metadata.name
  );
}

/** Whether a pod is a run of the store's own backup. */
function isOf(backup: CronJob, pod: Pod): boolean {
  return (
    place(pod) === place(backup) &&
    selects({ matchLabels: template(backup).labels ?? {} }, pod.metadata.labels)
  );
}
