import { join } from "node:path";

import { renderObjects } from "../render";
import { ensureItems, ensureToolchain } from "../toolchain";
import { helm } from "../toolchain/helm";
import { run } from "../toolchain/process";
import { openWorkspace, readSettings, withTemporaryFolder } from "../workspace";
import { writeChart } from "./chart";
import { atOnce, engineSide, timed } from "./engine-side";
import { writeFloor } from "./floor";
import { type FreshCluster, withFreshCluster } from "./fresh-cluster";
import type { Bench } from "./model";
import { inTurns, ratioOf, timeOf } from "./turns";

const program = "this program";
const floor = "floor";

/** From an empty cluster to all workloads ready. */
export const up: Bench = {
  name: "up",
  title: "up from nothing to all ready, on the embedded cluster",
  run: async ({ stack, runs }, step) => {
    const tools = await ensureToolchain();
    const helmProgram = (await ensureItems([helm])).get(helm)?.get("helm") ?? "helm";
    const { repository } = openWorkspace();
    const { context } = readSettings(openWorkspace(), stack).cluster;
    const { state, files, resources } = await renderObjects(stack);
    return withTemporaryFolder(openWorkspace(), async (folder) => {
      const floorFolder = writeFloor(join(folder, "floor"), { state, stack, context });
      const { chart, objects } = writeChart(join(folder, "chart"), files);
      let count = 0;
      const onFreshCluster = (
        work: (cluster: FreshCluster, base: string) => Promise<number>,
      ): Promise<number> => {
        const base = join(folder, `run-${String((count += 1))}`);
        return withFreshCluster(tools, { stack, base }, (cluster) => work(cluster, base));
      };
      const byEngine = (of: string) => () =>
        onFreshCluster(async (cluster, base) => {
          const { kubeconfig } = cluster;
          const side = await engineSide({ engine: tools, base, repository: of, stack, kubeconfig });
          return (await timed(side, "up", atOnce)) + (await timeOf(cluster.untilReady));
        });
      const byHelm = () =>
        onFreshCluster((cluster) =>
          timeOf(async () => {
            await command(helmProgram, cluster.kubeconfig, [
              ...["upgrade", "--install", "platform", chart, "--namespace", "default"],
              ...["--wait", "--timeout", "5m"],
            ]);
            await cluster.untilReady();
          }),
        );
      const byKubectl = () =>
        onFreshCluster((cluster) =>
          timeOf(async () => {
            await cluster.kubectl("apply", "--server-side", "--recursive", "--filename", objects);
            await cluster.untilReady();
          }),
        );
      const sides = await inTurns(
        [
          { name: program, run: byEngine(repository) },
          { name: floor, run: byEngine(floorFolder) },
          { name: "helm", run: byHelm },
          { name: "kubectl", run: byKubectl },
        ],
        runs,
        {
          warm: false,
          onRound: (round) => {
            step.update(`round ${round} of ${runs}`);
          },
        },
      );
      const to = (name: string): number => ratioOf(sides, program, name);
      return {
        sides,
        ratios: [
          { name: "program to floor", value: to(floor), target: 1.25 },
          { name: "program to helm", value: to("helm") },
          { name: "program to kubectl", value: to("kubectl") },
        ],
        curves: [],
        notes: [
          `${resources.length} resources, ${files.length} of them objects of the cluster`,
          "helm: upgrade --install --wait of the rendered objects; kubectl: apply --server-side",
          "only the program keeps the orders that the applications need when they run",
        ],
      };
    });
  },
};

async function command(
  program: string,
  kubeconfig: string,
  args: readonly string[],
): Promise<void> {
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const { code, stderr } = await run(program, args, { env, timeoutMs: 360_000 });
  if (code !== 0) throw new Error(stderr);
}
