import type { Command } from "commander";

import { ChildFailure } from "../process";
import {
  type Layer,
  layerNamed,
  type LayerName,
  layers,
  type Outcome,
  runLayer,
  tell,
} from "../testing";
import { ensureToolchain } from "../toolchain";
import { openWorkspace } from "../workspace";

/** `test`: all that tells whether a change is sound, the quick things first. */
export function addTest(program: Command): void {
  program
    .command("test")
    .summary("check types, style and behaviour")
    .description(
      "Runs all layers in order, the cluster tests for stack dev alone and without the data tests,\n" +
        "and ends at the first that fails; or one layer, whole. Other arguments go on to the layer's\n" +
        "program.",
    )
    .argument("[layer]", `the layer: ${Object.keys(layers).join(", ")}`)
    .argument("[arguments...]", "arguments for the layer's program")
    .allowUnknownOption()
    .addHelpText("after", "\nExample:\n  npm test\n  npm run test:unit -- -t naming")
    .action((layer: string | undefined, args: string[]) => test(layerNamed(layer), args));
}

async function test(only: LayerName | undefined, args: readonly string[]): Promise<void> {
  const workspace = openWorkspace();
  if (only === undefined || only === "engine" || only === "cluster" || only === "proof") {
    await ensureToolchain();
  }
  const chosen: Layer[] = only === undefined ? everyday() : [layers[only]];
  const outcomes: Outcome[] = [];
  for (const layer of chosen) {
    console.error(`\n== ${layer.title}`);
    const outcome = await runLayer(workspace, layer, args);
    outcomes.push(outcome);
    if (outcome.code !== 0) break;
  }
  tell(outcomes, chosen.slice(outcomes.length));
  const bad = outcomes.find(({ code }) => code !== 0);
  if (bad !== undefined) throw new ChildFailure(bad.title, bad.code);
}

/** All layers that need nothing but ours, of the longest one only a part. */
function everyday(): Layer[] {
  const { types, lint, format, unit, engine, cluster } = layers;
  const dev = ["--testPathPatterns", "test/cluster/dev\\."];
  const ofDev = { ...cluster, command: [...cluster.command, ...dev] } as const;
  return [types, lint, format, unit, engine, ofDev];
}
