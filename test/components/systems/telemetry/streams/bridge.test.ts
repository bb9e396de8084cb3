/** What the bridge's files say; what Redpanda Connect makes of them is proven in test/data. */
import { parse } from "yaml";

import {
  bridgeFiles,
  httpPort,
  type MqttSession,
  streamArguments,
} from "../../../../../components/systems/telemetry/streams";
import { streams } from "../../../../../components/systems/telemetry/streams/streams";

interface BridgeFile {
  readonly input: { readonly mqtt: Readonly<Record<string, unknown>> };
  readonly pipeline: {
    readonly threads: number;
    readonly processors: readonly { readonly mapping?: string }[];
  };
  readonly output: {
    readonly retry: {
      readonly max_retries: number;
      readonly output: {
        readonly switch: {
          readonly cases: readonly {
            readonly check?: string;
            readonly output: { readonly kafka_franz: Readonly<Record<string, unknown>> };
          }[];
        };
      };
    };
  };
}

const clean: MqttSession = { kind: "clean" };
const files = bridgeFiles({ session: clean });

function bridge(name: string, session = clean): BridgeFile {
  return parse(bridgeFiles({ session })[`${name}.yaml`] ?? "") as BridgeFile;
}

function mappings(name: string): string {
  return bridge(name)
    .pipeline.processors.map(({ mapping }) => mapping ?? "")
    .join("\n");
}

test("there is a file for each stream, and one for the process", () => {
  expect(Object.keys(files)).toEqual([
    "process.yaml",
    "energy.yaml",
    "heatpump.yaml",
    "temperature-indoor.yaml",
    "temperature-outdoor.yaml",
  ]);
});

test("the process listens on every address of the pod", () => {
  expect(parse(files["process.yaml"] ?? "")).toMatchObject({
    http: { enabled: true, address: `0.0.0.0:${httpPort}` },
    metrics: { prometheus: {} },
  });
});

test("the arguments name each stream and close the API", () => {
  expect(streamArguments(files, "/config")).toEqual([
    "streams",
    "--no-api",
    "--observability",
    "/config/process.yaml",
    "/config/energy.yaml",
    "/config/heatpump.yaml",
    "/config/temperature-indoor.yaml",
    "/config/temperature-outdoor.yaml",
  ]);
});

test.each(streams.map((stream) => [stream.name, stream] as const))(
  "%s goes from its MQTT topic to its Kafka topic, by device",
  (name, stream) => {
    const { input, output } = bridge(name);
    expect(input.mqtt).toMatchObject({ topics: [stream.mqttTopic], qos: 1 });
    const [bad, good] = output.retry.output.switch.cases;
    expect(good?.output.kafka_franz).toMatchObject({
      topic: stream.kafkaTopic,
      key: "${! @device }",
      compression: "snappy",
    });
    expect(bad).toMatchObject({
      check: "@reason != null",
      output: { kafka_franz: { topic: `${stream.kafkaTopic}-dead-letter` } },
    });
  },
);

test.each(streams.map((stream) => [stream.name, stream] as const))(
  "%s has each of its tags and fields in its message",
  (name, { tags, fields }) => {
    for (const column of Object.keys({ ...tags, ...fields })) {
      expect(mappings(name)).toContain(`"${column}": `);
    }
  },
);

test("messages stay in order, and are sent until Kafka has them", () => {
  const { pipeline, output } = bridge("energy");
  expect(pipeline.threads).toBe(1);
  expect(output.retry.max_retries).toBe(0);
  for (const { output: target } of output.retry.output.switch.cases) {
    expect(target.kafka_franz).toMatchObject({ max_in_flight: 1, idempotent_write: true });
  }
});

test("the indoor sensor alone is asked for its method", () => {
  expect(mappings("temperature-indoor")).toContain('$payload.method != "NotifyFullStatus"');
  for (const name of ["energy", "heatpump", "temperature-outdoor"]) {
    expect(mappings(name)).not.toContain("method");
  }
});

test("segments that are no plain names are quoted", () => {
  expect(mappings("temperature-indoor")).toContain('$payload.params."temperature:0".tC');
});

test("bits are taken from their register", () => {
  expect(mappings("heatpump")).toContain("($payload.d16.number() / 4).floor() % 2 == 1");
  expect(mappings("heatpump")).toContain("$payload.d13.or(0)");
});

describe("the MQTT session", () => {
  test("is clean with a name that nobody else has", () => {
    expect(bridge("energy").input.mqtt).toMatchObject({
      clean_session: true,
      client_id: "bridge-energy-",
      dynamic_client_id_suffix: "nanoid",
    });
  });

  test("is persistent under a fixed name for each stream", () => {
    const session: MqttSession = { kind: "persistent", clientId: "telemetry-prod" };
    const ids = streams.map(({ name }) => bridge(name, session).input.mqtt);
    expect(ids.map((mqtt) => mqtt.client_id)).toEqual(
      streams.map(({ name }) => `telemetry-prod-${name}`),
    );
    for (const mqtt of ids) {
      expect(mqtt).toMatchObject({ clean_session: false, qos: 1 });
      expect(mqtt).not.toHaveProperty("dynamic_client_id_suffix");
    }
  });

  test.each(["", "a b", "x/#", "x".repeat(65)])("refuses the client id %j", (clientId) => {
    expect(() => bridgeFiles({ session: { kind: "persistent", clientId } })).toThrow(
      "expected up to 64 letters, digits and hyphens",
    );
  });
});

test("broker, login and addresses come from the environment, in quotes", () => {
  const text = Object.values(files).join("\n");
  const variables = [...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name);
  expect([...new Set(variables)].sort()).toEqual([
    "KAFKA_BROKERS",
    "MQTT_ADDRESS",
    "MQTT_PASSWORD",
    "MQTT_USER",
  ]);
  for (const line of text.split("\n").filter((each) => /\$\{[A-Z_]+\}/.test(each))) {
    expect(line).toMatch(/'[^']*\$\{[A-Z_]+\}'$/);
  }
  expect(text).not.toMatch(/password: (?!'\$\{MQTT_PASSWORD\}')/);
});

test("the same options give the same files", () => {
  expect(bridgeFiles({ session: clean })).toEqual(files);
});
