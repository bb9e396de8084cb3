/**
 * Proves the way of a message from MQTT over Kafka into PostgreSQL with the real programs and the files
 * as they are generated. Does not prove hypertables and retention: TimescaleDB is a stand-in here.
 */
import {
  migrationFiles,
  sinkFiles,
  type StreamName,
} from "../../components/systems/telemetry/streams";
import { Connect, type KafkaMessage, readTopic, writeTopic } from "./support/connect";
import { until } from "./support/daemon";
import { numberColumn, type Row, type Sample, samples } from "./support/messages";
import { reportVersions } from "./support/report";
import {
  countRows,
  publish,
  startWorld,
  storedRows,
  streamNamed,
  type World,
} from "./support/world";

jest.setTimeout(240_000);

const names = ["energy", "heatpump", "temperature-indoor", "temperature-outdoor"] as const;
const count = 1000;
const sent: Readonly<Record<StreamName, readonly Sample[]>> = {
  energy: samples("energy", count),
  heatpump: samples("heatpump", count),
  "temperature-indoor": samples("temperature-indoor", count),
  "temperature-outdoor": samples("temperature-outdoor", count),
};

const wanted = (name: StreamName): Row[] =>
  sent[name].flatMap(({ row }) => (row === undefined ? [] : [row]));

let world: World;
beforeAll(async () => {
  await reportVersions(["mosquitto", "redpanda-connect", "kafka", "postgres"]);
  world = await startWorld({ kind: "clean" });
  await Promise.all(names.map((name) => publish(world, name, sent[name])));
  await until("all rows", 90, async () => {
    const counts = await Promise.all(names.map((name) => countRows(world, name)));
    return counts.every((found, index) => found >= wanted(names[index]!).length);
  });
});
afterAll(() => world.stop());

test("every file passes the linter of Redpanda Connect", async () => {
  for (const process of [world.bridge, world.telemetry, world.settings]) {
    expect(await process.lint()).toMatchObject({ code: 0, stdout: "", stderr: "" });
  }
});

test("each process says that it lives and that it is ready", async () => {
  for (const process of [world.bridge, world.telemetry, world.settings]) {
    expect(await process.answers("/ping")).toBe(true);
    expect(await process.answers("/ready")).toBe(true);
    expect(await process.answers("/metrics")).toBe(true);
    expect(await process.answers("/streams")).toBe(false);
  }
});

test("each process counts what alerts are made of", async () => {
  const [bridge, sink] = await Promise.all([world.bridge.metrics(), world.telemetry.metrics()]);
  expect(valueOf(bridge, "input_connection_up", { stream: "energy" })).toBe(1);
  expect(valueOf(bridge, "input_connection_lost", { stream: "energy" })).toBe(0);
  const letters = { label: "dead_letters" };
  const bad = (refusedBy: string): number =>
    sent.energy.filter((sample) => sample.refusedBy === refusedBy).length;
  expect(valueOf(bridge, "output_sent", { ...letters, stream: "energy" })).toBe(bad("bridge"));
  expect(valueOf(sink, "output_sent", { ...letters, stream: "energy_consumption" })).toBe(
    bad("energy_consumption"),
  );
  const refused = { label: "dead_letters_refused", stream: "energy_consumption" };
  expect(valueOf(sink, "output_sent", refused)).toBe(0);
  expect(valueOf(sink, "output_error", refused)).toBe(0);
});

test.each(names)("%s: each row is what was sent, once", async (name) => {
  const byNumber = (a: Row, b: Row): number =>
    Number(a[numberColumn[name]]) - Number(b[numberColumn[name]]);
  const stored = await storedRows(world, name);
  expect(stored.sort(byNumber)).toEqual(wanted(name).sort(byNumber));
});

