import { readFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors";
import type { Platform } from "./platform";
import { run } from "./process";
import { isOlder } from "./version";

/**
 * The environment for the go command: the user's, without what would change the result. Proxy and
 * checksum settings stay as they are: verification is never switched off here.
 */
export function goEnvironment(
  env: NodeJS.ProcessEnv,
  platform: Platform,
  temporary: string,
): NodeJS.ProcessEnv {
  return {
    ...env,
    // An empty value would let a value of `go env -w` through.
    GOFLAGS: "-mod=readonly",
    GOWORK: "off",
    GO111MODULE: "on",
    GOOS: platform.os,
    GOARCH: platform.arch,
    CGO_ENABLED: "0", // A bare machine has no C compiler.
    GOTMPDIR: temporary, // What an interrupted build leaves goes with the rest of it.
  };
}

/** The version of Go that a go.mod file asks for. */
export function wantedGo(goMod: string): string | undefined {
  return /^go (\d+\.\d+(?:\.\d+)?)\s*$/m.exec(goMod)?.[1];
}

/** Throws a {@link UserError} unless the go command can build the module in this folder. */
export async function requireGo(
  folder: string,
  what: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const wanted = wantedGo(readFileSync(join(folder, "go.mod"), "utf8")) ?? "1.21";
  const mend = `install Go ${wanted} or newer and put it on PATH`;
  const go = await run("go", ["env", "GOVERSION"], { cwd: folder, env });
  if (go.absent) {
    throw new UserError(`Go is not installed, and ${what} must be made with it`, mend);
  }
  if (go.code === 0) return;
  // The go command refuses a go.mod that is too new for it, unless it may fetch a newer one.
  const local = await run("go", ["env", "GOVERSION"], {
    cwd: "/",
    env: { ...env, GOTOOLCHAIN: "local" },
  });
  const version = /^go(\S+)/.exec(local.stdout)?.[1];
  if (version !== undefined && isOlder(version, wanted)) {
    throw new UserError(`Go ${version} is too old: ${what} needs Go ${wanted}`, mend);
  }
  throw new UserError(`the go command fails for ${what}: ${go.stderr.trim()}`);
}

/** What `go mod download -json` says of a module. */
export interface DownloadedModule {
  readonly Path: string;
  readonly Version: string;
  /** Where its files are, read-only. */
  readonly Dir: string;
  readonly Sum: string;
}

/** Fetches one module that the go.mod file of this folder names, verified by its go.sum file. */
export async function downloadModule(
  folder: string,
  module: string,
  env: NodeJS.ProcessEnv,
  log: string,
): Promise<DownloadedModule> {
  const result = await run("go", ["mod", "download", "-json", module], { cwd: folder, env, log });
  if (result.code !== 0) {
    throw new UserError(
      `the Go module ${module} could not be fetched: ${lastLines(result.stderr || result.stdout)}`,
      `the whole output is in ${log}`,
    );
  }
  const found = JSON.parse(result.stdout) as DownloadedModule;
  // The command accepts a module whose files are not pinned; we do not.
  const sums = readFileSync(join(folder, "go.sum"), "utf8").split("\n");
  if (!sums.includes(`${found.Path} ${found.Version} ${found.Sum}`)) {
    throw new Error(`${module} ${found.Version} is not pinned in ${folder}/go.sum`);
  }
  return found;
}

/** The end of a program's output, for a message. */
export function lastLines(text: string, count = 12): string {
  return `\n${text.trimEnd().split("\n").slice(-count).join("\n")}`;
}
