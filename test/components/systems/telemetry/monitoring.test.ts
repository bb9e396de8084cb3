/** Proves how the streams and what they carry are watched; queries and alerts themselves, the tests of data prove. */
import { namespaces, telemetryOf } from "../../../support/telemetry";

const operator = { capabilities: { prometheusOperator: true } };

async function alertsIn(
  namespace: string,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<string[]> {
  const synthesis = (await telemetryOf("dev", overrides, operator)).within(namespace);
  return synthesis
    .objects("PrometheusRule")
    .flatMap(({ spec }) =>
      (spec.groups as { rules: { alert: string }[] }[]).flatMap(({ rules }) => rules),
    )
    .map(({ alert }) => alert);
}

const ofBridge = ["BridgeDisconnected", "BridgeStalled", "DeadLetters"];
const ofSinks = ["SinkStalled", "ConsumerLag", "DeadLetters"];

it.each([
  ["the bridge", namespaces.bridge, ofBridge],
  ["the sink of the measurements", namespaces.timescaledb, ofSinks],
  ["the sink of the settings", namespaces.heatpumpSettings, ofSinks],
])("%s has alerts of its own", async (_what, namespace, expected) => {
  expect((await alertsIn(namespace)).slice(-3)).toEqual(expected);
});

it.each(Object.values(namespaces))("what is stopped in %s has none", async (namespace) => {
  const found = await alertsIn(namespace, { paused: true });
  expect(found.filter((name) => [...ofBridge, ...ofSinks].includes(name))).toEqual([]);
});

it("the consumer groups that are watched are those that read", async () => {
  const synthesis = (await telemetryOf("dev", {}, operator)).within(namespaces.timescaledb);
  const rules = JSON.stringify(synthesis.object("PrometheusRule", "alerts").spec);
  const { data } = synthesis.object("ConfigMap", "redpanda-connect-streams");
  const groups = Object.values(data).flatMap(
    (text) => /consumer_group: (\S+)/.exec(text)?.[1] ?? [],
  );
  expect(groups).toHaveLength(3);
  for (const group of groups) expect(rules).toContain(group);
});

it("there is one dashboard of the system, and one of the measurements", async () => {
  const synthesis = await telemetryOf("dev", {}, operator);
  const dashboards = synthesis
    .objects("ConfigMap")
    .filter(({ metadata }) => metadata.labels.grafana_dashboard === "1");
  expect(dashboards.map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
    ["timescaledb", "dashboard"],
    ["timescaledb", "measurements-dashboard"],
  ]);
});

describe("the datasource of the measurements", () => {
  it("is the reader's, who may do nothing else", async () => {
    const synthesis = (await telemetryOf("dev", {}, operator)).within(namespaces.timescaledb);
    const [text = ""] = Object.values(
      synthesis.object("Secret", "measurements-datasource").stringData,
    );
    const { password = "" } = synthesis.object("Secret", "timescaledb-reader").stringData;
    expect(text).toContain("user: grafana");
    expect(text).toContain(`password: ${password}`);
  });

  it("is not there where only the cluster knows the reader's password", async () => {
    const password = { from: "existing", secretName: "theirs", key: "password" };
    const overrides = { timescaledb: { reader: { password } } };
    const synthesis = await telemetryOf("dev", overrides, operator);
    expect(synthesis.names("Secret")).not.toContain("measurements-datasource");
    expect(synthesis.messages.join()).toMatch(/no Secret measurements-datasource for Grafana/);
  });

  it.each([
    ["where nothing runs", { enabled: false }, operator],
    ["on a cluster without Prometheus' operator", {}, {}],
  ])("is not there %s", async (_what, overrides, cluster) => {
    const synthesis = await telemetryOf("dev", overrides, cluster);
    expect(synthesis.names("Secret")).not.toContain("measurements-datasource");
  });
});
