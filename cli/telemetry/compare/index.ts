import { UserError } from "../../errors";
import { dayAfter } from "../day";
import { compareTable, type Hour, type TableData, type Tolerances } from "./comparison";
import { type Database, query } from "./psql";
import type { ComparisonRecord } from "./report";
import { type ColumnInfo, columnsQuery, comparedTable, hoursQuery } from "./sql";

export interface CompareRequest {
  readonly stack: string;
  /** The first and the last day, both included, in UTC. */
  readonly from: string;
  readonly to: string;
  readonly tables: readonly string[];
  readonly old: Database;
  readonly new: Database;
  readonly tolerances: Tolerances;
  /** For one query. */
  readonly timeoutSeconds: number;
  readonly now: Date;
}

/** Reads both databases and compares them, table by table. */
export async function compareDatabases(
  request: CompareRequest,
  onTable: (name: string) => void = () => undefined,
): Promise<ComparisonRecord> {
  const { stack, from, to, now, tolerances } = request;
  const read: { data: TableData; lacking: readonly string[] }[] = [];
  for (const name of request.tables) {
    onTable(name);
    read.push(await readTable(name, request));
  }
  const tables = read.map(({ data }) => compareTable(data, tolerances));
  return {
    stack,
    from,
    to,
    at: now.toISOString(),
    tolerances,
    passed: tables.every(({ passed }) => passed),
    tables,
    notCompared: read.flatMap(({ data, lacking }) => lacking.map((one) => `${data.name}.${one}`)),
  };
}

/** The columns are those of the new database, as far as the old one has them too. */
async function readTable(
  name: string,
  request: CompareRequest,
): Promise<{ data: TableData; lacking: readonly string[] }> {
  const ask = <T>(database: Database, sql: string): Promise<readonly T[]> =>
    query<T>(database, sql, request.timeoutSeconds);
  const columns = async (database: Database): Promise<Map<string, string>> => {
    const found = await ask<ColumnInfo>(database, columnsQuery(name));
    if (found.length > 0) return new Map(found.map((column) => [column.name, column.type]));
    throw new UserError(
      `There is no table ${name} that can be read in ${database.title}.`,
      "Name the tables that are to be compared with --tables.",
    );
  };
  const [before, after] = await Promise.all([columns(request.old), columns(request.new)]);
  const whole = comparedTable(
    name,
    [...after].map(([column, type]) => ({ name: column, type })),
  );
  if (whole === undefined || !before.has("time") || !before.has(whole.device)) {
    throw new UserError(
      `Table ${name} cannot be compared: it needs a column "time" and one that names the device, in both databases.`,
    );
  }
  const lacking = whole.sums.filter((column) => !before.has(column));
  const table = { ...whole, sums: whole.sums.filter((column) => before.has(column)) };
  const window = { from: request.from, until: dayAfter(request.to) };
  const [old, fresh] = await Promise.all([
    ask<Hour>(request.old, hoursQuery(table, before, window)),
    ask<Hour>(request.new, hoursQuery(table, after, window)),
  ]);
  return { data: { name, columns: table.sums, old, new: fresh }, lacking };
}
