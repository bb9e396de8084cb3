/** Proves what is declared between MQTT and Kafka; that messages arrive, the data tests show. */
import type { Telemetry } from "../../../../components/systems/telemetry";
import type { Container } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { jobOf, namespaces, telemetryOf } from "../../../support/telemetry";

const title = "Deployment/mqtt-redpanda-bridge";

let dev: Synthesis<Telemetry>;
let part: Synthesis<Telemetry>;
beforeAll(async () => {
  dev = await telemetryOf("dev");
  part = dev.within(namespaces.bridge);
});

function containerOf(synthesis: Synthesis<unknown>): Container {
  const { template } = synthesis.object("Deployment", "mqtt-redpanda-bridge").spec;
  return template.spec.containers[0] ?? {};
}

function filesOf(synthesis: Synthesis<unknown>): Readonly<Record<string, string>> {
  return synthesis.object("ConfigMap", "mqtt-redpanda-bridge-streams").data;
}

describe("the bridge", () => {
  it("starts when the topics are there", () => {
    expect(part.waits(title)).toContain(jobOf(part, "kafka-topics"));
  });

  it("is one at most, or every message would come twice", () => {
    const { replicas, strategy } = part.object("Deployment", "mqtt-redpanda-bridge").spec;
    expect([replicas, strategy]).toEqual([1, { type: "Recreate" }]);
  });

  it("is told of both brokers, and of its login by its Secret", () => {
    expect(envOf(part, title)).toMatchObject({
      KAFKA_BROKERS: "redpanda-v2.redpanda-v2.svc.cluster.local:9092",
      MQTT_ADDRESS: "mosquitto.mosquitto.svc.cluster.local:1883",
      MQTT_PASSWORD: "secret mqtt-credentials/MQTT_PASSWORD",
      MQTT_USER: "secret mqtt-credentials/MQTT_USER",
    });
  });

  it("logs in with what the settings give", () => {
    expect(part.object("Secret", "mqtt-credentials").stringData).toEqual({
      MQTT_USER: "value of mqttUser",
      MQTT_PASSWORD: "value of mqttPassword",
    });
  });

  it("runs each of the four streams from a file", () => {
    const { args = [] } = containerOf(part);
    const streams = ["energy", "heatpump", "temperature-indoor", "temperature-outdoor"];
    expect([args[0], args.slice(-4)]).toEqual([
      "streams",
      streams.map((name) => `/config/${name}.yaml`),
    ]);
    expect(Object.keys(filesOf(part))).toEqual(
      expect.arrayContaining(streams.map((name) => `${name}.yaml`)),
    );
  });

  it("finds all its files where its arguments say", () => {
    const mount = containerOf(part).volumeMounts?.find(({ mountPath }) => mountPath === "/config");
    const { volumes } = part.object("Deployment", "mqtt-redpanda-bridge").spec.template.spec;
    expect(volumes.find(({ name }) => name === mount?.name)?.configMap.name).toBe(
      "mqtt-redpanda-bridge-streams",
    );
  });

  it.each([
    ["persistent", "client_id: test-dev-telemetry-energy", "clean_session: false"],
    ["clean", "dynamic_client_id_suffix", "clean_session: true"],
  ])("has the session that the settings ask for: %s", async (session, ...words) => {
    const synthesis = await telemetryOf("dev", { mqtt: { session } });
    const energy = filesOf(synthesis)["energy.yaml"] ?? "";
    expect(words.filter((word) => !energy.includes(word))).toEqual([]);
  });

  it("reaches the namespaces of both brokers, on their ports alone", () => {
    const out = ["mqtt-redpanda-bridge-to-mqtt", "mqtt-redpanda-bridge-to-kafka"].map(
      (name) => part.object("NetworkPolicy", name).spec.egress,
    );
    const to = (namespace: string, port: number): unknown => [
      {
        to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } }],
        ports: [{ protocol: "TCP", port }],
      },
    ];
    expect(out).toEqual([to("mosquitto", 1883), to("redpanda-v2", 9092)]);
  });

  it("is reached by nobody", () => {
    const into = part.objects("NetworkPolicy").filter(({ spec }) => "ingress" in spec);
    expect(into.map(({ metadata }) => metadata.name)).toEqual([]);
  });

  it("is read by Prometheus where the cluster has its operator", async () => {
    const capabilities = { prometheusOperator: true };
    const monitored = await telemetryOf("dev", {}, { capabilities });
    expect(monitored.names("ServiceMonitor")).toEqual([
      "mqtt-redpanda-bridge",
      "redpanda-connect",
      "redpanda-connect",
    ]);
  });
});

describe("the topics", () => {
  it("are made by Kafka's own tools", () => {
    const [container] = part.object("Job", jobOf(part, "kafka-topics").slice(4)).spec.template.spec
      .containers;
    expect([container?.image, container?.command]).toEqual([
      "docker.io/apache/kafka:3.9.1",
      ["/bin/sh", "/topics/topics.sh"],
    ]);
  });

  it.each([
    ["another retention", { retentionHours: { energy: 48 } }],
    ["another number of partitions", { partitions: 6 }],
  ])("are made anew for %s", async (_, kafka) => {
    const other = await telemetryOf("dev", { kafka });
    expect(jobOf(other, "kafka-topics")).not.toBe(jobOf(part, "kafka-topics"));
  });
});

describe("the address of the brokers", () => {
  const clientsOf = (synthesis: Synthesis<unknown>): [Synthesis<unknown>, string][] => {
    const bridge = synthesis.within(namespaces.bridge);
    return [
      [bridge, jobOf(bridge, "kafka-topics")],
      [bridge, title],
      [synthesis.within(namespaces.timescaledb), "Deployment/redpanda-connect"],
      [synthesis.within(namespaces.heatpumpSettings), "Deployment/redpanda-connect"],
    ];
  };

  it("is one setting for the topics, the bridge and both sinks", async () => {
    const synthesis = await telemetryOf("dev", {
      kafka: { host: "broker.elsewhere.svc", port: 9093 },
    });
    const told = clientsOf(synthesis).map(([here, client]) => envOf(here, client).KAFKA_BROKERS);
    expect(told).toEqual(Array(4).fill("broker.elsewhere.svc:9093"));
  });
});

describe("a stack that is paused", () => {
  let paused: Synthesis<Telemetry>;
  beforeAll(async () => {
    paused = await telemetryOf("dev", { paused: true });
  });

  it("has no bridge and no sinks running", () => {
    const replicas = paused.objects("Deployment").map(({ spec }) => spec.replicas);
    expect(replicas).toEqual([0, 0, 0]);
  });

  it("changes nothing else, its databases least of all", () => {
    const others = ({ resources }: Synthesis<unknown>): unknown[] =>
      resources
        .filter(({ type }) => !type.endsWith(":Deployment"))
        .map(({ urn, inputs }) => [urn, inputs]);
    expect(others(paused)).toEqual(others(dev));
  });

  it("comes back to the pods that it had", () => {
    const templates = (synthesis: Synthesis<unknown>): unknown[] =>
      synthesis.objects("Deployment").map(({ spec }) => spec.template);
    expect(templates(paused)).toEqual(templates(dev));
  });
});
