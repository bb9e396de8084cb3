import { backupDemand } from "../backup-demand";
import { type Demand, highest, podDemand, rollingDemand, total, volumeDemand } from "../demand";
import type { FaultMavenSettings } from "./faultmaven";

/** All that FaultMaven can occupy at once: both tracks at their highest, each in the middle of a roll-out. */
export function faultmavenDemand(settings: FaultMavenSettings): Demand {
  const { app, tracks, files, migration, postgres, redis, chromadb } = settings;
  const exclusive = files.use === "singleReplica";
  const demands = tracks.flatMap(() => [
    exclusive
      ? podDemand(highest(app.scaling), app.resources)
      : rollingDemand(app.scaling, app.resources),
    podDemand(1, migration.resources),
  ]);
  for (const store of [postgres, redis, chromadb]) {
    if (store.mode === "bundled") demands.push(podDemand(1, store.resources));
    demands.push(volumeDemand(store.volume));
  }
  if (postgres.mode === "bundled") demands.push(podDemand(1, postgres.setup.resources));
  for (const claim of [files.sharedClaim, files.singleReplica]) {
    if (claim !== undefined) demands.push(volumeDemand(claim.volume));
  }
  const { objectStore } = files;
  const stored = files.use === "objectStore" && objectStore.mode === "bundled";
  if (stored) {
    demands.push(podDemand(1, objectStore.resources), podDemand(1, objectStore.setup.resources));
  }
  if (stored || objectStore.data !== "discard") {
    demands.push(volumeDemand(objectStore.volume));
  }
  demands.push(
    backupDemand([
      ...[postgres, redis, chromadb].map(({ mode, backup }) => ({
        backup,
        inUse: mode === "bundled",
      })),
      { backup: files.backup, inUse: files.use !== "objectStore" },
      { backup: objectStore.backup, inUse: stored },
    ]),
  );
  return total(demands);
}
