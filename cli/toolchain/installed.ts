import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";

import type { Program, Tool } from "./model";
import { pluginFolder } from "./pulumi-home";
import { writeWhole } from "./stamp";
import { askVersion } from "./version";

/** Where to look for programs that someone else installed. */
export interface SearchOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** Our own cache, which is not "installed" though it may be on PATH. */
  readonly exclude: string;
  /** The file that remembers answers. */
  readonly answers: string;
  readonly ask?: (path: string, program: Program) => Promise<string | undefined>;
}

interface Answer {
  readonly mtimeMs: number;
  readonly size: number;
  /** Null: it is there and does not tell. */
  readonly version: string | null;
}

/**
 * The programs of a tool, if all are installed in the wanted version. A program is asked once: the
 * answer holds until the file changes.
 */
export async function findInstalled(
  tool: Tool,
  options: SearchOptions,
): Promise<ReadonlyMap<string, string> | undefined> {
  const found = new Map<string, string>();
  for (const program of tool.programs) {
    const path = candidate(program, tool, found, options);
    if (path === undefined) return undefined;
    if (program.version.kind !== "none") {
      const version = await rememberedVersion(path, program, options);
      if (version !== tool.version) return undefined;
    }
    found.set(program.name, path);
  }
  return found;
}

function candidate(
  program: Program,
  tool: Tool,
  found: ReadonlyMap<string, string>,
  { env, home, exclude }: SearchOptions,
): string | undefined {
  const ours = exclude + sep;
  const usable = (path: string): boolean =>
    isExecutable(path) && !path.startsWith(ours) && !realpathSync(path).startsWith(ours);

  if (program.version.kind === "plugin") {
    // The folder's name is what Pulumi goes by.
    const folder = pluginFolder(program.name, tool.version);
    const pulumiHome = env.PULUMI_HOME || join(home, ".pulumi");
    const path = join(pulumiHome, "plugins", folder, program.name);
    return usable(path) && !existsSync(`${dirname(path)}.partial`) ? path : undefined;
  }
  if (program.version.kind === "none") {
    // Taken only from beside the tool's first program, whose version is known.
    const [first] = found.values();
    const path = join(dirname(first ?? ""), program.name);
    return usable(path) ? path : undefined;
  }
  return (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program.name))
    .find(usable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

async function rememberedVersion(
  path: string,
  program: Program,
  { answers, ask = askVersion }: SearchOptions,
): Promise<string | undefined> {
  const known = readAnswers(answers);
  const { mtimeMs, size } = statSync(path);
  const before = known[path];
  if (before?.mtimeMs === mtimeMs && before.size === size) return before.version ?? undefined;
  const version = await ask(path, program);
  const answer: Answer = { mtimeMs, size, version: version ?? null };
  writeWhole(answers, `${JSON.stringify({ ...known, [path]: answer }, null, 2)}\n`);
  return version;
}

function readAnswers(path: string): Readonly<Record<string, Answer>> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, Answer>;
  } catch {
    return {}; // Nothing asked yet.
  }
}