test.each(names)("%s: bad messages are in the dead letters, with a reason", async (name) => {
  const letters = await readTopic(
    world.kafka.brokers,
    `${streamNamed(name).kafkaTopic}-dead-letter`,
  );
  const bad = sent[name].filter(({ refusedBy }) => refusedBy === "bridge");
  const fromBridge = letters.filter(({ reader }) => reader === "bridge");
  expect(fromBridge.map(({ value }) => value).sort()).toEqual(
    bad.map(({ payload }) => payload).sort(),
  );
  for (const { reason } of fromBridge) expect(reason).toBe("not a JSON object");

  const table = streamNamed(name).tables[0]!.name;
  const refused = sent[name].filter(({ refusedBy }) => refusedBy === table);
  const fromSink = letters.filter(({ reader }) => reader === `telemetry-${table}`);
  expect(payloadsOf(fromSink)).toEqual(
    refused.map(({ payload }) => sorted(JSON.parse(payload))).sort(textOrder),
  );
  for (const { reason } of fromSink) {
    expect(reason).toMatch(/^\w+ is (missing|out of range|not (text|number))$/);
  }
});

test("settings: each heat pump has what it said last, and bad ones are in the dead letters", async () => {
  const last = new Map<unknown, Row>();
  for (const { settings } of sent.heatpump) {
    if (settings !== undefined) last.set(settings.device_id, settings);
  }
  await until("the settings", 30, async () => {
    const [row] = await settingsRows();
    return row?.curve === [...last.values()][0]?.curve;
  });
  const found = (await settingsRows()).map((row) => without(row, ["updated_at"]));
  const missing = { curve_zero: null, curve_minus_5: null, heatstop: null };
  expect(found).toEqual([
    { ...last.get("pump-0"), ...missing },
    { ...last.get("pump-1"), ...missing },
  ]);
  const letters = await readTopic(world.kafka.brokers, "homelab-heatpump-telemetry-dead-letter");
  const refused = sent.heatpump.filter(({ settingsRefused }) => settingsRefused === true);
  const fromSettings = letters.filter(({ reader }) => reader === "telemetry-settings");
  expect(fromSettings).toHaveLength(refused.length);
  expect(new Set(fromSettings.map(({ reason }) => reason))).toEqual(
    new Set(["curve_max is out of range"]),
  );
});

test("messages keep their payload and are kept apart by device", async () => {
  const messages = await readTopic(world.kafka.brokers, "homelab-energy-realtime");
  const known = sent.energy.filter(({ refusedBy }) => refusedBy !== "bridge");
  const payloads: string[] = [];
  for (const { key, value } of messages) {
    const { ts, tags, fields, ...payload } = JSON.parse(value) as Record<string, unknown>;
    expect(ts).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
    // A message that names no device is passed on too, without a key: its sink refuses it.
    expect(key).toBe((tags as { device_serial: string | null }).device_serial ?? "");
    expect(fields).toHaveProperty("active_power_total");
    payloads.push(sorted(payload));
  }
  expect(payloads.sort(textOrder)).toEqual(
    known.map(({ payload }) => sorted(JSON.parse(payload))).sort(textOrder),
  );
});

test("another consumer group reads everything again and changes nothing", async () => {
  const before = await Promise.all(names.map((name) => countRows(world, name)));
  const again = await Connect.prepare(
    "again",
    `${world.folder}/again`,
    sinkFiles("telemetry", { group: "again" }),
    { KAFKA_BROKERS: world.kafka.brokers, DATABASE_DSN: world.postgres.dsn("telemetry") },
  );
  try {
    await again.start();
    const bad = sent.energy.filter(({ refusedBy }) => refusedBy === "energy_consumption");
    await until("the second reading", 60, async () => {
      const letters = await readTopic(world.kafka.brokers, "homelab-energy-realtime-dead-letter");
      const found = letters.filter(({ reader }) => reader === "again-energy_consumption");
      return found.length >= bad.length;
    });
  } finally {
    await again.stop();
  }
  expect(await Promise.all(names.map((name) => countRows(world, name)))).toEqual(before);
});

