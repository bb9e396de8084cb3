import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Says that an entry of the cache is complete, and what is in it. */
export interface Stamp {
  /** How it came here, for people who look. */
  readonly how: string;
  /** Name to path below the entry. */
  readonly paths: Readonly<Record<string, string>>;
}

const fileName = "stamp.json";

/** The paths of a complete entry, absolute; nothing if the entry is not there or not whole. */
export function readEntry(folder: string): ReadonlyMap<string, string> | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, fileName), "utf8");
  } catch {
    return undefined; // Not there: the usual case before the first set-up.
  }
  const stamp = JSON.parse(text) as Stamp;
  const paths = new Map(
    Object.entries(stamp.paths).map(([name, path]) => [name, join(folder, path)]),
  );
  // Someone may have thinned out the cache.
  return [...paths.values()].every((path) => existsSync(path)) ? paths : undefined;
}

/** Turns a folder that was made aside into an entry, at once. */
export function publishEntry(aside: string, folder: string, stamp: Stamp): void {
  writeFileSync(join(aside, fileName), `${JSON.stringify(stamp, null, 2)}\n`);
  mkdirSync(dirname(folder), { recursive: true });
  // What is in the way is not whole, or the caller would not have made another.
  rmSync(folder, { recursive: true, force: true });
  renameSync(aside, folder);
}

/** Writes a file so that a reader sees all of it or what was there before. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text);
  renameSync(aside, path);
}
