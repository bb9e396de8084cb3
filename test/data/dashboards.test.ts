/**
 * Proves that each dashboard of each stack keeps to the schema that it states, that Prometheus' own parser
 * takes each query, and that a real PostgreSQL answers each SQL query over the real tables to the
 * role of the datasource, as it was set up for Grafana. Grafana's macros, and TimescaleDB's `time_bucket`,
 * are stood in for; Grafana itself does not run.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { migrationFiles, readerScript } from "../../components/systems/telemetry/streams";
import { environments } from "../../config/environment";
import { dashboardFaults } from "../support/grafana";
import { stack } from "../support/stack";
import type { Synthesis } from "../support/synth";
import { Postgres } from "./support/postgres";
import { runPromtool, written } from "./support/promtool";
import { reportVersions } from "./support/report";
import { temporaryFolder } from "./support/world";

// The first use builds promtool.
jest.setTimeout(900_000);

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr?: string;
    readonly rawSql?: string;
    readonly datasource: { readonly type: string; readonly uid: string };
  }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
}

interface Datasource {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
  readonly user: string;
  readonly jsonData: { readonly database: string; readonly sslmode: string };
  readonly secureJsonData: { readonly password: string };
}

const watched = environments.filter((environment) => environment !== "dev");

const systems = new Map<string, readonly Synthesis<unknown>[]>();
beforeAll(async () => {
  for (const environment of watched) systems.set(environment, await stack(environment));
});

/** The dashboards of a stack, by their files. */
function dashboardsOf(environment: string): [string, Dashboard][] {
  return systems
    .get(environment)!
    .flatMap((system) => system.objects("ConfigMap"))
    .filter(({ metadata }) => metadata.labels.grafana_dashboard === "1")
    .flatMap(({ data }) => Object.entries(data))
    .map(([file, text]) => [file, JSON.parse(text) as Dashboard]);
}

function targetsOf(environment: string) {
  return dashboardsOf(environment).flatMap(([, { panels }]) =>
    panels.flatMap(({ targets = [] }) => targets),
  );
}

