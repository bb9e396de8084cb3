import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { UserError } from "../errors";
import type { RenderedFile } from "./rewrite";

/** Lists the files of a rendering, in the folder itself: by it we know the folder as ours. */
const listName = ".rendered.json";

/** Refuses a folder that holds anything but an earlier rendering. */
export function requireOutputFolder(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) {
    throw new UserError(`${folder} is a file.`, "Name a folder that is empty or does not exist.");
  }
  if (readdirSync(folder).length === 0 || existsSync(join(folder, listName))) return;
  throw new UserError(
    `${folder} is not empty, and what is in it is not an earlier rendering.`,
    "Name a folder that is empty or does not exist: a rendering removes files of the one before.",
  );
}

/** Brings a folder to hold just these files; what an earlier rendering left goes. */
export function writeOutputFolder(
  folder: string,
  files: readonly RenderedFile[],
  mode: number,
): void {
  requireOutputFolder(folder);
  const paths = files.map(({ path }) => path);
  const earlier = readList(folder);
  mkdirSync(folder, { recursive: true });
  // Before the first file is written, so that an interrupted rendering is known as ours too.
  writeList(folder, [...new Set([...earlier, ...paths])]);
  for (const { path, text } of files) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    replaceFile(join(folder, path), text, mode);
  }
  for (const path of earlier.filter((candidate) => !paths.includes(candidate))) {
    rmSync(join(folder, path), { force: true });
    const parent = join(folder, dirname(path));
    if (existsSync(parent) && readdirSync(parent).length === 0) rmdirSync(parent);
  }
  writeList(folder, paths);
}

function readList(folder: string): string[] {
  const list = join(folder, listName);
  return existsSync(list)
    ? (JSON.parse(readFileSync(list, "utf8")) as { files: string[] }).files
    : [];
}

function writeList(folder: string, files: readonly string[]): void {
  replaceFile(join(folder, listName), `${JSON.stringify({ files }, null, 2)}\n`, 0o644);
}

/** A new file in place of the old one, because an existing file would keep its mode. */
function replaceFile(path: string, text: string, mode: number): void {
  const aside = `${path}.new`;
  rmSync(aside, { force: true });
  writeFileSync(aside, text, { mode, flag: "wx" });
  renameSync(aside, path);
}
