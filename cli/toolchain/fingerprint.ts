import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Item } from "./model";
import type { Platform } from "./platform";

/** Raise it when the way things are built changes, so that they are built anew. */
const recipe = 1;

/**
 * Identifies what an item is made from: what its description says about that, the platform, and
 * every file of its folders of `toolchain/`. A change of any of these gives another folder in the
 * cache.
 */
export function fingerprint(item: Item, sources: string, platform: Platform): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([recipe, platform, madeFrom(item)]));
  for (const module of modulesOf(item)) {
    for (const file of filesBelow(join(sources, module))) {
      hash.update(`\0${module}/${file}\0`);
      hash.update(readFileSync(join(sources, module, file)));
    }
  }
  return hash.digest("hex").slice(0, 12);
}

function madeFrom(item: Item): unknown {
  if (item.kind === "files") return [item.name, item.holds, item.sources];
  const builds = item.builds.map(({ module, packages, variables, prepare }) => [
    module,
    packages,
    variables,
    prepare,
  ]);
  return [item.name, item.version, builds];
}

/** The folders of `toolchain/` that an item is made from. */
export function modulesOf(item: Item): readonly string[] {
  return item.kind === "files" ? [item.module] : item.builds.map((build) => build.module);
}

function filesBelow(folder: string, prefix = ""): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .flatMap((entry) => {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, path) : [path];
    })
    .sort();
}
