import type { PhilotesSettings } from "../../../config/systems/philotes";
import type { Alert } from "../../observability/alert";
import type { Row } from "../../observability/dashboard";
import { absentOf, increaseOf, seriesOf } from "../../observability/promql";
import { plot } from "../../observability/system-dashboard";
import type { Scope } from "../../scope";
import { workerName } from "./names";

const gibi = 2 ** 30;

/**
 * How much log the slots of the source hold back, by what KEDA measures to scale their readers: nobody
 * else here asks the source. Where readers are not scaled by KEDA there is nothing to alert on; the
 * owner of the source has to watch it, and a reader that is down has an alert of its own.
 */
export function slotAlerts(scope: Scope, settings: PhilotesSettings): Alert[] {
  const which = measured(scope, settings);
  if (which === undefined) return [];
  const held = `max by (scaledObject) (${seriesOf(scope.namespace, "keda_scaler_metrics_value", which)})`;
  const failing = increaseOf(scope.namespace, "keda_scaler_detail_errors_total", which, "15m");
  // KEDA is down, or could not build the scaler: then it does not count errors either.
  const unknown = which.scaledObject.map((scaledObject) =>
    absentOf(scope.namespace, "keda_scaler_metrics_value", { scaledObject }, "scaledObject"),
  );
  return [
    {
      name: "WalHeldBySlot",
      expr: `${held} > ${String(gibi)}`,
      for: "15m",
      severity: "warning",
      summary: "The slot of {{ $labels.scaledObject }} holds back the source's log",
      description: "{{ $value | humanize1024 }}B are kept for it. The reader is slow, or stands.",
      runbook: "wal-held-by-a-slot",
    },
    {
      name: "WalHeldBySlotFillsDisk",
      expr: `${held} > ${String(10 * gibi)}`,
      for: "5m",
      severity: "critical",
      summary: "The slot of {{ $labels.scaledObject }} is about to fill the source's disk",
      description:
        "{{ $value | humanize1024 }}B are kept for it; 1Pi stands for a slot that is lost or not there. A source without room stops for all its users.",
      runbook: "wal-held-by-a-slot",
    },
    {
      name: "WalUnmeasured",
      expr: [`sum by (scaledObject) (${failing}) > 0`, ...unknown].join(" or "),
      for: "15m",
      severity: "warning",
      summary: "KEDA cannot ask the source for the slot of {{ $labels.scaledObject }}",
      description: "While it cannot, nobody knows how much log the slot holds back.",
      runbook: "wal-held-by-a-slot",
    },
  ];
}

export function slotRows(scope: Scope, settings: PhilotesSettings): Row[] {
  const which = measured(scope, settings);
  if (which === undefined) return [];
  return [
    {
      title: "Replication slots",
      panels: [
        plot(
          "Log that is kept",
          "bytes",
          seriesOf(scope.namespace, "keda_scaler_metrics_value", which),
          "{{scaledObject}}",
        ),
      ],
    },
  ];
}

function measured(
  { cluster }: Scope,
  { enabled, worker }: PhilotesSettings,
): { readonly scaledObject: readonly string[] } | undefined {
  const scaled = worker.scaling.type === "keda" && cluster.capabilities.keda;
  if (!enabled || !worker.enabled || worker.source === undefined || !scaled) return undefined;
  return { scaledObject: worker.shards.map(({ name }) => workerName(name)) };
}
