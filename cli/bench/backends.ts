import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ensureToolchain, type Toolchain } from "../toolchain";
import { openWorkspace, pulumi, withTemporaryFolder } from "../workspace";
import { atOnce, type EngineSide, engineSide, timed } from "./engine-side";
import { withFreshCluster } from "./fresh-cluster";
import type { Bench, Side } from "./model";
import { withPostgres } from "./postgres";
import { inTurns, ratioOf } from "./turns";

/** The state in a folder, and in a database. */
export const backends: Bench = {
  name: "backends",
  title: "the state in a folder and in PostgreSQL, on the embedded cluster",
  run: async ({ stack, runs }, step) => {
    const tools = await ensureToolchain();
    return withTemporaryFolder(openWorkspace(), async (folder) => {
      const inFolder = await times({ tools, stack, runs, base: join(folder, "folder") }, "folder");
      step.update("PostgreSQL");
      const inDatabase = await withPostgres((backend) =>
        times({ tools, stack, runs, base: join(folder, "database"), backend }, "PostgreSQL"),
      );
      const sides = [...inFolder, ...inDatabase];
      return {
        sides,
        ratios: ["up", "preview", "up without changes"].map((what) => ({
          name: `${what}, PostgreSQL to folder`,
          value: ratioOf(sides, `${what}, PostgreSQL`, `${what}, folder`),
        })),
        curves: [],
        notes: ["PostgreSQL on the same machine, with its disk synced as it is by default"],
      };
    });
  },
};

interface Place {
  readonly tools: Toolchain;
  readonly stack: string;
  readonly runs: number;
  readonly base: string;
  readonly backend?: string;
}

/** From nothing to ready, and what comes after that. */
function times({ tools, stack, runs, base, backend }: Place, where: string): Promise<Side[]> {
  return withFreshCluster(tools, { stack, base }, async ({ kubeconfig }) => {
    const { repository } = openWorkspace();
    const own = await engineSide({ engine: tools, base, repository, stack, kubeconfig });
    const side = backend === undefined ? own : await moved(own, base, backend);
    const named = (what: string): string => `${what}, ${where}`;
    const first = await inTurns([{ name: named("up"), run: () => timed(side, "up", atOnce) }], 1, {
      warm: false,
    });
    const later = await inTurns(
      [
        { name: named("preview"), run: () => timed(side, "preview") },
        { name: named("up without changes"), run: () => timed(side, "up", atOnce) },
      ],
      runs,
    );
    return [...first, ...later];
  });
}

/** The side with its state in another backend, where the stack is made. */
async function moved(side: EngineSide, base: string, backend: string): Promise<EngineSide> {
  const context = { ...side.context, backend };
  // Pulumi writes into the stack file of the project that it runs in.
  const scratch = join(base, "init");
  mkdirSync(scratch);
  const project = { name: "platform", runtime: "nodejs" };
  writeFileSync(join(scratch, "Pulumi.yaml"), JSON.stringify(project));
  await pulumi(context, ["stack", "init", side.prepared.stack, "--no-select"], { cwd: scratch });
  return { ...side, context };
}
