import type { Stream } from "../../../components/systems/telemetry/streams/model";
import { failed, type Finding, passed } from "../../preflight/model";
import { literal } from "../../telemetry/compare/sql";
import { ago } from "../model";
import type { AskDatabase } from "./database";

interface Rows {
  readonly fresh: number;
  readonly age: number | null;
}

/** Whether rows of a stream have come into its first table within the window. */
export async function probeStream(
  ask: AskDatabase,
  stream: Stream,
  windowMs: number,
): Promise<Finding> {
  const [rows] = await ask<Rows>(rowsQuery(stream, windowMs));
  return streamFinding(stream, rows ?? { fresh: 0, age: null }, windowMs);
}

/**
 * By the time of the measurement, which is also what tells a stream that is replayed from one that flows.
 * The clock of a device may be a little ahead; rows from further on are not of now.
 */
export function rowsQuery(stream: Stream, windowMs: number): string {
  const seconds = Math.round(windowMs / 1000);
  const { table, condition } = whereOf(stream);
  return (
    `SELECT json_build_object('fresh', count(*) FILTER (WHERE time > now() - interval '${seconds} seconds'), ` +
    `'age', extract(epoch FROM now() - max(time))) FROM ${table} ` +
    `WHERE ${condition} AND time <= now() + interval '1 minute'`
  );
}

/** Several streams may share a table: then the constants of their tags tell them apart. */
function whereOf({ tables, tags }: Stream): { readonly table: string; readonly condition: string } {
  const [table] = tables;
  const constants = Object.entries(tags).flatMap(([column, source]) =>
    source.kind === "constant" && typeof source.value === "string"
      ? [`${column} = ${literal(source.value)}`]
      : [],
  );
  return { table: table?.name ?? "", condition: constants.join(" AND ") || "true" };
}

export function streamFinding(
  { name, mqttTopic }: Pick<Stream, "name" | "mqttTopic">,
  { fresh, age }: Rows,
  windowMs: number,
): Finding {
  const subject = `Stream ${name}`;
  if (fresh > 0) return passed(subject, `${fresh} rows in the last ${ago(windowMs)}`);
  const newest = age === null ? "there is none at all" : `the newest is ${ago(age * 1000)} old`;
  return failed(
    subject,
    `no row in the last ${ago(windowMs)}; ${newest}`,
    `Does the device send to ${mqttTopic}, less often than --window? Then follow the runbooks of the bridge and the sink in docs/RUNBOOKS.md.`,
  );
}
