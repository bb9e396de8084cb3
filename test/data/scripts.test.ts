/**
 * Proves the one-shot scripts with the real psql, PostgreSQL, Kafka and Kafka's tools: they may run
 * again, and at once. TimescaleDB is a stand-in.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  migrationFiles,
  readerScript,
  topicScript,
} from "../../components/systems/telemetry/streams";
import { Kafka } from "./support/kafka";
import { Postgres } from "./support/postgres";
import { reportVersions } from "./support/report";
import { temporaryFolder, topicOptions } from "./support/world";

jest.setTimeout(240_000);

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("migrations", () => {
  const files = migrationFiles("telemetry", { retentionDays: 90 });
  const applied = "SELECT version, name, length(checksum) AS checksum FROM schema_migrations";
  let postgres: Postgres;

  beforeAll(async () => {
    postgres = await Postgres.start(join(folder, "postgres"));
    await postgres.createDatabase("telemetry", true);
    await postgres.createDatabase("twice", true);
    await postgres.createDatabase("broken", true);
    await reportVersions(["postgres"]);
  });
  afterAll(() => postgres.stop());

  test("run once, whoever asks how often", async () => {
    const first = await postgres.migrate("telemetry", files);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout.match(/^applying .*$/gm)).toHaveLength(3);
    const second = await postgres.migrate("telemetry", files);
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(second.stdout.match(/ is applied$/gm)).toHaveLength(3);
    expect(await postgres.rows("telemetry", `${applied} ORDER BY version`)).toEqual([
      { version: 1, name: "tables", checksum: 64 },
      { version: 2, name: "hypertables", checksum: 64 },
      { version: 3, name: "indexes", checksum: 64 },
    ]);
  });

  test("run once when two start at the same time", async () => {
    const both = await Promise.all([
      postgres.migrate("twice", files),
      postgres.migrate("twice", files),
    ]);
    expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: "" },
      { code: 0, stderr: "" },
    ]);
    const output = both.map(({ stdout }) => stdout).join("");
    expect(output.match(/^applying .*$/gm)).toHaveLength(3);
    expect(await postgres.rows("twice", applied)).toHaveLength(3);
  });

  test("are refused when one has changed since it ran", async () => {
    const checksum = /\(1, 'tables', '([0-9a-f]+)'\)/.exec(files["migrate.sql"] ?? "")?.[1] ?? "";
    const script = (files["migrate.sql"] ?? "").replaceAll(checksum, "0".repeat(64));
    const result = await postgres.migrate("telemetry", { ...files, "migrate.sql": script });
    expect(result.code).toBe(3);
    expect(result.stderr).toContain("migration 1 (tables) has changed since it ran");
  });

  test("end at the first fault, and go on from there when it is mended", async () => {
    const broken = { ...files, "003_indexes.sql": "CREATE TABLE half (); SELECT 1 / 0;" };
    const result = await postgres.migrate("broken", broken);
    expect(result.code).toBe(3);
    expect(result.stderr).toContain("division by zero");
    expect(await postgres.rows("broken", applied)).toHaveLength(2);
    expect(await postgres.rows("broken", "SELECT FROM pg_tables WHERE tablename = 'half'")).toEqual(
      [],
    );
    expect(await postgres.migrate("broken", files)).toMatchObject({ code: 0 });
    expect(await postgres.rows("broken", applied)).toHaveLength(3);
  });

  test("make the dashboards' role, which reads the tables and nothing else", async () => {
    writeFileSync(join(folder, "reader.sql"), readerScript());
    const env = {
      DATABASE_NAME: "telemetry",
      READER_USER: "grafana",
      READER_PASSWORD: 'it\'s "secret"',
    };
    const make = (): ReturnType<Postgres["psql"]> =>
      postgres.psql("postgres", [`--file=${folder}/reader.sql`], env);
    expect(await make()).toMatchObject({ code: 0, stderr: "" });
    expect(await make()).toMatchObject({ code: 0, stderr: "" });
    const ask = (sql: string): ReturnType<Postgres["psql"]> =>
      postgres.psql("telemetry", ["-At", "-c", sql], {
        PGUSER: env.READER_USER,
        PGPASSWORD: env.READER_PASSWORD,
      });
    expect(await ask("SELECT count(*) FROM energy_consumption")).toMatchObject({ stdout: "0\n" });
    expect((await ask("DELETE FROM energy_consumption")).stderr).toMatch(/read-only|denied/);
    expect((await ask("SELECT * FROM schema_migrations")).stderr).toContain("denied");
  });
});

describe("topics", () => {
  let kafka: Kafka;
  beforeAll(async () => {
    kafka = await Kafka.start(join(folder, "kafka"));
    await reportVersions(["kafka"]);
  });
  afterAll(() => kafka.stop("SIGKILL"));

  test("are made, and left alone by a second run", async () => {
    const first = await kafka.script(topicScript(topicOptions));
    expect(first.code).toBe(0);
    expect(first.stdout.match(/^topic \S+ is made: .*$/gm)).toHaveLength(8);
    const second = await kafka.script(topicScript(topicOptions));
    expect(second.code).toBe(0);
    expect(second.stdout.match(/^topic \S+ is there$/gm)).toHaveLength(8);
  });

  test("get more partitions and another retention", async () => {
    const more = { ...topicOptions, partitions: 5, deadLetterRetentionHours: 48 };
    const raised = await kafka.script(topicScript(more));
    expect(raised.code).toBe(0);
    expect(raised.stdout.match(/^topic \S+ has 5 partitions, up from 3$/gm)).toHaveLength(4);
    expect(raised.stdout.match(/^topic \S+-dead-letter is kept for 172800000 ms$/gm)).toHaveLength(
      4,
    );
    const again = await kafka.script(topicScript(more));
    expect(again.stdout.match(/^topic \S+ is there$/gm)).toHaveLength(8);
  });

  test("never lose partitions: that is refused in words, before anything is changed", async () => {
    const fewer = { ...topicOptions, partitions: 2, deadLetterRetentionHours: 24 };
    const refused = await kafka.script(topicScript(fewer));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "topic homelab-energy-realtime has 5 partitions, expected at most 2",
    );
    expect(refused.stdout).toBe("");
  });
});
