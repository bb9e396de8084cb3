import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { renderObjects } from "../render";
import { type Engine, ensureToolchain } from "../toolchain";
import { openWorkspace, readSettings, withTemporaryFolder } from "../workspace";
import { engineSide, timed } from "./engine-side";
import { writeFloor } from "./floor";
import type { Bench } from "./model";
import { type CpuProfile, readProfile, sharesOf } from "./profile";
import { copyProgram } from "./program-copy";
import { inTurns, ratioOf } from "./turns";

const program = "this program";
const floor = "floor";

/** A preview without a cluster, against the engine's floor. */
export const preview: Bench = {
  name: "preview",
  title: "preview of the whole platform, without a cluster",
  run: async ({ stack, runs }, step) => {
    const engine = await ensureToolchain({ only: "engine" });
    const { repository } = openWorkspace();
    const { context } = readSettings(openWorkspace(), stack).cluster;
    const { state, resources } = await renderObjects(stack);
    return withTemporaryFolder(openWorkspace(), async (folder) => {
      const side = (name: string, of: string) =>
        engineSide({ engine, base: join(folder, "work", name), repository: of, stack });
      const written = (name: string, components: boolean) =>
        writeFloor(join(folder, name), { state, stack, context, components });
      const ours = await side("ours", repository);
      const all = await side("all", written("floor", true));
      const objects = await side("objects", written("objects", false));
      const sides = await inTurns(
        [
          { name: program, run: () => timed(ours, "preview") },
          { name: floor, run: () => timed(all, "preview") },
          { name: "floor without components", run: () => timed(objects, "preview") },
        ],
        runs,
        {
          onRound: (round) => {
            step.update(`round ${round} of ${runs}`);
          },
        },
      );
      const profile = await profiled({ stack, folder, engine });
      return {
        sides,
        ratios: [
          { name: "program to floor", value: ratioOf(sides, program, floor), target: 1.1 },
          {
            name: "program to floor without components",
            value: ratioOf(sides, program, "floor without components"),
          },
        ],
        curves: [],
        notes: [`${resources.length} resources`, ...topOf(profile, repository)],
      };
    });
  },
};

/** One more preview, under the profiler of Node.js. */
async function profiled(options: {
  readonly stack: string;
  readonly folder: string;
  readonly engine: Engine;
}): Promise<CpuProfile> {
  const { stack, folder, engine } = options;
  const profiles = join(folder, "profiles");
  mkdirSync(profiles);
  const repository = copyProgram(join(folder, "profiled"), {
    options: { nodeargs: `--cpu-prof --cpu-prof-dir=${profiles}` },
  });
  const base = join(folder, "work", "profiled");
  await timed(await engineSide({ engine, base, repository, stack }), "preview");
  return readProfile(profiles);
}

function topOf(profile: CpuProfile, root: string): string[] {
  const shares = sharesOf(profile, root);
  const all = shares.reduce((sum, { ms }) => sum + ms, 0);
  return shares
    .slice(0, 14)
    .map(({ where, ms }) => `${((100 * ms) / all).toFixed(0).padStart(3)} %  ${where}`);
}