describe.each(watched)("in the stack %s", (environment) => {
  it("each dashboard keeps to the schema that it states", () => {
    const faults = dashboardsOf(environment).flatMap(([file, dashboard]) =>
      dashboardFaults(dashboard).map((fault) => `${file}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  it("each panel has a number, and each of its queries a letter, of its own", () => {
    for (const [, { panels }] of dashboardsOf(environment)) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { targets = [] } of panels) {
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      }
    }
  });

  it("no two dashboards have one identifier or one file", () => {
    const all = dashboardsOf(environment);
    expect(new Set(all.map(([, { uid }]) => uid)).size).toBe(all.length);
    expect(new Set(all.map(([file]) => file)).size).toBe(all.length);
  });

  it("Prometheus takes each query", async () => {
    const queries = targetsOf(environment).flatMap(({ expr }) => expr ?? []);
    expect(queries.length).toBeGreaterThan(20);
    const refused: string[] = [];
    for (const query of new Set(queries)) {
      const plain = query.replaceAll("$__rate_interval", "5m");
      const { code, stderr } = await runPromtool(["--experimental", "promql", "format", plain]);
      if (code !== 0) refused.push(`${query}: ${stderr}`);
    }
    expect(refused).toEqual([]);
  });
});

describe("the datasource of the measurements", () => {
  let folder: string;
  let postgres: Postgres;
  let datasource: Datasource;

  beforeAll(async () => {
    await reportVersions(["postgres"]);
    folder = temporaryFolder();
    postgres = await Postgres.start(join(folder, "postgres"));
    datasource = provisioned();
    const { database } = datasource.jsonData;
    await postgres.createDatabase(database, true);
    const migrated = await postgres.migrate(
      database,
      migrationFiles("telemetry", { retentionDays: 90 }),
    );
    if (migrated.code !== 0) throw new Error(migrated.stderr);
    await postgres.sql(database, timeBucket);
    for (const statement of samples) await postgres.sql(database, statement);
    const script = written(folder, "reader.sql", readerScript());
    const made = await postgres.psql("postgres", [`--file=${script}`], {
      DATABASE_NAME: database,
      READER_USER: datasource.user,
      READER_PASSWORD: readerPassword(),
    });
    if (made.code !== 0) throw new Error(made.stderr);
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Asks as Grafana does, with what it was given; only the server is another. */
  const ask = (sql: string) =>
    postgres.psql(datasource.jsonData.database, ["-At", "-v", "ON_ERROR_STOP=1", "-c", sql], {
      PGUSER: datasource.user,
      PGPASSWORD: datasource.secureJsonData.password,
      PGSSLMODE: datasource.jsonData.sslmode,
    });

  it("names the server's Service", () => {
    expect(datasource.url).toBe("timescaledb.timescaledb.svc.cluster.local:5432");
  });

  it("is the one that the SQL panels ask", () => {
    const asked = targetsOf("staging").filter(({ rawSql }) => rawSql !== undefined);
    expect(asked.length).toBeGreaterThan(10);
    for (const target of asked) {
      expect(target.datasource).toEqual({ type: datasource.type, uid: datasource.uid });
    }
  });

  it("has an answer to each query", async () => {
    const queries = targetsOf("staging").flatMap(({ rawSql }) => rawSql ?? []);
    const unanswered: string[] = [];
    for (const sql of queries) {
      const { code, stdout, stderr } = await ask(expanded(sql));
      if (code !== 0 || stdout.trim() === "") unanswered.push(`${sql}: ${stderr}`);
    }
    expect(unanswered).toEqual([]);
  });

  it("tells how much a counter grew in each day, from the last value of the day before", async () => {
    const [sql = ""] = targetsOf("staging").flatMap(({ rawSql = "" }) =>
      rawSql.includes("runtime_compressor") ? [rawSql] : [],
    );
    const { stdout } = await ask(`SET timezone = 'Asia/Tokyo'; ${expanded(sql)}`);
    const days = stdout.split("\n").filter((line) => line.includes("|"));
    expect(days.map((line) => line.split("|").slice(1).join(" "))).toEqual(["pump 5", "pump 8"]);
  });

  it.each([
    ["write", "DELETE FROM energy_consumption"],
    [
      "write after it has asked to",
      "SET default_transaction_read_only = off; DELETE FROM energy_consumption",
    ],
    ["read what is no measurement", "SELECT * FROM schema_migrations"],
  ])("may not %s", async (_what, sql) => {
    expect(await ask(sql)).toMatchObject({ code: 1 });
  });

  function provisioned(): Datasource {
    const { stringData } = telemetry().object("Secret", "measurements-datasource");
    const [text = ""] = Object.values(stringData);
    const { datasources } = parse(text) as { datasources: Datasource[] };
    return datasources[0]!;
  }

  /** What the job that makes the role is given. */
  function readerPassword(): string {
    return telemetry().object("Secret", "timescaledb-reader").stringData.password!;
  }

  function telemetry(): Synthesis<unknown> {
    return systems.get("staging")!.at(-1)!.within("timescaledb");
  }
});

/** Grafana's macros as its plugin expands them for a datasource with TimescaleDB. */
function expanded(sql: string): string {
  return sql
    .replaceAll("$__interval", "'60.000s'")
    .replace(/\$__timeGroupAlias\((\w+), ?('[^']+')\)/g, 'time_bucket($2, $1) AS "time"')
    .replace(/\$__timeGroup\((\w+), ?('[^']+')\)/g, "time_bucket($2, $1)")
    .replace(/\$__timeFilter\((\w+)\)/g, `$1 BETWEEN ${shown.from} AND ${shown.to}`)
    .replaceAll("$__timeFrom()", shown.from)
    .replaceAll("$__timeTo()", shown.to);
}

/** What the dashboard shows: it begins and ends in the middle of a day. */
const shown = { from: "'2026-01-01T12:00:00Z'", to: "'2026-01-02T12:00:00Z'" };

const timeBucket = `
CREATE FUNCTION time_bucket(width interval, at timestamptz) RETURNS timestamptz LANGUAGE sql AS
  $$ SELECT date_bin(width, at, '2000-01-01T00:00:00Z') $$`;

/** One row in each table at least; the heat pump's of two days and of the one before. */
const samples = [
  `INSERT INTO energy_consumption (
     time, device_serial, active_power_total, active_energy_total, active_energy_production
   ) VALUES ('2026-01-02T10:00:00Z', 'meter', 500, 1000, 10)`,
  `INSERT INTO heatpump_status (time, device_id, indoor_temp, compressor_on)
   VALUES ('2026-01-02T10:00:00Z', 'pump', 21, true)`,
  `INSERT INTO heatpump_status (time, device_id, runtime_compressor) VALUES
   ('2025-12-31T23:00:00Z', 'pump', 100),
   ('2026-01-01T01:00:00Z', 'pump', 102),
   ('2026-01-01T22:00:00Z', 'pump', 105),
   ('2026-01-02T02:00:00Z', 'pump', 110),
   ('2026-01-02T11:00:00Z', 'pump', 113),
   ('2026-01-02T13:00:00Z', 'pump', 999)`,
  `INSERT INTO temperature_sensors (time, device_id, location, temperature_c)
   VALUES ('2026-01-02T10:00:00Z', 'sensor', 'indoor', 20.5)`,
];
