import { createHash } from "node:crypto";

import {
  type Column,
  columnsOf,
  type DatabaseName,
  deviceColumn,
  type SeriesTable,
  type Table,
} from "./model";

/** A numbered change of a database. One that has run anywhere never changes again. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** The changes that lead to these tables, in order. */
export function migrationsOf(tables: readonly Table[]): readonly Migration[] {
  const series = tables.filter(isSeries);
  const first = [
    { name: "tables", statements: tables.map(createTable) },
    ...(series.length === 0 ? [] : [{ name: "hypertables", statements: series.map(hypertable) }]),
    { name: "indexes", statements: tables.flatMap(indexes) },
  ];
  return [
    ...first.map(({ name, statements }, index) => migration(index + 1, name, statements)),
    ...laterColumns(tables, first.length),
  ];
}

/** The file of a migration. */
export function migrationFile({ version, name }: Migration): string {
  return `${String(version).padStart(3, "0")}_${name}.sql`;
}

/** The SHA-256 of what a migration does, as `schema_migrations` keeps it. */
export function migrationChecksum({ sql }: Migration): string {
  return createHash("sha256").update(sql).digest("hex");
}

/**
 * The script for psql that applies what is missing. It may run at any time and twice at once: one
 * session works, the others wait for its lock and find nothing to do. It ends at the first fault, and
 * refuses a migration that has changed since it ran.
 */
export function migrateScript(
  migrations: readonly Migration[],
  repeated: readonly string[],
): string {
  const known = migrations.map(
    (one) => `(${String(one.version)}, '${one.name}', '${migrationChecksum(one)}')`,
  );
  return `${[
    "\\set ON_ERROR_STOP on",
    "\\set QUIET on",
    "SET client_min_messages = warning;",
    "-- Held until the session ends.",
    "SELECT FROM pg_advisory_lock(hashtext('schema_migrations')) \\gset",
    `CREATE TABLE IF NOT EXISTS schema_migrations (
  version integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);`,
    `DO $check$
DECLARE
  changed text;
BEGIN
  SELECT string_agg(known.version || ' (' || known.name || ')', ', ' ORDER BY known.version) INTO changed
    FROM (VALUES
      ${known.join(",\n      ")}
    ) AS known (version, name, checksum)
    JOIN schema_migrations AS applied USING (version)
    WHERE applied.checksum <> known.checksum;
  IF changed IS NOT NULL THEN
    RAISE EXCEPTION 'migration % has changed since it ran', changed
      USING HINT = 'Leave it as it was, and put the change into a migration of its own.';
  END IF;
END
$check$;`,
    ...migrations.map(apply),
    ...repeated.map((file) => `\\ir ${file}`),
  ].join("\n")}\n`;
}

function apply(one: Migration): string {
  const file = migrationFile(one);
  return [
    `SELECT NOT EXISTS (SELECT FROM schema_migrations WHERE version = ${String(one.version)}) AS pending \\gset`,
    "\\if :pending",
    `  \\echo applying ${file}`,
    "  BEGIN;",
    `  \\ir ${file}`,
    `  INSERT INTO schema_migrations (version, name, checksum) VALUES (${String(one.version)}, '${one.name}', '${migrationChecksum(one)}');`,
    "  COMMIT;",
    "\\else",
    `  \\echo ${file} is applied`,
    "\\endif",
  ].join("\n");
}

/** How long rows are kept, set anew at each run: a number of days is no change of the schema. */
export function retentionSql(tables: readonly Table[], days: number): string {
  if (!Number.isInteger(days) || days < 1) {
    throw new Error(`retention of ${String(days)} days, expected a whole number from 1 on`);
  }
  const statements = tables
    .filter(isSeries)
    .flatMap(({ name }) => [
      `SELECT FROM remove_retention_policy('${name}', if_exists => true) \\gset`,
      `SELECT FROM add_retention_policy('${name}', INTERVAL '${String(days)} days') \\gset`,
    ]);
  return `${["BEGIN;", ...statements, "COMMIT;"].join("\n")}\n`;
}

