import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Program } from "./model";
import { pluginVersion } from "./plugin-info";
import { run } from "./process";

/** The first version in what a program says about itself, without a leading `v`. */
export function parseVersion(text: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)/.exec(text)?.[1];
}

/** Whether version `a` is older than `b`; for releases, with two or three numbers. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The version that a program states; nothing if it does not run. */
export async function askVersion(path: string, program: Program): Promise<string | undefined> {
  const query = program.version;
  if (query.kind === "plugin") return parseVersion((await pluginVersion(path)) ?? "");
  if (query.kind === "none") throw new Error(`${program.name} cannot be asked for its version`);
  // Even to tell its version, Pulumi makes itself a home, and looks for a newer one.
  const home = mkdtempSync(join(tmpdir(), "platform-version-"));
  try {
    const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const result = await run(path, query.args, { env, timeoutMs: 20_000 });
    return result.code === 0 ? parseVersion(result.stdout) : undefined;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
