import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { renderObjects } from "../render";
import { ensureToolchain, type Toolchain } from "../toolchain";
import { openWorkspace, readSettings, withTemporaryFolder } from "../workspace";
import { atOnce, engineSide, timed } from "./engine-side";
import { writeFloor } from "./floor";
import { withFreshCluster } from "./fresh-cluster";
import type { Bench, Curve } from "./model";
import { copyProgram } from "./program-copy";
import { bend } from "./statistics";
import { inTurns } from "./turns";

const counts = [1, 2, 4, 8] as const;

/** The curve of `up` ends before a run that would take longer: the engine's own is worse than linear. */
const longestMs = 8 * 60_000;

/** The platform several times in one stack. */
export const instances: Bench = {
  name: "instances",
  title: `${counts.join(", ")} instances of the platform in one stack`,
  run: async ({ stack, runs }, step) => {
    const tools = await ensureToolchain();
    return withTemporaryFolder(openWorkspace(), async (folder) => {
      const programs = new Map<number, string>();
      for (const count of counts) {
        programs.set(count, writeInstances(join(folder, `program-${count}`), count));
      }
      const previews = await previewCurve({ tools, stack, runs, folder, programs }, (detail) => {
        step.update(detail);
      });
      const ups = await upCurves({ tools, stack, folder, programs }, (detail) => {
        step.update(detail);
      });
      return {
        sides: [],
        ratios: [
          { name: "previews, off a straight line", value: 1 + bend(previews.points), target: 1.1 },
        ],
        curves: [previews, ...ups],
        notes: ["by the number of instances; previews without a cluster, up on the embedded one"],
      };
    });
  },
};

interface Growth {
  readonly tools: Toolchain;
  readonly stack: string;
  readonly folder: string;
  readonly programs: ReadonlyMap<number, string>;
}

async function previewCurve(
  { tools, stack, runs, folder, programs }: Growth & { readonly runs: number },
  update: (detail: string) => void,
): Promise<Curve> {
  const turns = [];
  for (const [count, repository] of programs) {
    const base = join(folder, `preview-${count}`);
    const side = await engineSide({ engine: tools, base, repository, stack });
    turns.push({ name: String(count), run: () => timed(side, "preview") });
  }
  const sides = await inTurns(turns, runs, {
    onRound: (round) => {
      update(`previews, round ${round} of ${runs}`);
    },
  });
  return {
    name: "preview of the program",
    points: sides.map(({ name, seconds }) => ({ x: Number(name), y: seconds })),
  };
}

async function upCurves(
  { tools, stack, folder, programs }: Growth,
  update: (detail: string) => void,
): Promise<Curve[]> {
  const { context } = readSettings(openWorkspace(), stack).cluster;
  const curves = {
    program: [] as Curve["points"][number][],
    floor: [] as Curve["points"][number][],
  };
  let last = 0;
  for (const [count, program] of programs) {
    // Twice as many take up to four times as long: as many steps again, and each writes a state as large again.
    if (4 * last > longestMs) break;
    update(`up of ${count}`);
    const { state } = await renderObjects(stack, {
      workspace: openWorkspace({ repository: program, base: join(folder, `render-${count}`) }),
    });
    const floor = writeFloor(join(folder, `floor-${count}`), { state, stack, context });
    for (const [name, repository] of [
      ["program", program],
      ["floor", floor],
    ] as const) {
      const base = join(folder, `${name}-up-${count}`);
      const ms = await withFreshCluster(tools, { stack, base }, async ({ kubeconfig }) => {
        const side = await engineSide({ engine: tools, base, repository, stack, kubeconfig });
        return timed(side, "up", atOnce);
      });
      curves[name].push({ x: count, y: ms / 1000 });
      last = Math.max(last, ms);
    }
  }
  return [
    { name: "up of the program", points: curves.program },
    { name: "up of the floor", points: curves.floor },
  ];
}

/** A program with this many instances; gives its folder back. */
function writeInstances(folder: string, count: number): string {
  const { repository } = openWorkspace();
  const main = join(__dirname, "programs", "instances.cjs");
  copyProgram(folder, { main: "instances.cjs" });
  copyFileSync(main, join(folder, "instances.cjs"));
  writeFileSync(join(folder, "instances.json"), JSON.stringify({ repository, count }));
  return folder;
}