/**
 * A role that reads the tables and nothing else, for dashboards; run by a superuser after the
 * migrations, at any time. The statements `unlogged` keep the password out of the server's log.
 */
export function readerSql(tables: readonly Table[], unlogged: readonly string[]): string {
  return `${[
    "\\set ON_ERROR_STOP on",
    "\\getenv database DATABASE_NAME",
    "\\getenv reader READER_USER",
    "\\getenv password READER_PASSWORD",
    ...unlogged,
    "SELECT format('CREATE ROLE %I', :'reader')",
    "  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'reader') \\gexec",
    "ALTER ROLE :\"reader\" LOGIN PASSWORD :'password';",
    'ALTER ROLE :"reader" SET default_transaction_read_only = on;',
    'GRANT CONNECT ON DATABASE :"database" TO :"reader";',
    '\\connect :"database"',
    'GRANT USAGE ON SCHEMA public TO :"reader";',
    `GRANT SELECT ON ${tables.map(({ name }) => name).join(", ")} TO :"reader";`,
  ].join("\n")}\n`;
}

/** The tables of one database. */
export function tablesIn(database: DatabaseName, tables: readonly Table[]): readonly Table[] {
  return tables.filter((table) => table.database === database);
}

function migration(version: number, name: string, statements: readonly string[]): Migration {
  return { version, name, sql: `${statements.join("\n")}\n` };
}

function createTable(table: Table): string {
  const columns = columnsOf(table)
    .filter(([, { added }]) => added === undefined)
    .map(([name, column]) => definition(name, column));
  const lines =
    table.kind === "series"
      ? ["time timestamptz NOT NULL", ...columns]
      : [
          ...columns,
          "updated_at timestamptz NOT NULL DEFAULT now()",
          `PRIMARY KEY (${deviceColumn(table)})`,
        ];
  return `CREATE TABLE ${table.name} (\n${lines.map((line) => `  ${line}`).join(",\n")}\n);`;
}

function definition(name: string, { type, required }: Column): string {
  return `${name} ${type}${required === true ? " NOT NULL" : ""}`;
}

/** Statements of TimescaleDB alone. */
function hypertable({ name }: SeriesTable): string {
  return `SELECT create_hypertable('${name}', 'time', create_default_indexes => false);`;
}

/** The unique one makes a row that arrives twice one row; on a hypertable it has to have the time. */
function indexes(table: Table): readonly string[] {
  const { name } = table;
  if (table.kind === "state") {
    return [`CREATE INDEX ${name}_updated_at ON ${name} (updated_at DESC);`];
  }
  const device = deviceColumn(table);
  return [
    `CREATE UNIQUE INDEX ${name}_${device}_time ON ${name} (${device}, time DESC);`,
    ...table.indexes.map(
      (column) => `CREATE INDEX ${name}_${column}_time ON ${name} (${column}, time DESC);`,
    ),
  ];
}

/** Columns that came after their table, by the migration that each one names. */
function laterColumns(tables: readonly Table[], last: number): readonly Migration[] {
  const later = new Map<number, string[]>();
  for (const table of tables) {
    for (const [name, column] of columnsOf(table)) {
      if (column.added === undefined) continue;
      const statement = `ALTER TABLE ${table.name} ADD COLUMN ${definition(name, column)};`;
      later.set(column.added, [...(later.get(column.added) ?? []), statement]);
    }
  }
  return [...later]
    .sort(([a], [b]) => a - b)
    .map(([version, statements], index) => {
      if (version !== last + index + 1) {
        throw new Error(
          `a column is added by migration ${String(version)}, expected ${String(last + index + 1)}`,
        );
      }
      return migration(version, "columns", statements);
    });
}

function isSeries(table: Table): table is SeriesTable {
  return table.kind === "series";
}
