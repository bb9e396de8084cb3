import type { ArchiveEntry, ClaimOf, DataPlan } from "./model";
import type { SnapshotMade } from "./snapshots";

/** What is known of a claim and its volume, for whoever makes them again. */
export interface VolumeRow {
  readonly claim: string;
  readonly phase: string;
  readonly accessModes: readonly string[];
  readonly capacity: string | null;
  readonly storageClass: string | null;
  readonly provisioner: string | null;
  readonly volume: string | null;
  readonly reclaimPolicy: string | null;
  readonly snapshot: SnapshotMade | null;
  /** The entry with what was on it; null where there is none. */
  readonly data: string | null;
  readonly method: DataPlan["method"] | null;
  readonly why: string | null;
}

/** The list of volumes. */
export function volumesOf(
  claims: readonly ClaimOf[],
  data: readonly DataPlan[],
  snapshots: readonly SnapshotMade[],
  entries: readonly ArchiveEntry[],
): readonly VolumeRow[] {
  return claims.map(({ claim, volume, storageClass }) => {
    const { name } = claim.metadata;
    const plan = data.find((one) => one.claim === name);
    const entry = entries.find(({ holds, content }) => {
      return content !== undefined && holds.includes(`claim ${name}`);
    });
    return {
      claim: name,
      phase: claim.status?.phase ?? "unknown",
      accessModes: claim.spec?.accessModes ?? [],
      capacity: claim.status?.capacity?.storage ?? null,
      storageClass: claim.spec?.storageClassName ?? null,
      provisioner: storageClass?.provisioner ?? null,
      volume: volume?.metadata.name ?? null,
      reclaimPolicy: volume?.spec?.persistentVolumeReclaimPolicy ?? null,
      snapshot: snapshots.find((one) => one.claim === name) ?? null,
      data: entry?.path ?? null,
      method: plan?.method ?? null,
      why: plan?.why ?? null,
    };
  });
}
