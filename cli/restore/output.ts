/** A complete backup, as the scripts of the backups tell of it. */
export interface Backup {
  readonly store: string;
  /** When it was begun, in UTC: `20261121T020000Z`. It is also its name. */
  readonly at: string;
  readonly bytes: number;
  readonly rows: number;
}

/** What a restore put into the store. */
export type Restored = Omit<Backup, "bytes">;

/** How many rows a table, collection or the like was backed up with, and has now. */
export interface RowCount {
  readonly name: string;
  readonly expected: number;
  readonly found: number;
}

/** The backups that a listing tells of, oldest first; undefined where it did not come to its end. */
export function backupsIn(log: string): readonly Backup[] | undefined {
  const count = last(log, /^BACKUPS (\d+)$/);
  if (count?.[1] === undefined) return undefined;
  const backups = lines(log).flatMap((line) => {
    const [, text] = /^BACKUP (\{.*\})$/.exec(line) ?? [];
    const said = parsed(text);
    const { store, at, bytes, rows } = said;
    return typeof store === "string" && typeof at === "string"
      ? [{ store, at, bytes: numeric(bytes), rows: numeric(rows) }]
      : [];
  });
  return backups.length === Number(count[1]) ? backups : undefined;
}

/** What a restore says at its very end; undefined where it did not come to it. */
export function restoredIn(log: string): Restored | undefined {
  const { store, at, rows } = parsed(last(log, /^RESTORED (\{.*\})$/)?.[1]);
  return typeof store === "string" && typeof at === "string"
    ? { store, at, rows: numeric(rows) }
    : undefined;
}

/** The rows that a restore has compared. */
export function rowsIn(log: string): readonly RowCount[] {
  return lines(log).flatMap((line) => {
    const [, name, expected, found] = /^ROWS (.+) (\d+) (\d+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, expected: Number(expected), found: Number(found) }];
  });
}

/** The last words of a program that failed, without what is for us. */
export function complaint(log: string): string {
  const words = lines(log).filter((line) => line !== "" && !/^(ROWS|BACKUPS?) /.test(line));
  return words.slice(-10).join("\n");
}

function lines(log: string): string[] {
  return log.split("\n").map((line) => line.trimEnd());
}

/** The match of the last line that is not empty. */
function last(log: string, pattern: RegExp): RegExpExecArray | null {
  const said = lines(log).filter((line) => line !== "");
  return pattern.exec(said.at(-1) ?? "");
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {}; // Cut off.
  }
}

function numeric(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
