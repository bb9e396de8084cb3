import { migrationFiles } from "../../../components/systems/telemetry/streams";
import { BackupJob, type Base, type JobOptions } from "./backup";
import { Postgres, serverProgram } from "./postgres";

/** The backup of a server, in a pod of the server's own image. */
export function postgresJob(
  postgres: Postgres,
  base: Base,
  folder: string,
  more: Partial<JobOptions> = {},
): Promise<BackupJob> {
  return BackupJob.make({
    folder,
    store: "postgres",
    kind: "postgres",
    base,
    programs: ["psql", "pg_dump", "pg_restore"].map((name) => serverProgram(name)),
    ...more,
    env: {
      PGHOST: "127.0.0.1",
      PGPORT: String(postgres.port),
      PGUSER: "postgres",
      PGPASSWORD: Postgres.superuserPassword,
      PGSSLMODE: "disable",
      ...more.env,
    },
  });
}

/** What the tables of telemetry hold, as many rows as are asked for in the largest one. */
export async function fillTelemetry(postgres: Postgres, rows: number): Promise<void> {
  await postgres.createDatabase("telemetry", true);
  await postgres.createDatabase("heatpump_settings", false);
  for (const [database, which] of [
    ["telemetry", "telemetry"],
    ["heatpump_settings", "settings"],
  ] as const) {
    const { code, stderr } = await postgres.migrate(
      database,
      migrationFiles(which, { retentionDays: 90 }),
    );
    if (code !== 0) throw new Error(stderr);
  }
  await measure(postgres, rows);
  await postgres.sql(
    "heatpump_settings",
    `INSERT INTO settings (device_id, indoor_target_temp, mode, curve)
       SELECT 'pump-' || n, 20 + n / 10.0, n % 4, 40 FROM generate_series(1, 20) AS n`,
  );
}

/** Adds measurements, ten seconds apart, before those that are there. */
export async function measure(postgres: Postgres, rows: number): Promise<void> {
  await postgres.sql(
    "telemetry",
    `INSERT INTO energy_consumption (time, device_serial, meter_type, active_power_total,
         active_energy_total, voltage_l1, current_l1, power_factor)
       SELECT coalesce((SELECT min(time) FROM energy_consumption), '2026-11-01') - n * interval '10 s',
         'meter-' || n % 3, 'kamstrup', n % 33700, 100000000 + n, 230, 200 + n % 2800, 97
         FROM generate_series(1, ${String(rows)}) AS n;
     INSERT INTO heatpump_status (time, device_id, outdoor_temp, compressor_on)
       SELECT coalesce((SELECT min(time) FROM heatpump_status), '2026-11-01') - n * interval '1 h', 'pump', n % 30 - 10, n % 2 = 0
         FROM generate_series(1, ${String(Math.ceil(rows / 10))}) AS n`,
  );
}

/**
 * An application's database with what such schemas have (types, keys, defaults, views, triggers, rights,
 * partitions, large objects), and settings of the database itself.
 */
export async function fillApplication(postgres: Postgres, database: string): Promise<void> {
  await postgres.createDatabase(database, false);
  await postgres.sql(database, application);
  for (const statement of [
    `REVOKE ALL ON DATABASE "${database}" FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE "${database}" TO reader`,
    `ALTER DATABASE "${database}" SET search_path TO app, public`,
    `ALTER DATABASE "${database}" SET timezone TO 'Europe/Stockholm'`,
    `ALTER ROLE reader IN DATABASE "${database}" SET statement_timeout TO '5s'`,
  ]) {
    await postgres.sql("postgres", statement);
  }
}

const application = `
DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
SET ROLE telemetry;
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('open', 'closed');
CREATE TABLE app.cases (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  number bigserial UNIQUE,
  state app.state NOT NULL DEFAULT 'open',
  about jsonb NOT NULL,
  tags text[] NOT NULL DEFAULT '{}',
  body bytea,
  opened timestamptz NOT NULL DEFAULT now(),
  amount numeric(20, 6),
  title text GENERATED ALWAYS AS (about ->> 'title') STORED
);
CREATE INDEX ON app.cases USING gin (about);
CREATE TABLE app.notes (
  id integer GENERATED ALWAYS AS IDENTITY (START WITH 100) PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES app.cases ON DELETE CASCADE,
  text text NOT NULL
);
CREATE TABLE app.events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE app.events_2026 PARTITION OF app.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE app.events_2027 PARTITION OF app.events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE app."Odd name, 100%" ("a column" text);
CREATE TABLE app.empty (nothing integer);
CREATE VIEW app.open_cases AS SELECT number, title FROM app.cases WHERE state = 'open';
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.tags := NEW.tags || 'touched'::text; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON app.cases FOR EACH ROW EXECUTE FUNCTION app.touch();
GRANT USAGE ON SCHEMA app TO reader;
GRANT SELECT ON app.cases TO reader;
COMMENT ON TABLE app.cases IS 'what is looked into';
INSERT INTO app.cases (about, tags, body, amount)
  SELECT jsonb_build_object('title', 'case ' || n, 'nested', jsonb_build_array(n, NULL, 'ö\\"')),
    ARRAY['a,b', NULL, 'c"' || n], decode(md5(n::text), 'hex'), n / 7.0
  FROM generate_series(1, 500) AS n;
INSERT INTO app.notes (case_id, text) SELECT id, E'line\\n\\tof ' || number FROM app.cases;
INSERT INTO app.events SELECT '2026-06-01'::date + n, 'event ' || n FROM generate_series(1, 400) AS n;
INSERT INTO app."Odd name, 100%" VALUES ('one'), (NULL);
SELECT lo_from_bytea(0, 'a large object');
RESET ROLE;
`;

/** All that a database is: its rows in order, its schema with owners and rights, and its own settings. */
export async function fingerprint(postgres: Postgres, database: string): Promise<object> {
  const tables = await postgres.rows<{ name: string }>(
    database,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const rows = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) AS number,
         md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) AS content FROM ${name} AS t`,
  );
  const settings = `SELECT pg_get_userbyid(datdba) AS owner, datacl::text, encoding, datcollate,
      (SELECT json_agg(json_build_array(setrole, setconfig) ORDER BY setrole)
        FROM pg_db_role_setting WHERE setdatabase = d.oid) AS settings
    FROM pg_database AS d WHERE datname = '${database}'`;
  return {
    rows: await postgres.rows(database, `${rows.join(" UNION ALL ")} ORDER BY 1`),
    settings: await postgres.rows("postgres", settings),
    schema: await postgres.schema(database),
    sequences: await postgres.rows(database, "SELECT * FROM pg_sequences ORDER BY 1, 2"),
    objects: await postgres.rows(database, "SELECT md5(lo_get(oid)) FROM pg_largeobject_metadata"),
  };
}
