/** What the SQL says, and that migrations never change; that PostgreSQL runs it is proven in test/data. */
import { migrationFiles, readerScript } from "../../../../../components/systems/telemetry/streams";
import {
  migrationChecksum,
  migrationFile,
  migrationsOf,
  retentionSql,
  tablesIn,
} from "../../../../../components/systems/telemetry/streams/migrations";
import { columnsOf, declareTable } from "../../../../../components/systems/telemetry/streams/model";
import { tables } from "../../../../../components/systems/telemetry/streams/tables";

const telemetry = migrationFiles("telemetry", { retentionDays: 90 });
const settings = migrationFiles("settings", { retentionDays: 90 });

const some = declareTable({
  kind: "series",
  name: "some",
  database: "telemetry",
  tags: { device: { type: "text", required: true } },
  fields: { first: { type: "integer" } },
  indexes: [],
});

describe("a migration that ran never changes", () => {
  test.each([
    [
      "telemetry",
      {
        "001_tables.sql": "d649b56e0ef1b6c1c5f57f12ef260f8fc4b4d5ae0d7bd40025de0e277b364d11",
        "002_hypertables.sql": "7eb9532d34d61de63e9b6af3cac06b25590698120124dc44510c80393287a2e6",
        "003_indexes.sql": "9177d2e3dce7a0c8c48670fa6d01408fba142901ddc251d735401bb35a79dc1b",
      },
    ],
    [
      "settings",
      {
        "001_tables.sql": "af3e8bc4d7dfb4b021e43239e5d405a6b65f1f93ec573d9392cc32b4d6cc4e0e",
        "002_indexes.sql": "3653cadf81362e4d068defdbd781eee980bca3b0c91f86d87a6f247c416eb4aa",
      },
    ],
  ] as const)("in the database %s", (database, hashes) => {
    const found = migrationsOf(tablesIn(database, tables)).map((one) => [
      migrationFile(one),
      migrationChecksum(one),
    ]);
    expect(Object.fromEntries(found)).toEqual(hashes);
  });

  test("a new column is a migration of its own, and leaves the earlier ones as they are", () => {
    const fields = { ...some.fields, second: { type: "boolean", added: 4 } } as const;
    const migrations = migrationsOf([{ ...some, fields }]);
    expect(migrations.slice(0, 3)).toEqual(migrationsOf([some]));
    expect(migrations[3]).toEqual({
      version: 4,
      name: "columns",
      sql: "ALTER TABLE some ADD COLUMN second boolean;\n",
    });
  });

  test("a gap in the numbers is refused", () => {
    const fields = { ...some.fields, second: { type: "boolean", added: 7 } } as const;
    expect(() => migrationsOf([{ ...some, fields }])).toThrow("migration 7, expected 4");
  });
});

describe("tables", () => {
  test.each(tables.map((table) => [table.name, table] as const))(
    "%s has the columns that its sink writes",
    (name, table) => {
      const sql = (table.database === "telemetry" ? telemetry : settings)["001_tables.sql"] ?? "";
      const body = new RegExp(`CREATE TABLE ${name} \\(([^;]*)\\);`).exec(sql)?.[1] ?? "";
      for (const [column, { type, required }] of columnsOf(table)) {
        expect(body).toContain(`  ${column} ${type}${required === true ? " NOT NULL" : ""}`);
      }
    },
  );

  test("power and current are integers, counters are wider", () => {
    const sql = telemetry["001_tables.sql"];
    expect(sql).toContain("active_power_total integer");
    expect(sql).toContain("current_l1 integer");
    expect(sql).toContain("active_energy_total bigint");
  });

  test("a row that arrives twice is one row: device and time are unique", () => {
    expect(telemetry["003_indexes.sql"]?.match(/CREATE UNIQUE INDEX .*time DESC\);/g)).toHaveLength(
      3,
    );
    expect(settings["001_tables.sql"]).toContain("PRIMARY KEY (device_id)");
  });
});

describe("TimescaleDB", () => {
  test("has its statements in files of their own", () => {
    for (const [file, sql] of Object.entries({ ...telemetry, ...settings })) {
      const own = file === "002_hypertables.sql" || file === "retention.sql";
      expect(/hypertable\(|retention_policy\(/.test(sql)).toBe(own);
    }
  });

  test("keeps rows for the days that were asked for, which is no migration", () => {
    const longer = migrationFiles("telemetry", { retentionDays: 365 });
    expect(longer["retention.sql"]).toContain("INTERVAL '365 days'");
    expect({ ...longer, "retention.sql": "" }).toEqual({ ...telemetry, "retention.sql": "" });
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses %s days", (days) => {
    expect(() => retentionSql(tables, days)).toThrow("expected a whole number from 1 on");
  });

  test("is not asked for by the settings' database", () => {
    expect(Object.keys(settings)).toEqual(["migrate.sql", "001_tables.sql", "002_indexes.sql"]);
  });
});

describe("the script", () => {
  const script = telemetry["migrate.sql"] ?? "";

  test("ends at the first fault and works alone", () => {
    expect(script.split("\n")[0]).toBe("\\set ON_ERROR_STOP on");
    expect(script.indexOf("pg_advisory_lock")).toBeLessThan(script.indexOf("CREATE TABLE"));
  });

  test("applies each migration in a transaction together with its record, in order", () => {
    const steps = [...script.matchAll(/BEGIN;\n {2}\\ir (\S+)\n {2}INSERT[^\n]*\n {2}COMMIT;/g)];
    expect(steps.map(([, file]) => file)).toEqual([
      "001_tables.sql",
      "002_hypertables.sql",
      "003_indexes.sql",
    ]);
  });
});

test("dashboards get a role that reads the telemetry tables, with a password from outside", () => {
  const sql = readerScript();
  expect(sql).toContain("\\getenv password READER_PASSWORD");
  expect(sql.match(/^GRANT .*$/gm)).toEqual([
    'GRANT CONNECT ON DATABASE :"database" TO :"reader";',
    'GRANT USAGE ON SCHEMA public TO :"reader";',
    'GRANT SELECT ON energy_consumption, heatpump_status, temperature_sensors TO :"reader";',
  ]);
  expect(sql.indexOf("log_statement")).toBeLessThan(sql.indexOf("ALTER ROLE"));
});
