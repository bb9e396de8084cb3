/**
 * One test for each known fault of document 004 and its sources that a declaration can show, by its
 * number in docs/DECISIONS.md. What a mapping makes of a message (TE-T12) the data tests show.
 */
import type { Telemetry } from "../../../../components/systems/telemetry";
import { literalSecrets } from "../../../support/invariants/pods";
import { strayingSecrets } from "../../../support/invariants/secrets";
import type { NetworkPolicy } from "../../../support/manifests";
import { controllers, envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { databases, jobOf, namespaces, telemetryOf } from "../../../support/telemetry";

let prod: Synthesis<Telemetry>;
beforeAll(async () => {
  prod = await telemetryOf("prod");
});

const spaces = Object.values(namespaces);
const sinkFiles = "redpanda-connect-streams";

function fileOf(namespace: string, configMap: string, file: string): string {
  const { data } = prod.within(namespace).object("ConfigMap", configMap);
  return data[file] ?? `no ${file} among ${Object.keys(data).join(", ")}`;
}

/** The definitions of all columns of a kind in the first migration of the measurements. */
function typesOf(column: RegExp): string[] {
  const sql = fileOf("timescaledb", "timescaledb-migration", "001_tables.sql");
  return sql
    .split("\n")
    .map((line) => line.trim().replace(/,$/, "").split(" "))
    .filter(([name = ""]) => column.test(name))
    .map(([, ...type]) => type.join(" "));
}

it("TE-T02: policies name namespaces by the label that Kubernetes itself sets", () => {
  const policies: NetworkPolicy[] = prod.objects("NetworkPolicy");
  const peers = policies.flatMap(({ spec }) => [
    ...(spec?.ingress ?? []).flatMap(({ from = [] }) => from),
    ...(spec?.egress ?? []).flatMap(({ to = [] }) => to),
  ]);
  const labels = peers.flatMap(({ namespaceSelector }) =>
    Object.keys(namespaceSelector?.matchLabels ?? {}),
  );
  expect([...new Set(labels)]).toEqual(["kubernetes.io/metadata.name"]);
});

it.each(databases)(
  "TE-T02: set-up, migration and sink may reach $server, on its port alone",
  ({ namespace, server }) => {
    const here = prod.within(namespace);
    for (const client of [`${server}-setup`, `${server}-migration`, "redpanda-connect"]) {
      const { spec } = here.object("NetworkPolicy", `${server}-from-${client}`);
      expect(spec.ingress[0]?.ports).toEqual([{ protocol: "TCP", port: 5432 }]);
    }
  },
);

it("TE-T03: all clients of Kafka are told one address", () => {
  const told = spaces.flatMap((namespace) => {
    const here = prod.within(namespace);
    return controllers(here).flatMap(({ title }) => envOf(here, title).KAFKA_BROKERS ?? []);
  });
  expect([told.length, new Set(told)]).toEqual([
    4,
    new Set(["redpanda-v2.redpanda-v2.svc.cluster.local:9092"]),
  ]);
});

it("TE-T04: no password is in clear, in a variable, an argument or a file", () => {
  expect([
    strayingSecrets(prod, ["value of mqttUser", "value of mqttPassword"]),
    spaces.flatMap((namespace) => literalSecrets(prod.within(namespace))),
  ]).toEqual([[], []]);
});

it("TE-T06: passwords are generated once and kept in the state", () => {
  const generated = prod.resources.filter(({ type }) => type.startsWith("random:"));
  expect(generated.map(({ name, protect }) => [name, protect])).toEqual(
    expect.arrayContaining([
      ["telemetry-timescaledb-database-credentials-password", true],
      ["telemetry-heatpump-settings-database-credentials-password", true],
    ]),
  );
});

it.each([
  ["timescaledb", "timescaledb-setup", "setup.sql"],
  ["timescaledb", "timescaledb-migration", "migrate.sql"],
  ["timescaledb", "timescaledb-reader", "reader.sql"],
  ["heatpump-settings", "postgres-setup", "setup.sql"],
  ["heatpump-settings", "postgres-migration", "migrate.sql"],
])("TE-T07: SQL ends at its first fault, in %s: %s", (namespace, configMap, file) => {
  expect(fileOf(namespace, configMap, file).split("\n")[0]).toBe("\\set ON_ERROR_STOP on");
});

it("TE-T08: other SQL is another Job, because the template of one cannot change", async () => {
  const other = await telemetryOf("prod", { timescaledb: { retentionDays: 30 } });
  const migrations = [prod, other].map((one) =>
    jobOf(one.within("timescaledb"), "timescaledb-migration"),
  );
  expect(new Set(migrations).size).toBe(2);
});

it("TE-T08: a finished Job stays, or it would be made and run again", () => {
  const limited = prod.objects("Job").filter(({ spec }) => "ttlSecondsAfterFinished" in spec);
  expect(limited.map(({ metadata }) => metadata.name)).toEqual([]);
});

it.each([
  ["power", /^active_power_/, 4],
  ["current", /^current_/, 3],
])("TE-T09: columns of %s hold more than 32767", (_, column, count) => {
  expect(typesOf(column)).toEqual(Array(count).fill("integer"));
});

it.each([
  ["timescaledb", "energy_consumption.yaml"],
  ["timescaledb", "heatpump_status.yaml"],
  ["timescaledb", "temperature_sensors.yaml"],
  ["heatpump-settings", "settings.yaml"],
])("TE-T10: numbers are rounded, and a bad row goes its own way: %s, %s", (namespace, file) => {
  const text = fileOf(namespace, sinkFiles, file);
  expect(["$number.round()", "-dead-letter"].filter((word) => !text.includes(word))).toEqual([]);
});

it("TE-T11: events of the indoor sensor are dropped, and nothing of the outdoor one", () => {
  const filtered = ["temperature-indoor.yaml", "temperature-outdoor.yaml"].map((file) =>
    fileOf(namespaces.bridge, "mqtt-redpanda-bridge-streams", file).includes("NotifyFullStatus"),
  );
  expect(filtered).toEqual([true, false]);
});

it.each([
  "homelab-energy-realtime",
  "homelab-heatpump-telemetry",
  "homelab-temperature-indoor",
  "homelab-temperature-outdoor",
])("TE-T14: the topic %s is made", (topic) => {
  const lines = fileOf(namespaces.bridge, "kafka-topics", "topics.sh").split("\n");
  expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^ensure '?${topic}'? `)));
});

it("TE-T15: the bridge logs in, with a user and a password that are not empty", () => {
  const { stringData } = prod.object("Secret", "mqtt-credentials");
  expect(stringData).toEqual({
    MQTT_PASSWORD: expect.stringMatching(/./) as unknown,
    MQTT_USER: expect.stringMatching(/./) as unknown,
  });
});

it("TE-T17: the broker keeps messages for a bridge that is away", () => {
  const energy = fileOf(namespaces.bridge, "mqtt-redpanda-bridge-streams", "energy.yaml");
  expect(energy).toContain("clean_session: false");
});

it("TE-T18: every image has a fixed tag", () => {
  const images = spaces.flatMap((namespace) =>
    controllers(prod.within(namespace)).flatMap(({ containers }) =>
      containers.map(({ image }) => image ?? "none"),
    ),
  );
  expect(images.filter((image) => !/:[^:/]*\d+\.\d+[^:/]*$/.test(image))).toEqual([]);
});

it("TE-T19: the storage class is a setting, and the cluster's own without one", async () => {
  const volume = { size: "50Gi", storageClass: "fast" };
  const storageClasses = { fast: { accessModes: ["ReadWriteOnce"] } };
  const chosen = await telemetryOf(
    "prod",
    { timescaledb: { postgres: { volume } } },
    { storageClasses },
  );
  const classes = ["timescaledb-data", "postgres-data"].map(
    (name) => chosen.object("PersistentVolumeClaim", name).spec.storageClassName,
  );
  const { storageClassName } = prod.object("PersistentVolumeClaim", "timescaledb-data").spec;
  expect(classes).toEqual(["fast", storageClassName]);
});

it.each([
  [namespaces.bridge, "mqtt-redpanda-bridge"],
  [namespaces.timescaledb, "redpanda-connect"],
  [namespaces.heatpumpSettings, "redpanda-connect"],
])("TE-T21: a broker that is away restarts nothing in %s", (namespace, name) => {
  const { template } = prod.within(namespace).object("Deployment", name).spec;
  const [{ livenessProbe, readinessProbe } = {}] = template.spec.containers;
  expect(livenessProbe?.httpGet.path).toBe("/ping");
  expect(livenessProbe?.timeoutSeconds).toBeGreaterThanOrEqual(5);
  expect(readinessProbe?.httpGet.path).toBe("/ready");
});
