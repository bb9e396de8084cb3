import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The pages that are made from the program. */
export const pageNames = ["SERVICES.md", "STREAMS.md", "POLICY.md", "REVIEWING.md"] as const;
export type Page = (typeof pageNames)[number];

/** Where a page of the documents is in a repository. */
export function pageFile(repository: string, page: Page): string {
  return join(repository, "docs", page);
}

/** Writes a page; tells whether it had to change. */
export function writePage(file: string, text: string): boolean {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}
