import { type Document, isMap, parseDocument, type Scalar } from "yaml";

import type { TelemetrySettings } from "../../../config/systems/telemetry";
import { UserError } from "../../errors";
import type { TableComparison, Tolerances, Value } from "./comparison";

/** All that a comparison found, as its file has it. */
export interface ComparisonRecord {
  readonly stack: string;
  /** The first and the last of the days, both included, in UTC. */
  readonly from: string;
  readonly to: string;
  /** When it was made. */
  readonly at: string;
  readonly tolerances: Tolerances;
  readonly passed: boolean;
  readonly tables: readonly TableComparison[];
  /** Columns that the old database does not have, as `table.column`. */
  readonly notCompared: readonly string[];
}

export type ComparisonSetting = NonNullable<TelemetrySettings["comparison"]>;

/** What fits on a screen; the record has the rest. */
const shown = 20;

/** The result for a terminal: a line for each check, then what differs. */
export function report({ tables, notCompared }: ComparisonRecord): string {
  const differences = tables.flatMap(differencesOf);
  const more = differences.length - shown;
  return [
    columns([["table", "check", "old", "new", "result"], ...tables.flatMap(checks)]),
    ...(differences.length === 0
      ? []
      : [
          "",
          columns([
            ["table", "device", "hour", "what", "old", "new"],
            ...differences.slice(0, shown),
          ]),
        ]),
    ...(more > 0 ? [`and ${more} more, which are in the record`] : []),
    ...(notCompared.length === 0
      ? []
      : ["", `Not compared, because the old database has none of it: ${notCompared.join(", ")}`]),
  ].join("\n");
}

function checks({ name, rows, newest, gaps, sums }: TableComparison): string[][] {
  const result = (passed: boolean): string => (passed ? "passed" : "failed");
  return [
    [name, "rows", String(rows.old), String(rows.new), result(rows.passed)],
    [name, "newest row", newest.old ?? "–", newest.new ?? "–", result(newest.passed)],
    [
      name,
      "hours missing",
      String(gaps.old.length),
      String(gaps.new.length),
      result(gaps.new.length === 0),
    ],
    [
      name,
      "sums that differ",
      "",
      `${sums.differing.length} of ${sums.compared}`,
      result(sums.differing.length === 0),
    ],
  ];
}

function differencesOf({ name, gaps, sums }: TableComparison): string[][] {
  return [
    ...gaps.new.map(({ device, hour }) => [name, device, hour, "hour", "rows", "none"]),
    ...sums.differing.map(({ device, hour, column, ...pair }) => {
      return [name, device, hour, column, figure(pair.old), figure(pair.new)];
    }),
    ...gaps.old.map(({ device, hour }) => [name, device, hour, "hour", "none", "rows"]),
  ];
}

function figure(value: Value): string {
  if (value === null) return "no value";
  return typeof value === "number" ? String(Number(value.toPrecision(10))) : value;
}

/** Rows below each other, each column as wide as its widest cell. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

const key = "platform:telemetry";

/** The setting that tells of a comparison, as a part of a stack file. */
export function settingBlock(comparison: ComparisonSetting): string {
  return withComparison("", comparison);
}

/**
 * A stack file with the comparison in it; comments stay. Its days are in quotes: without them
 * pulumi's reader would take them for points in time.
 */
export function withComparison(text: string, comparison: ComparisonSetting): string {
  const document: Document = parseDocument(text);
  const fault = document.errors[0];
  if (fault !== undefined) throw new UserError(`A stack file is not valid YAML: ${fault.message}`);
  const node = document.createNode(comparison);
  for (const day of ["from", "to"]) (node.get(day, true) as Scalar).type = "QUOTE_DOUBLE";
  const path = ["config", key];
  const telemetry = document.getIn(path);
  if (isMap(telemetry) || telemetry === undefined || telemetry === null) {
    if (!isMap(telemetry)) document.setIn(path, document.createNode({}));
    document.setIn([...path, "comparison"], node);
    return document.toString({ lineWidth: 0 });
  }
  throw new UserError(`${key} of the stack file is not a map.`);
}
