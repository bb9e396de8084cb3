import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Command } from "commander";

import { during, showSteps } from "../progress";
import { renderObjects } from "../render";
import { operate } from "../session";
import { ensureToolchain } from "../toolchain";
import {
  openWorkspace,
  prepareStack,
  type PreparedStack,
  type PulumiContext,
  withTemporaryFolder,
} from "../workspace";
import { stackOption, type StackOptions } from "./stack-option";

interface BenchOptions extends StackOptions {
  readonly runs: string;
}

/** `bench`: what this program adds to the time that a preview takes anyway. */
export function addBench(program: Command): void {
  program
    .command("bench")
    .summary("time a preview against the engine alone")
    .description(
      "Times `pulumi preview` of a stack, without a cluster, against a plain JavaScript program with\n" +
        "as many resources, in turns; prints the median of each and their ratio.",
    )
    .addOption(stackOption())
    .option("-n, --runs <number>", "runs of each", "5")
    .addHelpText("after", "\nExample:\n  npm run bench -- --stack prod --runs 9")
    .action(({ stack, runs }: BenchOptions) => bench(stack, Number(runs)));
}

async function bench(stack: string, runs: number): Promise<void> {
  const engine = await ensureToolchain({ only: "engine" });
  const progress = showSteps();
  const { resources } = await during(progress, `Counting the resources of ${stack}`, () =>
    renderObjects(stack),
  );
  await withTemporaryFolder(openWorkspace(), async (folder) => {
    const sides = { program: [] as number[], engine: [] as number[] };
    const ours = await ready(engine, join(folder, "ours"), stack, openWorkspace().repository);
    const plain = plainProgram(join(folder, "plain"), resources.length, stack);
    const theirs = await ready(engine, join(folder, "theirs"), stack, plain);
    await during(progress, `Previewing each ${String(runs)} times`, async () => {
      for (let run = 0; run <= runs; run += 1) {
        // The first run of each only warms the caches.
        const kept = run > 0;
        const [program, alone] = [await timed(ours), await timed(theirs)];
        if (kept) sides.program.push(program);
        if (kept) sides.engine.push(alone);
      }
    });
    const [program, alone] = [median(sides.program), median(sides.engine)];
    console.log(`stack ${stack}, ${String(resources.length)} resources, ${String(runs)} runs each`);
    console.log(`this program   ${(program / 1000).toFixed(2)} s`);
    console.log(`engine alone   ${(alone / 1000).toFixed(2)} s`);
    console.log(`ratio          ${(program / alone).toFixed(2)}`);
  });
}

interface Side {
  readonly context: PulumiContext;
  readonly prepared: PreparedStack;
}

async function ready(
  engine: PulumiContext["engine"],
  base: string,
  stack: string,
  repository: string,
): Promise<Side> {
  const workspace = openWorkspace({ repository, base });
  const context = { workspace, engine, tmp: workspace.tmp, throwAway: true };
  return { context, prepared: await prepareStack(context, stack) };
}

async function timed(side: Side): Promise<number> {
  const started = performance.now();
  await operate(side, "preview", []);
  return performance.now() - started;
}

/** The least that a program with so many Kubernetes objects can be. */
function plainProgram(folder: string, count: number, stack: string): string {
  mkdirSync(folder);
  symlinkSync(join(openWorkspace().repository, "node_modules"), join(folder, "node_modules"));
  const project = { name: "plain", runtime: { name: "nodejs", options: { typescript: false } } };
  writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify(project));
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "config: {}\n");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "plain", main: "index.js" }));
  writeFileSync(
    join(folder, "index.js"),
    `const k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("cluster", { kubeconfig: "", context: "none" });
for (let i = 0; i < ${String(count)}; i += 1) {
  new k8s.core.v1.ConfigMap("plain-" + i, { metadata: { name: "plain-" + i } }, { provider });
}
`,
  );
  return folder;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
