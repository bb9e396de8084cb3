import { join } from "node:path";

import { ensureToolchain } from "../toolchain";
import { openWorkspace, withTemporaryFolder } from "../workspace";
import { atOnce, engineSide, timed } from "./engine-side";
import { withFreshCluster } from "./fresh-cluster";
import type { Bench } from "./model";
import { inTurns, ratioOf } from "./turns";

/** What a second update costs where nothing is to be changed. */
export const unchanged: Bench = {
  name: "unchanged",
  title: "an update that changes nothing, on the embedded cluster",
  run: async ({ stack, runs }, step) => {
    const tools = await ensureToolchain();
    const { repository } = openWorkspace();
    return withTemporaryFolder(openWorkspace(), async (folder) => {
      const base = join(folder, "work");
      return withFreshCluster(tools, { stack, base }, async ({ kubeconfig }) => {
        const side = await engineSide({ engine: tools, base, repository, stack, kubeconfig });
        step.update("the first update");
        await timed(side, "up", atOnce);
        const sides = await inTurns(
          [
            { name: "preview", run: () => timed(side, "preview") },
            { name: "up", run: () => timed(side, "up", atOnce) },
            { name: "up with refresh", run: () => timed(side, "up", [...atOnce, "--refresh"]) },
          ],
          runs,
          {
            onRound: (round) => {
              step.update(`round ${round} of ${runs}`);
            },
          },
        );
        return {
          sides,
          ratios: [
            { name: "up to preview", value: ratioOf(sides, "up", "preview"), target: 1.2 },
            {
              name: "up with refresh to preview",
              value: ratioOf(sides, "up with refresh", "preview"),
              target: 1.6,
            },
          ],
          curves: [],
          notes: ["up --skip-preview; the preview looks at the cluster too"],
        };
      });
    });
  },
};
