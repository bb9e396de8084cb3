import { archiveOf, type BackupSettings, kubectlResources, snapshotsOf, usesClaim } from "./backup";
import { type Demand, nothing, podDemand, total, volumeDemand } from "./demand";

/** A store's backup, and whether the store is there to be backed up. */
export interface BackedUp {
  readonly backup: BackupSettings;
  readonly inUse: boolean;
}

/** All that the backups of a namespace's stores can occupy at once, the pruning of snapshots included. */
export function backupDemand(stores: readonly BackedUp[]): Demand {
  const snapshotted = stores.some(({ backup, inUse }) => inUse && snapshotsOf(backup));
  return total([...stores.map(demandOf), snapshotted ? podDemand(1, kubectlResources) : nothing]);
}

function demandOf({ backup, inUse }: BackedUp): Demand {
  const archive = inUse ? archiveOf(backup) : undefined;
  const hasClaim = (inUse && usesClaim(backup)) || backup.claim.data !== "discard";
  return total([
    archive === undefined ? nothing : podDemand(1, archive.resources),
    inUse && snapshotsOf(backup) ? podDemand(1, kubectlResources) : nothing,
    hasClaim ? volumeDemand(backup.claim.volume) : nothing,
  ]);
}
