import { type AlertCase, always } from "./alert-case";
import type { Samples } from "./promtool";

const scaler =
  'namespace="keda",exported_namespace="philotes",scaledObject="philotes-worker-orders",scaler="postgresqlScaler",triggerIndex="0",type="scaledobject"';
const reader = { namespace: "philotes", scaledObject: "philotes-worker-orders" };

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
    alert: "WalUnmeasured",
    cause: "",
    namespace: "philotes",
    bad: { [`keda_scaler_detail_errors_total{${scaler}}`]: "0+1x300" },
    // One that failed once was asked again.
    good: { [`keda_scaler_detail_errors_total{${scaler}}`]: "0 1x300" },
    since: 1,
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
    cause: "",
    namespace: "mqtt-redpanda-bridge",
    bad: attempts(bridgeOutput, "0+1x300", "5x300"),
    good: attempts(bridgeOutput, "0+1x300", "0+1x300"),
    since: 1,
    labels: ofBridge,
  },
  {
    alert: "SinkStalled",
    cause: "",
    namespace: "timescaledb",
    bad: attempts(sinkOutput, "0+10x300", "5x300"),
    good: attempts(sinkOutput, "0x300", "5x300"),
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

function attempts(output: string, errors: string, sent: string): Samples {
  return { [`output_error{${output}}`]: errors, [`output_sent{${output}}`]: sent };
}

function lag(newest: number, read: number): Samples {
  return {
    [`redpanda_kafka_max_offset{redpanda_namespace="kafka",${partition},instance="a"}`]:
      always(newest),
    [`redpanda_kafka_consumer_group_committed_offset{redpanda_group="${group}",${partition},instance="b"}`]:
      always(read),
  };
}
