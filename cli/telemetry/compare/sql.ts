/** A column as information_schema has it. */
export interface ColumnInfo {
  readonly name: string;
  readonly type: string;
}

/** What of a table is compared. Both databases are asked for the same. */
export interface ComparedTable {
  readonly name: string;
  /** The column that says which device a row is of. */
  readonly device: string;
  /** The columns that are summed up. */
  readonly sums: readonly string[];
}

/** The days that are compared, in UTC: from the start of the first to the start of `until`. */
export interface Window {
  readonly from: string;
  readonly until: string;
}

const numeric = new Set([
  "smallint",
  "integer",
  "bigint",
  "numeric",
  "real",
  "double precision",
  "boolean",
]);

const timeColumn = "time";

/** Asks for a table's columns, one JSON object a line, in their order. */
export function columnsQuery(table: string): string {
  return (
    "SELECT json_build_object('name', column_name, 'type', data_type) FROM information_schema.columns " +
    `WHERE table_schema = current_schema() AND table_name = ${literal(table)} ORDER BY ordinal_position`
  );
}

/** What can be compared of a table with these columns; undefined where it has no time or no device. */
export function comparedTable(
  name: string,
  columns: readonly ColumnInfo[],
): ComparedTable | undefined {
  // The device is the first of the columns that say what a row is about.
  const device = columns.find(({ type }) => type === "text" || type === "character varying");
  if (device === undefined || !columns.some((column) => column.name === timeColumn)) {
    return undefined;
  }
  const sums = columns.filter(({ type }) => numeric.has(type)).map((column) => column.name);
  return { name, device: device.name, sums };
}

/**
 * Asks for one row for each device and hour: how many rows there are, the newest, and of each column
 * the sum and the sum of the absolute values, by which a sum that cancels out is measured.
 */
export function hoursQuery(
  { name, device, sums }: ComparedTable,
  types: ReadonlyMap<string, string>,
  { from, until }: Window,
): string {
  const list = (aggregate: (value: string) => string): string =>
    sums.length === 0
      ? "'[]'::json"
      : `json_build_array(${sums.map((column) => aggregate(number(column, types.get(column)))).join(", ")})`;
  const time = identifier(timeColumn);
  return (
    `SELECT json_build_object('device', ${identifier(device)}, ` +
    `'hour', to_char(date_trunc('hour', ${time} AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T"HH24:00"Z"'), ` +
    `'newest', to_char(max(${time}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'rows', count(*), ` +
    `'sums', ${list((value) => `sum(${value})`)}, ` +
    `'scales', ${list((value) => `sum(abs(${value}))`)}) ` +
    `FROM ${identifier(name)} ` +
    `WHERE ${time} >= ${literal(`${from}T00:00:00Z`)} AND ${time} < ${literal(`${until}T00:00:00Z`)} ` +
    `GROUP BY ${identifier(device)}, date_trunc('hour', ${time} AT TIME ZONE 'UTC')`
  );
}

/** A value as a number; true and false count as 1 and 0. */
function number(column: string, type: string | undefined): string {
  const name = identifier(column);
  return type === "boolean" ? `${name}::integer` : `${name}::double precision`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
