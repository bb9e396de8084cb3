import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { surroundings } from "../toolchain";
import { Layout } from "../toolchain/layout";
import { run } from "../toolchain/process";
import { allItems } from "../toolchain/tools";
import { openWorkspace, withTemporaryFolder } from "../workspace";
import type { Bench, Side } from "./model";
import { inTurns, ratioOf, timeOf } from "./turns";

/** What counts as at once. */
const second: Side = { name: "a second", seconds: 1, runs: [1] };

/** The set-up where nothing is missing; and tool by tool, where each has to be built. */
export const setup: Bench = {
  name: "setup",
  title: "set-up",
  run: async ({ runs, cold }, step) => {
    const command = [process.execPath, join("cli", "platform.mjs"), "setup"];
    const warm = await inTurns(
      [
        { name: "warm", run: () => timeOf(() => start(command)) },
        { name: "warm, by npm run", run: () => timeOf(() => start(["npm", "run", "setup"])) },
        { name: "Node.js alone", run: () => timeOf(() => start([process.execPath, "-e", "0"])) },
      ],
      runs,
    );
    step.update(cold ? "building all tools anew" : "reading the logs of the builds");
    const built = cold ? await buildAnew(command) : builds(surroundings().layout);
    return {
      sides: [...warm, ...built],
      ratios: [
        {
          name: "warm, to a second",
          value: ratioOf([...warm, second], "warm", second.name),
          target: 1,
        },
      ],
      curves: [],
      notes: [
        cold
          ? "each tool was set up anew, with nothing compiled before"
          : "each tool as the log of its set-up on this machine says; all anew: --cold",
      ],
    };
  },
};

async function start(
  [program = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const { repository: cwd } = openWorkspace();
  const { code, stderr } = await run(program, args, { cwd, env: { ...process.env, ...env } });
  if (code !== 0) throw new Error(stderr);
}

/** Sets everything up in an empty cache, with nothing compiled; the sources of modules may be there. */
function buildAnew(command: readonly string[]): Promise<Side[]> {
  return withTemporaryFolder(openWorkspace(), async (folder) => {
    const cache = join(folder, "cache");
    const env = { PLATFORM_CACHE: cache, GOCACHE: join(folder, "compiled") };
    const ms = await timeOf(() => start(command, env));
    const all: Side = { name: "everything", seconds: ms / 1000, runs: [ms / 1000] };
    return [...builds(new Layout(cache)), all];
  });
}

/** How long each tool took, by the first and the last line of its log. */
function builds(layout: Layout): Side[] {
  return allItems.flatMap(({ name }) => {
    const log = layout.log(name);
    if (!existsSync(log)) return [];
    const { birthtimeMs, mtimeMs } = statSync(log);
    const seconds = (mtimeMs - birthtimeMs) / 1000;
    return [{ name, seconds, runs: [seconds] }];
  });
}
