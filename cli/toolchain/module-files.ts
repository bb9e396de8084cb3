import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { downloadModule, goEnvironment, requireGo } from "./go";
import type { FileSet } from "./model";
import type { Platform } from "./platform";
import type { Step } from "./progress";

/** What taking files needs to know of its surroundings. */
export interface FileOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: Platform;
  readonly sources: string;
  readonly work: string;
  /** The folder that gets the files. */
  readonly target: string;
  readonly log: string;
  readonly step: Step;
}

/** Takes the files of a set from its pinned Go modules. */
export async function takeFiles(set: FileSet, options: FileOptions): Promise<void> {
  const folder = join(options.work, set.module);
  cpSync(join(options.sources, set.module), folder, { recursive: true });
  mkdirSync(options.target, { recursive: true });
  const env = goEnvironment(options.env, options.platform, options.work);
  await requireGo(folder, set.name, env);
  for (const source of set.sources) {
    options.step.update(`fetching ${source.module}`);
    const { Dir } = await downloadModule(folder, source.module, env, options.log);
    for (const below of source.folders) copyManifests(join(Dir, below), options.target, set.holds);
  }
}

/** Copies the YAML files of a folder that hold objects of a kind; others there are not objects. */
export function copyManifests(from: string, to: string, kind: string): void {
  const files = readdirSync(from).filter((file) => file.endsWith(".yaml"));
  for (const file of files) {
    const text = readFileSync(join(from, file), "utf8");
    // Written anew, because files of the module cache are read-only. An existing one is a bug.
    if (text.split("\n").includes(`kind: ${kind}`)) {
      writeFileSync(join(to, file), text, { flag: "wx" });
    }
  }
}
