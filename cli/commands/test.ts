import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { Argument, type Command } from "commander";

import { ChildFailure, runChild } from "../process";
import { seconds } from "../progress";
import { ensureToolchain } from "../toolchain";
import { openWorkspace, withTemporaryFolder, type Workspace } from "../workspace";

/** What is checked by one program in one go. */
interface Layer {
  readonly title: string;
  /** A program of an npm package, as its path in there, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Counts its tests. */
  readonly jest?: true;
}

const jest = "jest/bin/jest.js";

const layers = {
  types: { title: "types", command: ["typescript/bin/tsc", "--noEmit"] },
  lint: { title: "lint", command: ["eslint/bin/eslint.js", "."] },
  format: { title: "format", command: ["prettier/bin/prettier.cjs", "--check", "."] },
  unit: { title: "unit tests", command: [jest, "--ci", "--selectProjects", "unit"], jest: true },
  engine: {
    title: "engine tests",
    command: [jest, "--ci", "--selectProjects", "engine"],
    jest: true,
  },
  cluster: {
    title: "cluster tests",
    command: [jest, "--ci", "--selectProjects", "cluster"],
    jest: true,
  },
} as const satisfies Record<string, Layer>;

type LayerName = keyof typeof layers;

/** What came of a layer. */
interface Outcome {
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
  readonly code: number;
  readonly ms: number;
}

/** `test`: all that tells whether a change is sound, the quick things first. */
export function addTest(program: Command): void {
  program
    .command("test")
    .summary("check types, style and behaviour")
    .description(
      "Runs all layers in order, the cluster tests for stack dev alone, and ends at the first that\n" +
        "fails; or one layer, whole. Other arguments go on to the layer's program.",
    )
    .addArgument(new Argument("[layer]", "the layer").choices(Object.keys(layers)))
    .argument("[arguments...]", "arguments for the layer's program")
    .allowUnknownOption()
    .addHelpText("after", "\nExample:\n  npm test\n  npm run test:unit -- -t naming")
    .action(test);
}

async function test(only: LayerName | undefined, args: readonly string[]): Promise<void> {
  const workspace = openWorkspace();
  if (only === undefined || only === "engine" || only === "cluster") await ensureToolchain();
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

/** All layers, of the longest one only a part. */
function everyday(): Layer[] {
  const { cluster, ...others } = layers;
  const dev = ["--testPathPatterns", "test/cluster/dev\\."];
  return [...Object.values(others), { ...cluster, command: [...cluster.command, ...dev] }];
}

async function runLayer(
  workspace: Workspace,
  { title, command, jest: counts }: Layer,
  args: readonly string[],
): Promise<Outcome> {
  const started = Date.now();
  const [program, ...own] = command;
  return withTemporaryFolder(workspace, async (folder) => {
    const report = join(folder, "report.json");
    const counting = counts === true ? ["--json", `--outputFile=${report}`] : [];
    const path = createRequire(join(workspace.repository, "package.json")).resolve(
      `./node_modules/${program}`,
    );
    const { code } = await runChild(process.execPath, [path, ...own, ...counting, ...args], {
      cwd: workspace.repository,
      env: process.env,
      show: true,
    });
    const ms = Date.now() - started;
    if (counts !== true) {
      return { title, code, ms, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
    }
    return { title, code, ms, ...countTests(report) };
  });
}

function countTests(report: string): { passed: number; failed: number } {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, "utf8"),
  ) as Record<"numPassedTests" | "numFailedTests" | "numRuntimeErrorTestSuites", number>;
  // A file that cannot be run has no tests, and is a failure all the same.
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

function tell(outcomes: readonly Outcome[], skipped: readonly Layer[]): void {
  const rows = outcomes.map(({ title, passed, failed, ms }) =>
    [title.padEnd(16), `${passed} passed, ${failed} failed`.padEnd(26), seconds(ms)].join(""),
  );
  const rest = skipped.map(({ title }) => `${title.padEnd(16)}not run`);
  const sum = (key: "passed" | "failed"): number => outcomes.reduce((n, it) => n + it[key], 0);
  console.error(`\n${[...rows, ...rest].join("\n")}`);
  console.error(`${sum("passed")} passed, ${sum("failed")} failed`);
}
