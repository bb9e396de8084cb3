import { columnsOf, deadLetterTopic, deviceColumn, type Stream, type Table } from "./model";
import { deadLetterLabel, reasonOfFailure, toKafka } from "./parts";
import { rowMapping } from "./row";
import { streamYaml } from "./yaml";

export interface SinkOptions {
  /** The consumer group; the name of the table is appended. A new name reads everything once more. */
  readonly group: string;
  /** Rows that are written together. @default 500 */
  readonly batchRows?: number;
  /** How long rows wait for others, as a Go duration. @default "1s" */
  readonly batchPeriod?: string;
}

/**
 * The stream of one table, from Kafka to PostgreSQL. An offset is committed when its row is stored.
 *
 * A consumer group without offsets starts at the oldest message: at the newest, all that came before
 * the first commit would be lost without a word, and again whenever the broker forgets the group. Rows
 * that are stored already are left alone, so that reading them again costs time and nothing else.
 *
 * After a sink was killed, its successor waits up to 45 seconds until Kafka gives up the old one.
 */
export function sinkStream(
  table: Table,
  streams: readonly Stream[],
  { group, batchRows = 500, batchPeriod = "1s" }: SinkOptions,
): string {
  const readers = streams.filter((stream) => stream.tables.includes(table));
  const reader = consumerGroup(table, group);
  const write = table.kind === "series" ? insert(table) : upsert(table);
  const deadLetter = deadLetters(readers, reader);
  return streamYaml({
    input: {
      kafka_franz: {
        seed_brokers: ["${KAFKA_BROKERS}"],
        topics: readers.map((stream) => stream.kafkaTopic),
        consumer_group: reader,
        client_id: "telemetry",
        start_from_oldest: true,
        commit_period: "1s",
        batching: { count: batchRows, period: batchPeriod },
      },
    },
    pipeline: {
      threads: 1,
      processors: [{ mapping: rowMapping(table) }, reasonOfFailure],
    },
    output: {
      switch: {
        cases: [
          { check: "@reason != null", output: deadLetter },
          { output: { fallback: [write, oneByOne(write, deadLetter)] } },
        ],
      },
    },
  });
}

/** The consumer group that reads for a table. */
export function consumerGroup({ name }: Table, group: string): string {
  return `${group}-${name}`;
}

/**
 * Words of PostgreSQL for a row that will never fit. The mapping lets none through that it knows; this
 * is for those that only the server knows, such as a constraint that somebody added.
 */
const hopeless =
  "violates (check|not-null|foreign key|exclusion) constraint|out of range|invalid byte sequence|invalid input syntax|value too long|no partition of relation";

/** Finds the bad row of a batch that was refused, while anything else is tried again for ever. */
function oneByOne(write: object, deadLetter: object): object {
  return {
    fallback: [
      write,
      {
        switch: {
          cases: [
            {
              check: `@fallback_error.re_match(${JSON.stringify(`^pq: .*(${hopeless})`)})`,
              output: {
                ...deadLetter,
                label: `${deadLetterLabel}_refused`,
                processors: [
                  { mapping: "meta reason = @fallback_error" },
                  ...("processors" in deadLetter ? (deadLetter.processors as object[]) : []),
                ],
              },
            },
            { output: { reject: "${! @fallback_error }" } },
          ],
        },
      },
    ],
    processors: [{ split: { size: 1 } }],
  };
}

/** Beside the topic that the message came from. */
function deadLetters(readers: readonly Stream[], reader: string): object {
  const topics = readers.map(({ kafkaTopic }) => deadLetterTopic(kafkaTopic));
  const [only] = topics;
  const topic =
    topics.length === 1 && only !== undefined ? only : deadLetterTopic("${! @kafka_topic }");
  return toKafka({ label: deadLetterLabel, topic, headers: { reader } });
}

/** One statement for a batch. A row that is there already stays as it is. */
function insert(table: Table): object {
  const columns = ["time", ...columnsOf(table).map(([name]) => name)];
  return {
    sql_insert: {
      driver: "postgres",
      dsn: "${DATABASE_DSN}",
      table: table.name,
      columns,
      args_mapping: "root = @row",
      suffix: `ON CONFLICT (${deviceColumn(table)}, time) DO NOTHING`,
      max_in_flight: 1,
      conn_max_open: 2,
    },
  };
}

/**
 * Writes when a setting differs and the message is newer than the last change. A setting that a
 * message does not have stays as it is known.
 */
function upsert(table: Table): object {
  const columns = columnsOf(table);
  const device = deviceColumn(table);
  const settings = Object.keys(table.fields);
  const placeholders = columns.map(([, { type }], index) => `$${String(index + 2)}::${type}`);
  const current = settings.map((name) => `${table.name}.${name}`).join(", ");
  const next = settings.map((name) => `COALESCE(excluded.${name}, ${table.name}.${name})`);
  return {
    sql_raw: {
      driver: "postgres",
      dsn: "${DATABASE_DSN}",
      query: [
        `INSERT INTO ${table.name} (${device}, ${settings.join(", ")}, updated_at)`,
        `VALUES (${placeholders.join(", ")}, $1::timestamptz)`,
        `ON CONFLICT (${device}) DO UPDATE SET`,
        `  (${settings.join(", ")}, updated_at) =`,
        `  (${next.join(", ")}, excluded.updated_at)`,
        `WHERE excluded.updated_at > ${table.name}.updated_at`,
        `  AND (${current}) IS DISTINCT FROM`,
        `    (${next.join(", ")})`,
      ].join("\n"),
      args_mapping: "root = @row",
      max_in_flight: 1,
      conn_max_open: 2,
    },
  };
}
