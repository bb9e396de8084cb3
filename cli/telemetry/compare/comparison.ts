/** What one database has of a device in an hour. */
export interface Hour {
  readonly device: string;
  /** In UTC: `2026-03-01T07:00Z`. */
  readonly hour: string;
  readonly newest: string;
  readonly rows: number;
  /** One for each column; null where no row has a value. */
  readonly sums: readonly Value[];
  /** The sums of the absolute values, in the same order. */
  readonly scales: readonly Value[];
}

/** PostgreSQL writes NaN and infinities as texts. */
export type Value = number | string | null;

export interface TableData {
  readonly name: string;
  readonly columns: readonly string[];
  readonly old: readonly Hour[];
  readonly new: readonly Hour[];
}

/** How much may differ. Shares are parts of one: 0.01 is a hundredth. */
export interface Tolerances {
  readonly count: number;
  readonly sum: number;
  /** By how much the newest row of the new database may be older, in minutes. */
  readonly newestMinutes: number;
}

export interface Gap {
  readonly device: string;
  readonly hour: string;
}

export interface SumDifference extends Gap {
  readonly column: string;
  readonly old: Value;
  readonly new: Value;
}

/** Old and new of one figure, and whether they are close enough. */
interface Pair<T> {
  readonly old: T;
  readonly new: T;
  readonly passed: boolean;
}

export interface TableComparison {
  readonly name: string;
  readonly passed: boolean;
  readonly rows: Pair<number>;
  readonly newest: Pair<string | null>;
  /** Hours that only the other database has rows of. What the old one lacks is no fault of the new. */
  readonly gaps: { readonly old: readonly Gap[]; readonly new: readonly Gap[] };
  readonly sums: { readonly compared: number; readonly differing: readonly SumDifference[] };
}

/** Compares a table of two databases: rows, newest row, gaps, and the sums of the hours that both have. */
export function compareTable(data: TableData, tolerances: Tolerances): TableComparison {
  const rows = compareRows(data, tolerances.count);
  const newest = compareNewest(data, tolerances.newestMinutes);
  const gaps = {
    old: missingHours(data.old, data.new),
    new: missingHours(data.new, data.old),
  };
  const sums = compareSums(data, tolerances.sum);
  const passed =
    rows.passed && newest.passed && gaps.new.length === 0 && sums.differing.length === 0;
  return { name: data.name, passed, rows, newest, gaps, sums };
}

function compareRows(data: TableData, tolerance: number): Pair<number> {
  const [before, after] = [data.old, data.new].map((hours) =>
    hours.reduce((sum, { rows }) => sum + rows, 0),
  ) as [number, number];
  // Two empty tables are alike, and show nothing.
  const passed = before + after > 0 && isClose(before, after, Math.max(before, after), tolerance);
  return { old: before, new: after, passed };
}

function compareNewest(data: TableData, toleranceMinutes: number): Pair<string | null> {
  const newest = (hours: readonly Hour[]): string | null =>
    hours.reduce<string | null>((last, hour) => {
      return last === null || hour.newest > last ? hour.newest : last;
    }, null);
  const [before, after] = [newest(data.old), newest(data.new)];
  const behind =
    before === null ? 0 : after === null ? Infinity : Date.parse(before) - Date.parse(after);
  return { old: before, new: after, passed: behind <= toleranceMinutes * 60_000 };
}

function missingHours(from: readonly Hour[], among: readonly Hour[]): Gap[] {
  const known = new Set(from.map(key));
  return among
    .filter((hour) => !known.has(key(hour)))
    .map(({ device, hour }) => ({ device, hour }))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function compareSums(data: TableData, tolerance: number): TableComparison["sums"] {
  const before = new Map(data.old.map((hour) => [key(hour), hour]));
  const both = data.new.flatMap((after) => {
    const found = before.get(key(after));
    return found === undefined ? [] : [{ before: found, after }];
  });
  const differing = both.flatMap(({ before: one, after: other }) =>
    data.columns.flatMap((column, index) => {
      const [a, b] = [one.sums[index] ?? null, other.sums[index] ?? null];
      const scale = Math.max(Number(one.scales[index] ?? 0), Number(other.scales[index] ?? 0));
      if (a === b || (isNumber(a) && isNumber(b) && isClose(a, b, scale, tolerance))) {
        return [];
      }
      return [{ device: one.device, hour: one.hour, column, old: a, new: b }];
    }),
  );
  return { compared: both.length * data.columns.length, differing };
}

function isNumber(value: Value): value is number {
  return typeof value === "number";
}

/** Floating-point numbers added in another order differ in their last digits. */
const rounding = 1e-9;

function isClose(a: number, b: number, scale: number, tolerance: number): boolean {
  return Math.abs(a - b) <= (tolerance + rounding) * scale;
}

/** A space is in no hour, so that no two keys are alike. */
function key({ device, hour }: Gap): string {
  return `${hour} ${device}`;
}
