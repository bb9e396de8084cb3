import { cpSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors";
import { goEnvironment, lastLines, requireGo } from "./go";
import type { Build, Tool } from "./model";
import type { Platform } from "./platform";
import { run } from "./process";
import type { Step } from "./progress";
import { embedProviderSchema } from "./provider-schema";

/** What a build needs to know of its surroundings. */
export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: Platform;
  /** The folder `toolchain/`. */
  readonly sources: string;
  /** A folder for whatever comes up. */
  readonly work: string;
  /** The folder that gets the programs. */
  readonly bin: string;
  readonly log: string;
  readonly step: Step;
}

/** Builds a tool from its pinned Go modules. */
export async function buildTool(tool: Tool, options: BuildOptions): Promise<void> {
  mkdirSync(options.bin, { recursive: true });
  for (const build of tool.builds) await runBuild(tool, build, options);
}

async function runBuild(tool: Tool, build: Build, options: BuildOptions): Promise<void> {
  const { bin, log, step, work } = options;
  // A copy, because the go command and the generated files may write beside the sources.
  const source = join(work, build.module);
  cpSync(join(options.sources, build.module), source, { recursive: true });
  const temporary = join(work, "tmp");
  mkdirSync(temporary, { recursive: true });
  const env = goEnvironment(options.env, options.platform, temporary);

  await requireGo(source, build.module, env);
  if (build.prepare === "provider-schema") {
    step.update("preparing the schema");
    await embedProviderSchema(source, tool.version, env, log);
  }
  const packages = Object.values(build.packages);
  const total = await resolvePackages(packages, source, env, options);

  let done = 0;
  step.update(`compiling ${build.module}, at most ${total} packages`);
  const flags = ["-trimpath", "-buildvcs=false", "-v", "-ldflags", linkerFlags(build)];
  const result = await run("go", ["build", ...flags, "-o", `${bin}/`, ...packages], {
    cwd: source,
    env,
    log,
    onLine: () => {
      done += 1;
      // What an earlier, interrupted build compiled is not compiled again, hence "at most".
      step.update(`compiling ${build.module}, ${done} of at most ${total} packages`);
    },
  });
  if (result.code !== 0) throw buildError(build, result.stderr, log);

  for (const [program, path] of Object.entries(build.packages)) {
    const built = join(bin, path === "." ? build.module : binaryName(path));
    if (built !== join(bin, program)) renameSync(built, join(bin, program));
    if (!existsSync(join(bin, program))) {
      throw new Error(`${build.module}: no ${program} was built`);
    }
  }
}

/** Fetches the modules that the packages need and counts the packages. */
async function resolvePackages(
  packages: readonly string[],
  source: string,
  env: NodeJS.ProcessEnv,
  { log, step }: BuildOptions,
): Promise<number> {
  let fetched = 0;
  step.update("fetching modules");
  const result = await run("go", ["list", "-deps", ...packages], {
    cwd: source,
    env,
    log,
    onLine: (line) => {
      if (line.startsWith("go: downloading")) fetched += 1;
      step.update(`fetching modules, ${fetched} so far`);
    },
  });
  if (result.code !== 0) {
    throw new UserError(
      `the Go modules for ${packages.join(", ")} could not be fetched: ${lastLines(result.stderr)}`,
      `the whole output is in ${log}`,
    );
  }
  return result.stdout.trimEnd().split("\n").length;
}

/** The name that `go build` gives to a program: the last part of its path that is no version. */
export function binaryName(packagePath: string): string {
  const parts = packagePath.split("/").filter((part) => !/^v\d+$/.test(part));
  return parts[parts.length - 1] ?? packagePath;
}

/** Symbols are left out, which halves the size and the time to link. */
export function linkerFlags(build: Pick<Build, "variables">): string {
  const variables = Object.entries(build.variables).map(([name, value]) => `-X ${name}=${value}`);
  return ["-s", "-w", ...variables].join(" ");
}

function buildError(build: Build, output: string, log: string): UserError {
  // Without the names of the packages that went well.
  const faults = output.replace(/^[\w./~-]+\n/gm, "");
  return new UserError(
    `building ${build.module} failed: ${lastLines(faults)}`,
    `the whole output is in ${log}`,
  );
}
