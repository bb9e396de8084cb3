/**
 * Proves on a real PostgreSQL what `validate` reads there: which streams have rows of late, as the role
 * that dashboards read by, which migrations are recorded, and Oban's jobs. Does not prove the image, nor
 * TimescaleDB, which is a stand-in; Oban's table is written down here as Oban 2 makes it.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Finding } from "../../cli/preflight/model";
import { askAt, type AskDatabase } from "../../cli/validate/probes/database";
import { probeEctoMigrations, probeStreamMigrations } from "../../cli/validate/probes/migrations";
import { probeOban } from "../../cli/validate/probes/oban";
import { probeStream } from "../../cli/validate/probes/streams";
import { migrationFiles, readerScript } from "../../components/systems/telemetry/streams";
import { streams } from "../../components/systems/telemetry/streams/streams";
import { Postgres } from "./support/postgres";
import { reportVersions } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

const folder = temporaryFolder();
const window = 10 * 60_000;
const statusOf = ({ status, evidence }: Finding): string => `${status}: ${evidence}`;

const reader = "grafana";
let postgres: Postgres;
let asReader: AskDatabase;
let asOwner: (database: string) => AskDatabase;

beforeAll(async () => {
  await reportVersions(["postgres"]);
  postgres = await Postgres.start(join(folder, "postgres"));
  for (const which of ["telemetry", "settings"] as const) {
    await postgres.createDatabase(which, which === "telemetry");
    const { code, stderr } = await postgres.migrate(
      which,
      migrationFiles(which, { retentionDays: 90 }),
    );
    if (code !== 0) throw new Error(stderr);
  }
  await postgres.createDatabase("thunderline", false);
  const file = join(folder, "reader.sql");
  writeFileSync(file, readerScript());
  const variables = { DATABASE_NAME: "telemetry", READER_USER: reader, READER_PASSWORD: "reads" };
  const { code, stderr } = await postgres.psql("postgres", [`--file=${file}`], variables);
  if (code !== 0) throw new Error(stderr);
  const login = { host: "unused", port: 0, sslmode: "prefer" };
  const ask = (user: string, password: string, database: string): AskDatabase =>
    askAt({ ...login, user, password, database }, postgres.port, "the database", 10_000);
  asReader = ask(reader, "reads", "telemetry");
  asOwner = (database) => ask(Postgres.owner, Postgres.password, database);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("tells the reader which streams have rows of late, also where two share a table", async () => {
  const insert = (table: string, columns: string, values: string): Promise<string> =>
    postgres.sql("telemetry", `INSERT INTO ${table} (time, ${columns}) VALUES (${values})`);
  await insert("energy_consumption", "device_serial", "now() - interval '1 minute', 'meter-1'");
  await insert("heatpump_status", "device_id", "now() - interval '3 hours', 'pump-1'");
  await insert(
    "temperature_sensors",
    "device_id, location, temperature_c",
    "now() - interval '2 minutes', 'sensor-1', 'indoor', 20.5",
  );
  const found: string[] = [];
  for (const stream of streams) found.push(statusOf(await probeStream(asReader, stream, window)));
  expect(found).toEqual([
    "passed: 1 rows in the last 10 min",
    "failed: no row in the last 10 min; the newest is 3 h old",
    "passed: 1 rows in the last 10 min",
    "failed: no row in the last 10 min; there is none at all",
  ]);
});

it("is asked in sessions that cannot write", async () => {
  await expect(asOwner("telemetry")("DELETE FROM energy_consumption")).rejects.toThrow(
    /read-only transaction/,
  );
});

it("has recorded the migrations of the streams as they are declared", async () => {
  expect(
    statusOf(await probeStreamMigrations(asOwner("telemetry"), "m", "logs", "telemetry")),
  ).toMatch(/^passed: all \d+ migrations are recorded/);
  await postgres.sql("settings", "UPDATE schema_migrations SET checksum = 'x' WHERE version = 1");
  expect(
    statusOf(await probeStreamMigrations(asOwner("settings"), "m", "logs", "settings")),
  ).toMatch(/^failed: 1 \(tables\) was another one when it ran$/);
});

it("tells of Ecto's migrations and of Oban's jobs in the window alone", async () => {
  const ask = asOwner("thunderline");
  expect(statusOf(await probeOban(ask, window, "logs"))).toMatch(
    /^failed: there is no table oban_jobs/,
  );
  for (const sql of [
    "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp)",
    "INSERT INTO schema_migrations VALUES (20260101000000, now())",
    "CREATE TYPE oban_job_state AS ENUM ('available', 'scheduled', 'executing', 'retryable', 'completed', 'discarded', 'cancelled')",
    "CREATE TABLE oban_jobs (id bigserial PRIMARY KEY, state oban_job_state NOT NULL DEFAULT 'available', scheduled_at timestamp NOT NULL DEFAULT timezone('UTC', now()), completed_at timestamp, discarded_at timestamp)",
    "ALTER TABLE schema_migrations OWNER TO telemetry",
    "ALTER TABLE oban_jobs OWNER TO telemetry",
  ]) {
    await postgres.sql("thunderline", sql);
  }
  expect(statusOf(await probeEctoMigrations(ask, "m", "logs"))).toBe(
    "passed: 1 migrations are recorded, the newest 20260101000000",
  );
  expect(statusOf(await probeOban(ask, window, "logs"))).toBe(
    "unchecked: none was due in the last 10 min; the last one completed never",
  );
  const add = (state: string, column: string, ago: string): Promise<string> =>
    postgres.sql(
      "thunderline",
      `INSERT INTO oban_jobs (state, ${column}) VALUES ('${state}', timezone('UTC', now()) - interval '${ago}')`,
    );
  await add("completed", "completed_at", "1 day");
  expect(statusOf(await probeOban(ask, window, "logs"))).toMatch(/^unchecked: .* completed at 2/);
  await add("available", "scheduled_at", "5 minutes");
  expect(statusOf(await probeOban(ask, window, "logs"))).toMatch(/^failed: 1 are due/);
  await add("completed", "completed_at", "5 minutes");
  expect(statusOf(await probeOban(ask, window, "logs"))).toBe(
    "passed: 1 completed in the last 10 min",
  );
  await add("discarded", "discarded_at", "5 minutes");
  expect(statusOf(await probeOban(ask, window, "logs"))).toMatch(
    /^warning: 1 completed and 1 were given/,
  );
});

it("that refuses a login says so without the password", async () => {
  const login = { host: "unused", port: 0, sslmode: "prefer", database: "telemetry" };
  const wrong = { ...login, user: reader, password: "not-the-password" };
  const answer = askAt(wrong, postgres.port, "the database", 10_000)("SELECT 1");
  await expect(answer).rejects.toThrow(/^psql cannot read the database: /);
  await expect(answer).rejects.not.toThrow(/not-the-password/);
});
