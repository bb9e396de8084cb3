import type { Scope } from "../scope";
import type { Row } from "./dashboard";
import { series } from "./promql";
import { plot } from "./system-dashboard";

/** What MinIO says of itself, where the namespace has one that is read under this name. */
export function objectStoreRows({ namespace, inventory }: Scope, job: string): Row[] {
  if (!inventory.targets.some((target) => target.job === job)) return [];
  const which = { namespace, job };
  const free = series("minio_cluster_capacity_usable_free_bytes", which);
  const total = series("minio_cluster_capacity_usable_total_bytes", which);
  return [
    {
      title: "Object store",
      panels: [
        plot("Used, of what it can use", "percentunit", `1 - ${free} / ${total}`, "{{job}}"),
        plot("Healthy", "bool_on_off", series("minio_cluster_health_status", which), "{{job}}"),
      ],
    },
  ];
}

/** What the OpenTelemetry collector says of itself, in the words of release 0.106. */
export function collectorRows({ namespace, inventory }: Scope, job: string): Row[] {
  if (!inventory.targets.some((target) => target.job === job)) return [];
  const which = { namespace, job };
  const perSecond = (counter: string): string =>
    `sum by (job) (rate(${counter}[$__rate_interval]))`;
  return [
    {
      title: "Collector",
      panels: [
        plot(
          "Spans taken in",
          "cps",
          perSecond(series("otelcol_receiver_accepted_spans", which)),
          "{{job}}",
        ),
        plot(
          "Spans that could not be handed on",
          "cps",
          perSecond(series("otelcol_exporter_send_failed_spans", which)),
          "{{job}}",
        ),
      ],
    },
  ];
}
