import { backupDemand } from "../backup-demand";
import { type Demand, podDemand, rollingDemand, total, volumeDemand } from "../demand";
import type { ThunderlineSettings } from "./thunderline";

/** All that Thunderline can occupy at once: every replica, every roll-out's surge, every one-shot job. */
export function thunderlineDemand(settings: ThunderlineSettings): Demand {
  const { web, worker, migration, mlflow, collector, cerebros, livebook, postgres, objectStore } =
    settings;
  const demands = [
    rollingDemand(web.scaling, web.resources),
    podDemand(1, migration.resources),
    podDemand(1, mlflow.resources),
    volumeDemand(mlflow.volume),
    volumeDemand(livebook.volume),
    volumeDemand(postgres.volume),
    volumeDemand(objectStore.volume),
  ];
  if (worker.enabled) demands.push(rollingDemand(worker.scaling, worker.resources));
  if (collector.enabled) {
    demands.push(rollingDemand({ type: "fixed", replicas: 1 }, collector.resources));
  }
  if (livebook.enabled) demands.push(podDemand(1, livebook.resources));
  if (cerebros.type === "job" || cerebros.type === "schedule") {
    demands.push(podDemand(1, cerebros.resources));
  }
  if (postgres.mode === "bundled") {
    demands.push(podDemand(1, postgres.resources), podDemand(1, postgres.setup.resources));
  }
  if (objectStore.mode === "bundled") {
    demands.push(podDemand(1, objectStore.resources), podDemand(1, objectStore.setup.resources));
  }
  demands.push(
    backupDemand([
      { backup: mlflow.backup, inUse: true },
      { backup: livebook.backup, inUse: livebook.enabled },
      { backup: postgres.backup, inUse: postgres.mode === "bundled" },
      { backup: objectStore.backup, inUse: objectStore.mode === "bundled" },
    ]),
  );
  return total(demands);
}
