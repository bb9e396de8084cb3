import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { openWorkspace } from "../workspace";

interface Project {
  readonly runtime: { readonly name: string; readonly options: object };
}

/**
 * A folder with this program as it is, under a project file that says something else about how it
 * starts. Gives the folder back.
 */
export function copyProgram(
  folder: string,
  { options = {}, ...project }: { readonly main?: string; readonly options?: object },
): string {
  const { repository } = openWorkspace();
  const file = "Pulumi.yaml";
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(repository)) {
    if (name !== file && !name.startsWith(".")) {
      symlinkSync(join(repository, name), join(folder, name));
    }
  }
  const own = parse(readFileSync(join(repository, file), "utf8")) as Project;
  const runtime = { ...own.runtime, options: { ...own.runtime.options, ...options } };
  writeFileSync(join(folder, file), JSON.stringify({ ...own, ...project, runtime }));
  return folder;
}
