import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { UserError } from "../errors";
import { buildTool } from "./build";
import { downloadTool } from "./download";
import { ensureEntry, pathsIn, type Way } from "./ensure";
import { fingerprint } from "./fingerprint";
import { findInstalled } from "./installed";
import type { Layout } from "./layout";
import type { FileSet, Item, Tool } from "./model";
import { takeFiles } from "./module-files";
import type { Network } from "./network";
import type { Platform } from "./platform";
import type { Step } from "./progress";
import { readEntry } from "./stamp";
import { askVersion } from "./version";

/** The surroundings of a set-up. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly layout: Layout;
  readonly platform: Platform;
  /** The folder `toolchain/`. */
  readonly sources: string;
  readonly network: Network;
}

/** Name to absolute path of what an item consists of. */
export type Located = ReadonlyMap<string, string>;

/** Where an item is, if it is there: installed by someone else, or in the cache. */
export async function locate(item: Item, around: Surroundings): Promise<Located | undefined> {
  if (item.kind === "programs") {
    const { env, home, layout } = around;
    const answers = layout.answers(item.name);
    const found = await findInstalled(item, { env, home, exclude: layout.root, answers });
    if (found !== undefined) return found;
  }
  return readEntry(entryOf(item, around));
}

/** Sets an item up in the cache. */
export async function setUp(item: Item, around: Surroundings, step: Step): Promise<Located> {
  const log = around.layout.log(item.name);
  const ways =
    item.kind === "files" ? fileWays(item, around, log, step) : toolWays(item, around, log, step);
  return ensureEntry(item.name, entryOf(item, around), ways, around.layout, step);
}

/** How an item is called in the progress. */
export function titleOf(item: Item): string {
  if (item.kind === "programs") return `${item.name} ${item.version}`;
  return `${item.holds} files`;
}

/** How long an item takes at worst. */
export function minutesOf(item: Item): number {
  if (item.kind === "files") return 0.2;
  return item.builds.reduce((sum, build) => sum + build.minutes, 0);
}

function entryOf(item: Item, { layout, platform, sources }: Surroundings): string {
  return layout.item(item, fingerprint(item, sources, platform));
}

function toolWays(tool: Tool, around: Surroundings, log: string, step: Step): readonly Way[] {
  const { env, platform, network, sources } = around;
  const programs = pathsIn(
    "bin",
    tool.programs.map((program) => program.name),
  );
  return [
    {
      how: "downloaded",
      make: async (aside) => {
        const bin = join(aside, "bin");
        const work = join(aside, "work");
        const result = await downloadTool(tool, { platform, network, work, bin, step });
        if (result !== true) return result;
        rmSync(work, { recursive: true, force: true });
        return (await faultIn(tool, bin)) ?? programs;
      },
    },
    {
      how: "built",
      make: async (aside) => {
        const bin = join(aside, "bin");
        const work = join(aside, "work");
        startLog(log);
        await buildTool(tool, { env, platform, sources, work, bin, log, step });
        rmSync(work, { recursive: true, force: true });
        const fault = await faultIn(tool, bin);
        if (fault !== undefined) {
          throw new UserError(`${tool.name} was built and ${fault}`, `the output is in ${log}`);
        }
        return programs;
      },
    },
  ];
}

function fileWays(set: FileSet, around: Surroundings, log: string, step: Step): readonly Way[] {
  const { env, platform, sources } = around;
  return [
    {
      how: "taken from Go modules",
      make: async (aside) => {
        const target = join(aside, "files");
        const work = join(aside, "work");
        startLog(log);
        await takeFiles(set, { env, platform, sources, work, target, log, step });
        rmSync(work, { recursive: true, force: true });
        return pathsIn("files", readdirSync(target).sort());
      },
    },
  ];
}

function startLog(log: string): void {
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, "");
}

/** What is wrong with the programs of a tool; nothing if they run and have the right version. */
async function faultIn(tool: Tool, bin: string): Promise<string | undefined> {
  for (const program of tool.programs) {
    if (program.version.kind === "none") continue;
    const version = await askVersion(join(bin, program.name), program);
    if (version !== tool.version) {
      return `${program.name} says that it is ${version ?? "of no version"}, not ${tool.version}`;
    }
  }
  return undefined;
}
