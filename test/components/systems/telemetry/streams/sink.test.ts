/** What the sinks' files say; what Redpanda Connect and PostgreSQL make of them is proven in test/data. */
import { parse } from "yaml";

import { type DatabaseName, sinkFiles } from "../../../../../components/systems/telemetry/streams";
import { columnsOf } from "../../../../../components/systems/telemetry/streams/model";
import { streams } from "../../../../../components/systems/telemetry/streams/streams";
import { tables } from "../../../../../components/systems/telemetry/streams/tables";

interface SinkFile {
  readonly input: { readonly kafka_franz: Readonly<Record<string, unknown>> };
  readonly pipeline: { readonly processors: readonly { readonly mapping?: string }[] };
  readonly output: {
    readonly switch: {
      readonly cases: readonly [
        { readonly check: string; readonly output: Readonly<Record<string, unknown>> },
        { readonly output: { readonly fallback: readonly Readonly<Record<string, unknown>>[] } },
      ];
    };
  };
}

const options = { group: "telemetry" };

function sink(which: DatabaseName, table: string): SinkFile {
  return parse(sinkFiles(which, options)[`${table}.yaml`] ?? "") as SinkFile;
}

test("each database has a file for each of its tables, and one for the process", () => {
  expect(Object.keys(sinkFiles("telemetry", options))).toEqual([
    "process.yaml",
    "energy_consumption.yaml",
    "heatpump_status.yaml",
    "temperature_sensors.yaml",
  ]);
  expect(Object.keys(sinkFiles("settings", options))).toEqual(["process.yaml", "settings.yaml"]);
});

test.each(tables.map((table) => [table.name, table] as const))(
  "%s reads the topics of its streams, from the oldest message, as a group of its own",
  (name, table) => {
    const topics = streams
      .filter((stream) => stream.tables.some((one) => one.name === name))
      .map(({ kafkaTopic }) => kafkaTopic);
    expect(sink(table.database, name).input.kafka_franz).toMatchObject({
      topics,
      consumer_group: `telemetry-${name}`,
      start_from_oldest: true,
      batching: { count: 500, period: "1s" },
    });
  },
);

test.each(tables.map((table) => [table.name, table] as const))(
  "%s judges each of its columns, in their order",
  (name, table) => {
    const mapping = sink(table.database, name).pipeline.processors[0]?.mapping ?? "";
    const judged = [...mapping.matchAll(/^ {2}\{"name":"(\w+)"/gm)].map(([, column]) => column);
    expect(judged).toEqual(columnsOf(table).map(([column]) => column));
  },
);

test.each(["energy_consumption", "heatpump_status", "temperature_sensors"])(
  "%s gets whole batches, and a row that is there stays as it is",
  (name) => {
    const [insert] = sink("telemetry", name).output.switch.cases[1].output.fallback;
    const table = tables.find((one) => one.name === name)!;
    expect(insert).toMatchObject({
      sql_insert: {
        driver: "postgres",
        table: name,
        columns: ["time", ...columnsOf(table).map(([column]) => column)],
        suffix: `ON CONFLICT (${Object.keys(table.tags)[0] ?? ""}, time) DO NOTHING`,
      },
    });
  },
);

test("columns have the limits of their types", () => {
  const mapping = sink("telemetry", "energy_consumption").pipeline.processors[0]?.mapping;
  const rule = (name: string): unknown =>
    JSON.parse(new RegExp(`\\{"name":"${name}".*\\}`).exec(mapping ?? "")?.[0] ?? "null");
  expect(rule("voltage_l1")).toMatchObject({ min: -32768, max: 32767 });
  expect(rule("active_power_total")).toMatchObject({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  expect(rule("active_energy_total")).toMatchObject({ max: 2 ** 53 - 1 });
  expect(rule("device_serial")).toEqual({ name: "device_serial", kind: "text", required: true });
});

describe("settings", () => {
  const [write] = sink("settings", "settings").output.switch.cases[1].output.fallback;
  const { query } = (write as { sql_raw: { query: string } }).sql_raw;

  test("are written when one differs, and never by an older message", () => {
    expect(query).toContain("ON CONFLICT (device_id) DO UPDATE SET");
    expect(query).toContain("IS DISTINCT FROM");
    expect(query).toContain("WHERE excluded.updated_at > settings.updated_at");
  });

  test("are the nine, and one that is missing stays as it is known", () => {
    const kept = [...query.matchAll(/COALESCE\(excluded\.(\w+), settings\.\1\)/g)];
    expect(new Set(kept.map(([, name]) => name)).size).toBe(9);
  });

  test("are floored where they are whole numbers", () => {
    const mapping = sink("settings", "settings").pipeline.processors[0]?.mapping ?? "";
    expect(mapping.match(/"kind":"integer","required":false,"floor":true/g)).toHaveLength(8);
  });
});

describe("bad messages", () => {
  test("go to the dead letters of their topic, with the reason and the reader", () => {
    const { check, output } = sink("telemetry", "energy_consumption").output.switch.cases[0];
    expect(check).toBe("@reason != null");
    expect(output).toMatchObject({
      kafka_franz: {
        topic: "homelab-energy-realtime-dead-letter",
        metadata: { include_patterns: ["^(reason|reader)$"] },
      },
      processors: [{ mapping: 'meta reader = "telemetry-energy_consumption"' }],
    });
  });

  test("go to the topic that each came from where a table has several", () => {
    const { output } = sink("telemetry", "temperature_sensors").output.switch.cases[0];
    expect(output).toMatchObject({ kafka_franz: { topic: "${! @kafka_topic }-dead-letter" } });
  });

  test("are found one by one when the database refuses a batch", () => {
    const [, single] = sink("telemetry", "energy_consumption").output.switch.cases[1].output
      .fallback;
    expect(single).toMatchObject({ processors: [{ split: { size: 1 } }] });
    expect(JSON.stringify(single)).toContain("reject");
  });
});

test.each<DatabaseName>(["telemetry", "settings"])(
  "the %s sink gets brokers and database from the environment alone",
  (which) => {
    const text = Object.values(sinkFiles(which, options)).join("\n");
    const variables = [...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name);
    expect([...new Set(variables)].sort()).toEqual(["DATABASE_DSN", "KAFKA_BROKERS"]);
    expect(text).not.toContain("postgres://");
  },
);
