import { lostSlotBytes } from "../../../components/systems/philotes/worker";
import { type AlertCase, always } from "./alert-case";
import type { Samples } from "./promtool";

const scaler =
  'namespace="keda",exported_namespace="philotes",scaledObject="philotes-worker-orders",scaler="postgresqlScaler",triggerIndex="0",type="scaledobject"';
const reader = { namespace: "philotes", scaledObject: "philotes-worker-orders" };

/** As Prometheus has it where KEDA's monitor honours the labels. */
function honoured(scaledObject: string): string {
  return `namespace="philotes",scaledObject="${scaledObject}",scaler="postgresqlScaler"`;
}

const measured = { [`keda_scaler_metrics_value{${scaler}}`]: always(0) };

/** What only Philotes is watched for. */
const ofPhilotes: readonly AlertCase[] = [
  {
    alert: "WalHeldBySlot",
    cause: "",
    namespace: "philotes",
    bad: { [`keda_scaler_metrics_value{${scaler}}`]: always(2 * 2 ** 30) },
    good: { [`keda_scaler_metrics_value{${scaler}}`]: always(2 ** 29) },
    labels: reader,
  },
  {
    alert: "WalHeldBySlotFillsDisk",
    cause: "",
    namespace: "philotes",
    bad: { [`keda_scaler_metrics_value{${scaler}}`]: always(11 * 2 ** 30) },
    good: { [`keda_scaler_metrics_value{${scaler}}`]: always(9 * 2 ** 30) },
    labels: reader,
  },
  {
    alert: "WalHeldBySlotFillsDisk",
    cause: "or the slot is lost",
    namespace: "philotes",
    bad: { [`keda_scaler_metrics_value{${scaler}}`]: always(lostSlotBytes) },
    good: { [`keda_scaler_metrics_value{${scaler}}`]: always(0) },
    labels: reader,
  },
  {
    alert: "WalUnmeasured",
    cause: "KEDA is refused",
    namespace: "philotes",
    bad: { ...measured, [`keda_scaler_detail_errors_total{${scaler}}`]: "0+1x300" },
    // One that failed once was asked again.
    good: { ...measured, [`keda_scaler_detail_errors_total{${scaler}}`]: "0 1x300" },
    since: 1,
    labels: reader,
  },
  {
    alert: "WalUnmeasured",
    cause: "KEDA is down, or has no scaler",
    namespace: "philotes",
    bad: {},
    good: measured,
    labels: reader,
  },
  {
    alert: "WalUnmeasured",
    cause: "KEDA has a scaler of another reader alone, and its labels are kept as they come",
    namespace: "philotes",
    bad: { [`keda_scaler_metrics_value{${honoured("philotes-worker-customers")}}`]: always(0) },
    good: { [`keda_scaler_metrics_value{${honoured(reader.scaledObject)}}`]: always(0) },
    labels: reader,
  },
];

const bridge =
  'namespace="mqtt-redpanda-bridge",job="mqtt-redpanda-bridge",pod="b",stream="energy"';
const input = `${bridge},label="",path="root.input"`;
const bridgeOutput = `${bridge},label="",path="root.output.retry.output.switch.output"`;
const bridgeLetters = `${bridge},label="dead_letters",path="root.output.retry.output.switch.output"`;
const ofBridge = { namespace: "mqtt-redpanda-bridge", stream: "energy" };

const sink = 'namespace="timescaledb",job="redpanda-connect",pod="s",stream="energy_consumption"';
const sinkOutput = `${sink},label="",path="root.output.switch.output.fallback.0"`;
const refused = `${sink},label="dead_letters_refused",path="root.output.switch.output.fallback.1.fallback.1.switch.output"`;
const ofSink = { namespace: "timescaledb", stream: "energy_consumption" };

const partition = 'redpanda_topic="homelab-energy-realtime",redpanda_partition="0"';
const group = "platform-prod-telemetry-energy_consumption";

