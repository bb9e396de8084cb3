import { backupDemand } from "../backup-demand";
import type { DataPolicy, Resources, Volume } from "../blocks";
import { type Demand, nothing, podDemand, rollingDemand, total, volumeDemand } from "../demand";
import type { PhilotesSettings } from "./philotes";

/** All that Philotes can occupy at once: every replica, every roll-out's surge, every one-shot job. */
export function philotesDemand(settings: PhilotesSettings): Demand {
  const { api, worker, lakekeeper, postgres, objectStore } = settings;
  const stores = [postgres, objectStore];
  const demands = [
    ...stores.map(storeDemand),
    backupDemand(stores.map(({ mode, backup }) => ({ backup, inUse: mode === "bundled" }))),
  ];
  if (api.enabled) demands.push(rollingDemand(api.scaling, api.resources));
  if (worker.enabled) {
    // The old reader lets go of its slot before the new one comes, so there is no surge.
    demands.push(podDemand(worker.shards.length, worker.resources));
    demands.push(podDemand(1, worker.sourceCheck.resources));
  }
  if (lakekeeper.mode === "bundled") {
    demands.push(
      rollingDemand(lakekeeper.scaling, lakekeeper.resources),
      podDemand(1, lakekeeper.migration.resources),
      podDemand(1, lakekeeper.bootstrap.resources),
    );
  }
  return total(demands);
}

interface StoreSettings {
  readonly mode: "off" | "bundled" | "external";
  readonly data: DataPolicy;
  readonly resources: Resources;
  readonly setup: { readonly resources: Resources };
  readonly volume: Volume;
}

function storeDemand({ mode, data, resources, setup, volume }: StoreSettings): Demand {
  const bundled = mode === "bundled";
  return total([
    bundled ? podDemand(1, resources) : nothing,
    bundled ? podDemand(1, setup.resources) : nothing,
    bundled || data !== "discard" ? volumeDemand(volume) : nothing,
  ]);
}
