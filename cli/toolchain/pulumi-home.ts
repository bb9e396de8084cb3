import { createHash } from "node:crypto";
import { copyFileSync, linkSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Layout } from "./layout";
import { withLock } from "./lock";
import { publishEntry, readEntry } from "./stamp";

/** A plugin for Pulumi. */
export interface Plugin {
  /** The name of the program, `pulumi-resource-<name>`. */
  readonly program: string;
  readonly version: string;
  readonly path: string;
}

/**
 * A home for Pulumi that has just these plugins. Other plugins cannot get in the way, and nothing
 * of the user's own home is touched.
 */
export async function ensurePulumiHome(
  plugins: readonly Plugin[],
  layout: Layout,
): Promise<string> {
  const folder = layout.pulumiHome(identify(plugins));
  if (readEntry(folder) !== undefined) return folder;
  await withLock(layout.lock("pulumi-home"), async () => {
    if (readEntry(folder) !== undefined) return;
    const aside = layout.aside("pulumi-home");
    rmSync(aside, { recursive: true, force: true });
    // Pulumi keeps credentials in its home.
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    const paths: Record<string, string> = {};
    for (const { path, program, version } of plugins) {
      const relative = join("plugins", pluginFolder(program, version), program);
      mkdirSync(dirname(join(aside, relative)), { recursive: true });
      place(path, join(aside, relative));
      paths[program] = relative;
    }
    publishEntry(aside, folder, { how: "assembled", paths });
  });
  return folder;
}

/** Where Pulumi looks for a plugin, below `plugins` of its home. */
export function pluginFolder(program: string, version: string): string {
  return `${program.replace(/^pulumi-/, "")}-v${version}`;
}

/** Pulumi does not see a symbolic link, and a copy costs 300 MB, so it is a hard link if it can. */
function place(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // Another file system, or not our file.
  }
}

function identify(plugins: readonly Plugin[]): string {
  const hash = createHash("sha256");
  for (const { path, program, version } of plugins) {
    const { mtimeMs, size } = statSync(path);
    hash.update(JSON.stringify([program, version, path, mtimeMs, size]));
  }
  return hash.digest("hex").slice(0, 12);
}
