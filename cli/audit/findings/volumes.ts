import type { PersistentVolume, PersistentVolumeClaim } from "../../kubernetes";
import { forWorkloads, type Inventory } from "../inventory";
import { type Found, kubectl, mend, type Rule } from "../model";
import { isOfCluster, ownerOf } from "../owner";
import type { PodSpec } from "../workload";

/** Claims that nobody mounts. */
export const orphanedClaims: Rule = {
  name: "orphaned-claim",
  about: "claims that nobody mounts",
  needs: [...forWorkloads, "claims"],
  find: (inventory) => {
    const mounted = mountedClaims(inventory);
    return (
      inventory.claims
        .filter(({ metadata: { namespace = "" } }) => !isOfCluster(namespace))
        // A generic ephemeral volume goes with its pod.
        .filter(({ metadata }) => !metadata.ownerReferences?.some(({ kind }) => kind === "Pod"))
        .filter((claim) => !mounted.has(keyOf(claim.metadata.namespace, claim.metadata.name)))
        .map((claim) => orphan(claim))
    );
  },
};

/** Volumes that no claim has. */
export const releasedVolumes: Rule = {
  name: "released-volume",
  about: "volumes that no claim has",
  needs: ["volumes"],
  find: ({ volumes }) =>
    volumes
      .filter(({ status }) => ["Released", "Available", "Failed"].includes(status?.phase ?? ""))
      .map(released),
};

function orphan(claim: PersistentVolumeClaim): Found {
  const { name, namespace = "", creationTimestamp } = claim.metadata;
  const size = claim.status?.capacity?.storage ?? claim.spec?.resources?.requests?.storage ?? "?";
  const kept = ownerOf(claim.metadata) === "program";
  return {
    level: kept ? "notice" : "warning",
    subject: `PersistentVolumeClaim ${namespace}/${name}`,
    namespace,
    what: kept ? "is kept, and nobody mounts it" : "is mounted by nobody",
    evidence: [
      `${size}, ${claim.status?.phase ?? "unknown"}, class ${claim.spec?.storageClassName ?? "none"}${
        creationTimestamp === undefined ? "" : `, made ${creationTimestamp.slice(0, 10)}`
      }`,
      "no pod mounts it, and no workload would, not even one at zero",
    ],
    mend: kept
      ? mend("This program keeps it: the data settings of its part say for how long.")
      : mend(
          "Look at what is on it, save it, and then delete it.",
          kubectl("describe", `pvc/${name}`, "-n", namespace),
          kubectl("delete", `pvc/${name}`, "-n", namespace),
        ),
  };
}

function released({ metadata: { name }, spec, status }: PersistentVolume): Found {
  const phase = status?.phase ?? "";
  const { namespace, name: claim } = spec?.claimRef ?? {};
  const policy = spec?.persistentVolumeReclaimPolicy ?? "?";
  const former =
    claim === undefined
      ? []
      : [`it was the volume of claim ${namespace ?? ""}/${claim}, which is gone`];
  const remove = kubectl("delete", `pv/${name}`);
  return {
    level: phase === "Available" ? "notice" : "warning",
    subject: `PersistentVolume ${name}`,
    what:
      phase === "Available" ? "is free: no claim asks for it" : `is ${phase}: its claim is gone`,
    evidence: [`${spec?.capacity?.storage ?? "?"}, ${phase}, reclaim policy ${policy}`, ...former],
    mend:
      phase === "Released"
        ? mend(
            "If its data count, let a new claim have it (first command) and name it there; if not, delete it. The data behind it go by the provider's own tools.",
            kubectl("patch", `pv/${name}`, "--type=merge", "-p", '{"spec":{"claimRef":null}}'),
            remove,
          )
        : mend("Delete it where nobody is to claim it.", remove),
  };
}

/** Claims that a pod has, or that a workload would have if it ran, by namespace and name. */
function mountedClaims(inventory: Inventory): ReadonlySet<string> {
  const { workloads, claims, pods: all } = inventory;
  const found = new Set<string>();
  for (const { metadata, spec } of [...all, ...strangeTemplates(inventory)]) {
    for (const claim of spec ? claimsOf(spec) : []) found.add(keyOf(metadata.namespace, claim));
  }
  for (const { namespace, name, kind, podSpec, object } of workloads) {
    for (const claim of claimsOf(podSpec)) found.add(keyOf(namespace, claim));
    if (kind !== "StatefulSet") continue;
    const { spec } = object as { spec?: { volumeClaimTemplates?: readonly Template[] } };
    for (const template of spec?.volumeClaimTemplates ?? []) {
      const own = new RegExp(`^${template.metadata.name}-${name}-\\d+$`);
      for (const { metadata } of claims) {
        if (metadata.namespace === namespace && own.test(metadata.name)) {
          found.add(keyOf(namespace, metadata.name));
        }
      }
    }
  }
  return found;
}

/** What ReplicaSets would run whose maker is not known, such as a Rollout's. */
function strangeTemplates({
  replicaSets,
  deployments,
}: Inventory): readonly Pick<Inventory["pods"][number], "metadata" | "spec">[] {
  const known = new Set(deployments.map(({ metadata }) => metadata.uid));
  return replicaSets
    .filter(({ metadata }) => !metadata.ownerReferences?.some(({ uid }) => known.has(uid)))
    .flatMap(({ metadata, spec }) => {
      const podSpec = spec?.template?.spec;
      return podSpec === undefined ? [] : [{ metadata, spec: podSpec }];
    });
}

interface Template {
  readonly metadata: { readonly name: string };
}

function claimsOf({ volumes = [] }: PodSpec): readonly string[] {
  return volumes.flatMap(({ persistentVolumeClaim: it }) =>
    it === undefined ? [] : [it.claimName],
  );
}

function keyOf(namespace = "", name: string): string {
  return `${namespace}/${name}`;
}