test("an older message never takes the place of newer settings", async () => {
  const before = await settingsRows();
  const message = (ts: string, curve: number): string =>
    JSON.stringify({ ts, tags: { device_id: "pump-0" }, fields: { curve } });
  await writeTopic(world.kafka.brokers, "homelab-heatpump-telemetry", "pump-0", [
    message("2020-01-01T00:00:00Z", 7),
    JSON.stringify({
      ts: "2099-01-01T00:00:00Z",
      tags: { device_id: "pump-2" },
      fields: { mode: 3.7 },
    }),
  ]);
  await until("the newer one", 30, async () => (await settingsRows()).length === 3);
  const after = await settingsRows();
  expect(after.slice(0, 2)).toEqual(before);
  expect(after[2]).toMatchObject({ device_id: "pump-2", mode: 3 });
});

test("settings that stay the same are not written", async () => {
  const before = await settingsRows();
  await writeTopic(world.kafka.brokers, "homelab-heatpump-telemetry", "pump-2", [
    JSON.stringify({
      ts: "2099-01-02T00:00:00Z",
      tags: { device_id: "pump-2" },
      fields: { mode: 3 },
    }),
    JSON.stringify({
      ts: "2099-01-03T00:00:00Z",
      tags: { device_id: "pump-3" },
      fields: { mode: 1 },
    }),
  ]);
  await until("the one after it", 30, async () => (await settingsRows()).length === 4);
  expect((await settingsRows()).slice(0, 3)).toEqual(before);
});

test("a row that only the database refuses goes to the dead letters, and those beside it are stored", async () => {
  await world.postgres.sql(
    "telemetry",
    "ALTER TABLE energy_consumption ADD CONSTRAINT no_thirteen CHECK (power_factor <> 13) NOT VALID",
  );
  const before = await countRows(world, "energy");
  const payloads = [90, 13, 91].map((total) =>
    JSON.stringify({ saveeyeDeviceSerialNumber: "meter-9", powerFactor: { total } }),
  );
  await world.mosquitto.publish("homelab/energy/realtime", payloads);
  const refused = async (): Promise<KafkaMessage | undefined> => {
    const letters = await readTopic(world.kafka.brokers, "homelab-energy-realtime-dead-letter");
    return letters.find(({ reason }) => reason?.includes("no_thirteen"));
  };
  await until("the dead letter", 30, async () => (await refused()) !== undefined);
  expect(await refused()).toMatchObject({ reader: "telemetry-energy_consumption" });
  expect(await countRows(world, "energy")).toBe(before + 2);
});

test("what TimescaleDB would be asked for is recorded by the stand-in, and no more than that is proven", async () => {
  const calls = await world.postgres.rows<{ call: string }>(
    "telemetry",
    "SELECT call FROM shim_calls ORDER BY call",
  );
  expect(calls.map(({ call }) => call)).toEqual([
    "hypertable energy_consumption by time",
    "hypertable heatpump_status by time",
    "hypertable temperature_sensors by time",
    "retention energy_consumption 90 days",
    "retention heatpump_status 90 days",
    "retention temperature_sensors 90 days",
  ]);
  expect(Object.keys(migrationFiles("telemetry", { retentionDays: 90 }))).toContain(
    "retention.sql",
  );
});

function settingsRows(): Promise<Record<string, unknown>[]> {
  return world.postgres.rows("settings", "SELECT * FROM settings ORDER BY device_id");
}

/** The payloads that dead letters of a sink were made of. */
function payloadsOf(letters: readonly KafkaMessage[]): string[] {
  return letters
    .map(({ value }) => {
      const message = JSON.parse(value) as Record<string, unknown>;
      return sorted(without(message, ["ts", "tags", "fields"]));
    })
    .sort(textOrder);
}

/** JSON whose keys are in order: on the way they change theirs. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => textOrder(a, b)))
      : inner,
  );
}

function without(
  record: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

function textOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** The value of the one series with these labels. */
function valueOf(
  lines: readonly string[],
  name: string,
  labels: Readonly<Record<string, string>>,
): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const found = lines.filter(
    (line) => line.startsWith(`${name}{`) && wanted.every((one) => line.includes(one)),
  );
  if (found.length !== 1) throw new Error(`${String(found.length)} series ${name}`);
  return Number(found[0]!.split(" ").at(-1));
}
