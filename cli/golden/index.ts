import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { type Rendering, renderObjects } from "../render";

const folder = join(__dirname, "../../test/golden");

/** A stack's golden files by their path: one redacted YAML for each object, and the list of names. */
export type GoldenFiles = ReadonlyMap<string, string>;

/** What the golden files of a stack are by today's program. */
export async function goldenFiles(stack: string): Promise<GoldenFiles> {
  const rendering = await renderObjects(stack);
  const objects = rendering.files.map(({ path, text }) => [path, text] as const);
  return new Map([...objects, ["names.txt", nameList(rendering)]]);
}

/** What the golden files of a stack are in the repository. */
export function readGolden(stack: string): GoldenFiles {
  const root = join(folder, stack);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(root, path), readFileSync(path, "utf8")]));
}

/** Replaces the golden files of a stack; only ever by a command that somebody gave. */
export async function writeGolden(stack: string): Promise<number> {
  const files = await goldenFiles(stack);
  const root = join(folder, stack);
  rmSync(root, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return files.size;
}

/**
 * The identity of every resource: a name that changes here is an object that is deleted and made
 * anew. Ids of random values are the values themselves; only objects show theirs.
 */
function nameList({ resources }: Rendering): string {
  const lines = resources.map(({ urn, type, id }) =>
    type.startsWith("kubernetes:") && id !== undefined ? `${urn} ${id}` : urn,
  );
  return `${lines.sort().join("\n")}\n`;
}
