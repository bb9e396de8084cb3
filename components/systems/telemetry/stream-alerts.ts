import type { TelemetrySettings } from "../../../config/systems/telemetry";
import type { Alert } from "../../observability/alert";
import { series } from "../../observability/promql";
import type { Scope } from "../../scope";
import { ownName } from "./names";
import { consumersOf, type DatabaseName, deadLetterLabel } from "./streams";

/** The workloads that carry the streams, which are also the jobs of their series. */
export const bridgeName = "mqtt-redpanda-bridge";
export const sinkName = "redpanda-connect";

/** What only the bridge has to be watched for; nothing while it is stopped. */
export function bridgeAlerts({ namespace }: Scope, { paused }: TelemetrySettings): Alert[] {
  if (paused) return [];
  const which = { namespace, job: bridgeName };
  return [
    {
      name: "BridgeDisconnected",
      // Both count up: as often as it was connected it has also been cut off.
      expr: `${series("input_connection_up", which)} - ${series("input_connection_lost", which)} < 1`,
      for: "5m",
      severity: "critical",
      summary: "Stream {{ $labels.stream }} of the bridge has no MQTT broker",
      description: "Messages that the broker does not keep for it are lost meanwhile.",
      runbook: "bridge-disconnected",
    },
    bridgeStalled(which),
    deadLetters(which),
  ];
}

/** What only a sink has to be watched for; nothing while it is stopped. */
export function sinkAlerts(
  scope: Scope,
  which: DatabaseName,
  { paused }: TelemetrySettings,
): Alert[] {
  if (paused) return [];
  const labels = { namespace: scope.namespace, job: sinkName };
  return [sinkStalled(labels), consumerLag(scope, which), deadLetters(labels)];
}

type Labels = Readonly<Record<"namespace" | "job", string>>;

/**
 * By what has left the pipeline and was not written: the client of Kafka tries inside itself for ever, so
 * that nothing counts as failed while the broker is away. What a filter takes out never leaves the
 * pipeline: its last processor is the one that has sent the least.
 */
function bridgeStalled(which: Labels): Alert {
  const processor = { ...which, path: { pattern: "root\\.pipeline\\.processors\\.[0-9]+" } };
  const by = "sum by (namespace, job, stream)";
  const left = `${by} (min by (namespace, job, pod, stream) (${series("processor_sent", processor)}))`;
  const sent = series("output_sent", which);
  return {
    name: "BridgeStalled",
    expr: `${left} - ${by} (${sent}) > 0 unless ${by} (increase(${sent}[10m])) > 0`,
    for: "10m",
    severity: "critical",
    summary: "Stream {{ $labels.stream }} of the bridge writes nothing to Kafka",
    description:
      "It holds {{ $value | humanize }} messages and takes no more. What the MQTT broker does not keep for it is lost meanwhile.",
    runbook: "bridge-disconnected",
  };
}

/** Its own counters: they are there whoever runs the broker, and tell of a database that is down as well. */
function sinkStalled(which: Labels): Alert {
  const by = "sum by (namespace, job, stream)";
  const errors = `${by} (rate(${series("output_error", which)}[10m]))`;
  const sent = `${by} (rate(${series("output_sent", which)}[10m]))`;
  return {
    name: "SinkStalled",
    expr: `${errors} > 0 unless ${sent} > 0`,
    for: "10m",
    severity: "critical",
    summary: "Stream {{ $labels.stream }} writes nothing to its table",
    description:
      "Every attempt fails, and it tries for ever. Messages wait in Kafka until their retention ends.",
    runbook: "consumer-lag",
  };
}

function deadLetters(which: Labels): Alert {
  const sent = series("output_sent", {
    ...which,
    label: [deadLetterLabel, `${deadLetterLabel}_refused`],
  });
  return {
    name: "DeadLetters",
    expr: `sum by (namespace, job, stream) (increase(${sent}[1h])) >= 1`,
    for: "5m",
    severity: "warning",
    summary: "Stream {{ $labels.stream }} of {{ $labels.job }} put messages aside",
    description:
      "{{ $value | humanize }} messages of the last hour are in the topic of dead letters, each with its reason.",
    runbook: "dead-letters",
  };
}

/**
 * By Redpanda's own counters of `/public_metrics`, which whoever runs it has to have read; Redpanda
 * Connect 4.31 publishes no lag. Of another broker the series are not there, and the alert is silent.
 */
function consumerLag(scope: Scope, which: DatabaseName): Alert {
  const newest = series("redpanda_kafka_max_offset", { redpanda_namespace: "kafka" });
  const read = series("redpanda_kafka_consumer_group_committed_offset", {
    redpanda_group: consumersOf(which, { group: ownName(scope) }),
  });
  return {
    name: "ConsumerLag",
    expr:
      "sum by (redpanda_group, redpanda_topic) (" +
      `max by (redpanda_topic, redpanda_partition) (${newest}) ` +
      "- on (redpanda_topic, redpanda_partition) group_right " +
      `max by (redpanda_group, redpanda_topic, redpanda_partition) (${read})) > 1000`,
    for: "30m",
    severity: "warning",
    summary: "Consumer group {{ $labels.redpanda_group }} is behind",
    description:
      "{{ $value | humanize }} messages of {{ $labels.redpanda_topic }} wait to be stored.",
    runbook: "consumer-lag",
  };
}
