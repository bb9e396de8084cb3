import { Telemetry } from "../../components/systems/telemetry";
import type { Synthesis } from "./synth";
import { building, buildingOf } from "./system";

/** The telemetry stack of a stack's settings, where the old one is there to be touched. */
export const telemetry = building(
  (place, settings, opts) =>
    new Telemetry("telemetry", { place, settings: settings.telemetry, touchesLegacy: true }, opts),
);

/** The telemetry stack of an environment's defaults and some overrides. */
export const telemetryOf = buildingOf("telemetry", telemetry);

/** The namespaces of the defaults. */
export const namespaces = {
  bridge: "mqtt-redpanda-bridge",
  timescaledb: "timescaledb",
  heatpumpSettings: "heatpump-settings",
} as const;

/** Both databases with what is around them. */
export const databases = [
  {
    namespace: "timescaledb",
    server: "timescaledb",
    secretName: "timescaledb-credentials",
    part: "timescaledb",
    owner: "telemetry",
  },
  {
    namespace: "heatpump-settings",
    server: "postgres",
    secretName: "postgres-credentials",
    part: "heatpumpSettings",
    owner: "heatpump_settings",
  },
] as const;

/** Both certificates from cert-manager, on a cluster that has it. */
export const encrypted = {
  settings: Object.fromEntries(
    databases.map(({ part }) => [
      part,
      { postgres: { tls: { from: "issuer", name: "internal-ca" } } },
    ]),
  ),
  cluster: { capabilities: { certManager: true } },
};

/** What a stack says once it has taken over. */
export const cutover = {
  phase: "cutover",
  parallelSince: "2026-03-01",
  cutoverOn: "2026-03-08",
  comparison: { from: "2026-03-01", to: "2026-03-08", passed: true, record: "record.json" },
} as const;

/** An old stack of two workloads. */
export const legacy = {
  namespace: "old-telemetry",
  deployments: [
    { name: "old-bridge", replicas: 1 },
    { name: "old-sink", replicas: 3 },
  ],
} as const;

/** The title of the one Job whose name, without its hash, is `name`. */
export function jobOf(synthesis: Synthesis<unknown>, name: string): string {
  const [only, ...others] = synthesis
    .names("Job")
    .filter((job) => job.replace(/-[a-z0-9]+$/, "") === name);
  if (only === undefined || others.length > 0) throw new Error(`not one Job is called ${name}`);
  return `Job/${only}`;
}
