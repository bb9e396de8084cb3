import { backupDemand } from "../backup-demand";
import { type Demand, podDemand, total, volumeDemand } from "../demand";
import type { TelemetrySettings } from "./telemetry";

/** All that the stack can occupy at once, in each of its namespaces. */
export function telemetryDemand(
  settings: TelemetrySettings,
): Record<keyof TelemetrySettings["namespaces"], Demand> {
  const { bridge, kafka, migration, timescaledb, heatpumpSettings } = settings;
  const database = ({ postgres, sink }: TelemetrySettings["heatpumpSettings"]): Demand[] => [
    podDemand(1, sink.resources),
    podDemand(1, migration.resources),
    volumeDemand(postgres.volume),
    backupDemand([{ backup: postgres.backup, inUse: postgres.mode === "bundled" }]),
    ...(postgres.mode === "bundled"
      ? [podDemand(1, postgres.resources), podDemand(1, postgres.setup.resources)]
      : []),
  ];
  return {
    bridge: total([podDemand(1, bridge.resources), podDemand(1, kafka.setup.resources)]),
    timescaledb: total([...database(timescaledb), podDemand(1, migration.resources)]),
    heatpumpSettings: total(database(heatpumpSettings)),
  };
}
