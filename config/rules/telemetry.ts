import type { Fault } from "../faults";
import type { TelemetrySettings } from "../systems/telemetry";
import { telemetryDemand } from "../systems/telemetry-demand";
import { isAddressable } from "./blocks";
import type { RuleInput } from "./index";
import { quotaFits } from "./quota";

const here = "telemetry";

/** Document 004, phase 5: both systems run for at least this long. */
const parallelDays = 7;

/** Rules between the parts of the telemetry stack. Dates are compared with each other, never with today. */
export function telemetryRules(input: RuleInput): Fault[] {
  const { telemetry } = input.settings;
  if (!telemetry.enabled) return [];
  const { mqtt, kafka } = telemetry;
  const demand = telemetryDemand(telemetry);
  return [
    ...Object.values(demand).flatMap((one) => quotaFits(telemetry.quota, one, [here, "quota"])),
    ...namespacesDiffer(telemetry),
    ...isAddressable(mqtt.host, [here, "mqtt", "host"], input),
    ...isAddressable(kafka.host, [here, "kafka", "host"], input),
    ...brokerKnowsTheBridge(telemetry),
    ...databasesAreBundled(telemetry),
    ...(telemetry.phase === "cutover" ? cutoverIsDue(telemetry) : []),
  ];
}

function namespacesDiffer({ namespaces, legacy }: TelemetrySettings): Fault[] {
  const names = Object.entries(namespaces);
  const twice = names.flatMap(([key, name], index) =>
    names.findIndex(([, other]) => other === name) === index
      ? []
      : [
          {
            path: [here, "namespaces", key],
            value: name,
            expected: "a namespace of its own",
          },
        ],
  );
  const old = legacy !== undefined && names.some(([, name]) => name === legacy.namespace);
  return old
    ? [
        ...twice,
        {
          path: [here, "legacy", "namespace"],
          value: legacy.namespace,
          expected: "another namespace than those of the new stack",
        },
      ]
    : twice;
}

function brokerKnowsTheBridge({ mqtt }: TelemetrySettings): Fault[] {
  if (mqtt.credentials !== undefined) return [];
  return [
    {
      path: [here, "mqtt", "credentials"],
      expected: "user and password, because the broker refuses whoever has none",
      mend: `or set platform:${here}.enabled to false`,
      judgedBy: [[here, "enabled"]],
    },
  ];
}

/** Streams, migrations and the reader's role are made for servers of this program. */
function databasesAreBundled({ timescaledb, heatpumpSettings }: TelemetrySettings): Fault[] {
  return Object.entries({ timescaledb, heatpumpSettings }).flatMap(([part, { postgres }]) =>
    postgres.mode === "bundled"
      ? []
      : [
          {
            path: [here, part, "postgres", "mode"],
            value: postgres.mode,
            expected: "bundled: backups, roles and the extension are this program's",
          },
        ],
  );
}

function cutoverIsDue(settings: TelemetrySettings): Fault[] {
  const { parallelSince, cutoverOn, comparison, overrides } = settings;
  const missing = (["parallelSince", "cutoverOn"] as const)
    .filter((key) => settings[key] === undefined)
    .map((key) => ({
      path: [here, key],
      expected: "a date such as 2026-03-01, because phase is cutover",
      judgedBy: [[here, "phase"]],
    }));
  const faults: Fault[] = [...missing];
  if (parallelSince !== undefined && cutoverOn !== undefined) {
    const days = daysBetween(parallelSince, cutoverOn);
    if (days < parallelDays && overrides.parallelPeriod === undefined) {
      faults.push({
        path: [here, "cutoverOn"],
        value: cutoverOn,
        expected: `a day at least ${String(parallelDays)} after parallelSince, ${parallelSince}; these are ${String(days)}`,
        mend: `or say why in platform:${here}.overrides.parallelPeriod`,
        judgedBy: [[here, "parallelSince"]],
      });
    }
  }
  if (comparison?.passed !== true && overrides.comparison === undefined) {
    faults.push({
      path: [here, "comparison"],
      value: comparison,
      expected: "a comparison that passed, because phase is cutover",
      mend: `run npm run compare, or say why not in platform:${here}.overrides.comparison`,
      judgedBy: [[here, "phase"]],
    });
  }
  return faults;
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
