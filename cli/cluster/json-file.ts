import { readFileSync } from "node:fs";

/** What a JSON file holds; undefined when it is not there, or cut off as by a full disk. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (absent || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
