import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where a page of the documents is in a repository. */
export function pageFile(repository: string, page: "SERVICES.md" | "STREAMS.md"): string {
  return join(repository, "docs", page);
}

/** Writes a page; tells whether it had to change. */
export function writePage(file: string, text: string): boolean {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}