/** What only the streams are watched for. */
const ofTelemetry: readonly AlertCase[] = [
  {
    alert: "BridgeDisconnected",
    cause: "it was connected once",
    namespace: "mqtt-redpanda-bridge",
    bad: connection(2, 2),
    good: connection(3, 2),
    labels: ofBridge,
  },
  {
    alert: "BridgeDisconnected",
    cause: "it never was",
    namespace: "mqtt-redpanda-bridge",
    bad: connection(0, 0),
    good: connection(1, 0),
    labels: ofBridge,
  },
  {
    alert: "BridgeStalled",
    cause: "since its start, while the client of Kafka tries inside itself",
    namespace: "mqtt-redpanda-bridge",
    bad: handedOn({ received: "0 4x300", left: "0 4x300", sent: "0x300", letters: "0x300" }),
    good: handedOn({ received: "0 4x300", left: "0 4x300", sent: "0 3x300", letters: "0 1x300" }),
    since: 1,
    labels: ofBridge,
  },
  {
    alert: "BridgeStalled",
    cause: "after it has worked",
    namespace: "mqtt-redpanda-bridge",
    bad: handedOn({ received: "0+5x9 49x300", left: "0+5x9 48x300", sent: "0+5x9 45x300" }),
    // One is on its way whenever it is asked, and others come behind it.
    good: handedOn({ received: "1+5x300", left: "1+5x300", sent: "0+5x300" }),
    // The last one was written ten minutes before.
    since: 18,
    labels: ofBridge,
  },
  {
    alert: "BridgeStalled",
    cause: "and not because a filter takes messages out",
    namespace: "mqtt-redpanda-bridge",
    bad: handedOn({ received: "0 9x300", left: "0 2x300", sent: "0x300" }),
    good: handedOn({ received: "0 9x300", left: "0 2x300", sent: "0 2x300" }),
    since: 1,
    labels: ofBridge,
  },
  {
    alert: "SinkStalled",
    cause: "",
    namespace: "timescaledb",
    bad: attempts("0+10x300", "5x300"),
    good: attempts("0x300", "5x300"),
    since: 1,
    labels: ofSink,
  },
  {
    alert: "DeadLetters",
    cause: "of the bridge",
    namespace: "mqtt-redpanda-bridge",
    bad: { [`output_sent{${bridgeLetters}}`]: "0x10 1x300" },
    good: {
      [`output_sent{${bridgeOutput}}`]: "0+5x300",
      [`output_sent{${bridgeLetters}}`]: "3x300",
    },
    since: 11,
    labels: ofBridge,
  },
  {
    alert: "DeadLetters",
    cause: "that the database refused",
    namespace: "timescaledb",
    bad: { [`output_sent{${refused}}`]: "0x10 1x300" },
    good: { [`output_sent{${sinkOutput}}`]: "0+5x300", [`output_sent{${refused}}`]: "0x300" },
    since: 11,
    labels: ofSink,
  },
  {
    alert: "ConsumerLag",
    cause: "",
    namespace: "timescaledb",
    bad: lag(5000, 3000),
    good: lag(5000, 4900),
    labels: { redpanda_group: group, redpanda_topic: "homelab-energy-realtime" },
  },
];

export const systemCases: readonly AlertCase[] = [...ofPhilotes, ...ofTelemetry];

function connection(up: number, lost: number): Samples {
  return {
    [`input_connection_up{${input}}`]: always(up),
    [`input_connection_lost{${input}}`]: always(lost),
  };
}

/** Of the bridge; nothing is known to have failed. */
function handedOn(
  counts: Record<"received" | "left" | "sent", string> & { letters?: string },
): Samples {
  const { received, left, sent, letters = "0x300" } = counts;
  const processor = (path: string): string => `processor_sent{${bridge},label="",path="${path}"}`;
  return {
    ...connection(1, 0),
    [`input_received{${input}}`]: received,
    [processor("root.pipeline.processors.0")]: received,
    [processor("root.pipeline.processors.1")]: left,
    // Only what has failed passes here.
    [processor("root.pipeline.processors.1.catch.0")]: "0x300",
    [processor("root.output.retry.output.switch.output.processors.0")]: letters,
    [`output_connection_up{${bridgeOutput}}`]: "1x300",
    [`output_error{${bridgeOutput}}`]: "0x300",
    [`output_sent{${bridgeOutput}}`]: sent,
    [`output_sent{${bridgeLetters}}`]: letters,
  };
}

function attempts(errors: string, sent: string): Samples {
  return { [`output_error{${sinkOutput}}`]: errors, [`output_sent{${sinkOutput}}`]: sent };
}

function lag(newest: number, read: number): Samples {
  return {
    [`redpanda_kafka_max_offset{redpanda_namespace="kafka",${partition},instance="a"}`]:
      always(newest),
    [`redpanda_kafka_consumer_group_committed_offset{redpanda_group="${group}",${partition},instance="b"}`]:
      always(read),
  };
}
