import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  bridgeFiles,
  migrationFiles,
  type MqttSession,
  sinkFiles,
  type StreamName,
  type TopicOptions,
  topicScript,
} from "../../../components/systems/telemetry/streams";
import { type Stream } from "../../../components/systems/telemetry/streams/model";
import { streams } from "../../../components/systems/telemetry/streams/streams";
import { Connect } from "./connect";
import { Kafka } from "./kafka";
import { type Row, type Sample } from "./messages";
import { Mosquitto } from "./mosquitto";
import { Postgres } from "./postgres";

export const topicOptions: TopicOptions = {
  partitions: 3,
  replicationFactor: 1,
  retentionHours: {
    energy: 24,
    heatpump: 168,
    "temperature-indoor": 168,
    "temperature-outdoor": 168,
  },
  deadLetterRetentionHours: 336,
};

/** Everything from the MQTT broker to the databases, on loopback. */
export interface World {
  readonly folder: string;
  readonly mosquitto: Mosquitto;
  readonly kafka: Kafka;
  readonly postgres: Postgres;
  readonly bridge: Connect;
  readonly telemetry: Connect;
  readonly settings: Connect;
  stop(): Promise<void>;
}

export async function startWorld(session: MqttSession): Promise<World> {
  const folder = temporaryFolder();
  const [mosquitto, kafka, postgres] = await Promise.all([
    Mosquitto.start(join(folder, "mosquitto")),
    Kafka.start(join(folder, "kafka")),
    Postgres.start(join(folder, "postgres")),
  ]);
  const made = await kafka.script(topicScript(topicOptions));
  if (made.code !== 0) throw new Error(made.stderr);
  for (const database of ["telemetry", "settings"] as const) {
    await postgres.createDatabase(database, database === "telemetry");
    const done = await postgres.migrate(database, migrationFiles(database, { retentionDays: 90 }));
    if (done.code !== 0) throw new Error(done.stderr);
  }
  const brokers = { KAFKA_BROKERS: kafka.brokers };
  const bridge = await Connect.prepare("bridge", join(folder, "bridge"), bridgeFiles({ session }), {
    ...brokers,
    MQTT_ADDRESS: mosquitto.address,
    MQTT_USER: Mosquitto.user,
    MQTT_PASSWORD: Mosquitto.password,
  });
  const [telemetry, settings] = await Promise.all(
    (["telemetry", "settings"] as const).map((which) =>
      Connect.prepare(which, join(folder, which), sinkFiles(which, { group: "telemetry" }), {
        ...brokers,
        DATABASE_DSN: postgres.dsn(which),
      }),
    ),
  );
  if (telemetry === undefined || settings === undefined) throw new Error("no sinks");
  await Promise.all([bridge.start(), telemetry.start(), settings.start()]);
  const stop = async (): Promise<void> => {
    await Promise.all([bridge.stop(), telemetry.stop(), settings.stop()]);
    await Promise.all([mosquitto.stop(), kafka.stop("SIGKILL"), postgres.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, mosquitto, kafka, postgres, bridge, telemetry, settings, stop };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "platform-data-"));
  // PostgreSQL reaches its own folder in there as another user.
  chmodSync(folder, 0o755);
  return folder;
}

export function streamNamed(name: StreamName): Stream {
  const stream = streams.find((one) => one.name === name);
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return stream;
}

/** The condition that tells the rows of a stream from others in the same table. */
function conditionOf(name: StreamName): string {
  return name.startsWith("temperature-") ? `location = '${name.slice(12)}'` : "true";
}

export function publish(
  { mosquitto }: World,
  name: StreamName,
  messages: readonly Sample[],
): Promise<void> {
  return mosquitto.publish(
    streamNamed(name).mqttTopic,
    messages.map(({ payload }) => payload),
  );
}

/** The rows of a stream as they are stored, without time and what is null. */
export async function storedRows({ postgres }: World, name: StreamName): Promise<Row[]> {
  const table = streamNamed(name).tables[0]?.name ?? "";
  const rows = await postgres.rows<Row>(
    "telemetry",
    `SELECT * FROM ${table} WHERE ${conditionOf(name)} ORDER BY time`,
  );
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(([column, value]) => column !== "time" && value !== null),
    ),
  );
}

export async function countRows({ postgres }: World, name: StreamName): Promise<number> {
  const table = streamNamed(name).tables[0]?.name ?? "";
  const sql = `SELECT count(*) FROM ${table} WHERE ${conditionOf(name)}`;
  return Number(await postgres.sql("telemetry", sql));
}
