import type { Adoption } from "./adoption";
import { patch, type Site, until } from "./cluster";
import { readLive } from "./live";
import { hasDeletingPolicy, helmMarks, isOfRelease, nameOf, type Workload } from "./objects";
import { noteTaken, type Taken } from "./taken";

/**
 * Sees to it that the data outlive whatever made them, and writes down what is taken over. Retain on the
 * volumes is what counts: Helm reads `keep` on what an upgrade leaves out, but an uninstall goes by its own
 * record.
 */
export async function keepData(site: Site, adoption: Adoption, taken: Taken): Promise<void> {
  const { release, judged } = adoption;
  const { kubectl, namespace } = site;
  const live = await readLive(kubectl, namespace);
  const names = [
    ...judged.map(({ holding }) => holding.claim),
    ...Object.keys(taken.claims),
    ...taken.left,
  ];
  const claims = live.claims.filter(({ metadata }) => names.includes(metadata.name));
  const kept = [
    ...claims.map(({ metadata }) => `persistentvolumeclaim/${metadata.name}`),
    ...taken.secrets.filter((name) => live.secretKeys.has(name)).map((name) => `secret/${name}`),
  ];
  if (kept.length > 0) {
    const keep = `${helmMarks.policy}=keep`;
    await kubectl(["annotate", ...kept, "--namespace", namespace, "--overwrite", keep]);
  }
  const volumes = live.volumes.filter(
    ({ metadata, spec }) =>
      spec.persistentVolumeReclaimPolicy !== "Retain" &&
      claims.some((claim) => claim.spec.volumeName === metadata.name),
  );
  const retain = JSON.stringify({ spec: { persistentVolumeReclaimPolicy: "Retain" } });
  for (const { metadata } of volumes) {
    await kubectl(["patch", "persistentvolume", metadata.name, "--patch", retain]);
  }
  const owners = live.workloads.filter((workload) => isOfRelease(workload, release));
  await releaseClaims(site, owners.filter(hasDeletingPolicy), [...new Set(names)]);
  await noteTaken(kubectl, release, taken);
}

/** A StatefulSet that deletes its claims owns them; they are free when its controller has noticed. */
async function releaseClaims(
  site: Site,
  owners: readonly Workload[],
  names: readonly string[],
): Promise<void> {
  const persistentVolumeClaimRetentionPolicy = { whenDeleted: "Retain", whenScaled: "Retain" };
  for (const owner of owners) {
    await patch(site, owner, { spec: { persistentVolumeClaimRetentionPolicy } });
  }
  await until("Claims would go with what owns them", 60, async () => {
    const { claims } = await readLive(site.kubectl, site.namespace);
    return claims
      .filter(({ metadata }) => names.includes(metadata.name))
      .filter(({ metadata }) => (metadata.ownerReferences ?? []).length > 0)
      .map(nameOf);
  });
}
