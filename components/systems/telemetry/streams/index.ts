import { type Logging, unloggedStatements } from "../../../services/postgres-setup";
import { bridgeStream, type MqttSession } from "./bridge";
import { streamsDocument } from "./document";
import {
  migrateScript,
  migrationFile,
  migrationsOf,
  readerSql,
  retentionSql,
  tablesIn,
} from "./migrations";
import type { DatabaseName } from "./model";
import { consumerGroup, sinkStream, type SinkOptions } from "./sink";
import { streams } from "./streams";
import { tables } from "./tables";
import { topicsScript, type TopicOptions } from "./topics";
import { streamYaml } from "./yaml";

export type { MqttSession } from "./bridge";
export type { DatabaseName, StreamName } from "./model";
export { deadLetterLabel } from "./parts";
export type { SinkOptions } from "./sink";
export type { TopicOptions } from "./topics";

type Files = Readonly<Record<string, string>>;

/**
 * Where each process answers `/ping`, `/ready` and `/metrics`. The bridge is ready when MQTT is connected.
 * A sink is ready as soon as it runs: its clients of Kafka and PostgreSQL connect when they are used.
 */
export const httpPort = 4195;

const processFile = "process.yaml";

/**
 * The files of the bridge. Variables: MQTT_ADDRESS (host:port), MQTT_USER, MQTT_PASSWORD, KAFKA_BROKERS
 * (host:port, several separated by commas). No value may hold a single quote.
 */
export function bridgeFiles({ session }: { readonly session: MqttSession }): Files {
  return {
    [processFile]: processYaml(),
    ...Object.fromEntries(
      streams.map((stream) => [`${stream.name}.yaml`, bridgeStream(stream, session)]),
    ),
  };
}

/** The files of one database's sink. Variables: KAFKA_BROKERS, DATABASE_DSN (a postgres:// address). */
export function sinkFiles(which: DatabaseName, options: SinkOptions): Files {
  return {
    [processFile]: processYaml(),
    ...Object.fromEntries(
      tablesIn(which, tables).map((table) => [
        `${table.name}.yaml`,
        sinkStream(table, streams, options),
      ]),
    ),
  };
}

/** The consumer groups of one database's sink. */
export function consumersOf(which: DatabaseName, { group }: Pick<SinkOptions, "group">): string[] {
  return tablesIn(which, tables).map((table) => consumerGroup(table, group));
}

/**
 * The arguments of a process whose files are mounted at `folder`, each named so that another file is
 * another process. Without the API that could change streams while they run.
 */
export function streamArguments(files: Files, folder: string): readonly string[] {
  const names = Object.keys(files).filter((name) => name !== processFile);
  return [
    "streams",
    "--no-api",
    "--observability",
    `${folder}/${processFile}`,
    ...names.map((name) => `${folder}/${name}`),
  ];
}

/**
 * The SQL of one database. `migrate.sql` is for psql, as the owner of the database, and finds the
 * others beside itself. The extension `timescaledb` has to be there in the telemetry database.
 */
export function migrationFiles(
  which: DatabaseName,
  { retentionDays }: { readonly retentionDays: number },
): Files {
  const own = tablesIn(which, tables);
  const migrations = migrationsOf(own);
  const repeated: Files =
    which === "telemetry" ? { "retention.sql": retentionSql(own, retentionDays) } : {};
  return {
    "migrate.sql": migrateScript(migrations, Object.keys(repeated)),
    ...Object.fromEntries(migrations.map((one) => [migrationFile(one), one.sql])),
    ...repeated,
  };
}

/**
 * SQL for psql, as a superuser, that makes the role of dashboards. Variables: DATABASE_NAME,
 * READER_USER, READER_PASSWORD.
 */
export function readerScript(logging: Logging = { rotated: false, parameters: {} }): string {
  return readerSql(tablesIn("telemetry", tables), unloggedStatements(logging));
}

/** A shell script that makes the topics. Variable: KAFKA_BROKERS; KAFKA_TOOLS names another folder of tools. */
export function topicScript(options: TopicOptions): string {
  return topicsScript(streams, options);
}

/** The streams and their columns as Markdown. */
export function streamTable(): string {
  return streamsDocument(streams);
}

/** What all streams of a process share. It listens on every address: probes come from outside the pod. */
function processYaml(): string {
  return streamYaml({
    http: { enabled: true, address: `0.0.0.0:${String(httpPort)}`, debug_endpoints: false },
    logger: { level: "INFO", format: "json", add_timestamp: true },
    metrics: { prometheus: {} },
    // Shorter than the 30 seconds that Kubernetes gives by default.
    shutdown_timeout: "20s",
  });
}
