import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { UserError } from "../errors";
import { runChild } from "../process";
import { seconds } from "../progress";
import { withTemporaryFolder, type Workspace } from "../workspace";

/** What is checked by one program in one go. */
export interface Layer {
  readonly title: string;
  /** A program of an npm package, as its path in there, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Counts its tests. */
  readonly jest?: true;
}

const jestProgram = "jest/bin/jest.js";

export const layers = {
  types: { title: "types", command: ["typescript/bin/tsc", "--noEmit"] },
  lint: { title: "lint", command: ["eslint/bin/eslint.js", "."] },
  format: { title: "format", command: ["prettier/bin/prettier.cjs", "--check", "."] },
  unit: {
    title: "unit tests",
    // Its own default leaves one of two cores idle; the other layers start servers and want the room.
    command: [jestProgram, "--ci", "--maxWorkers=100%", "--selectProjects", "unit"],
    jest: true,
  },
  engine: {
    title: "engine tests",
    command: [jestProgram, "--ci", "--selectProjects", "engine"],
    jest: true,
  },
  cluster: {
    title: "cluster tests",
    command: [jestProgram, "--ci", "--selectProjects", "cluster"],
    jest: true,
  },
  data: {
    title: "data tests",
    // Each starts the same four servers, and the machine is to be theirs.
    command: [
      jestProgram,
      ...["--ci", "--runInBand", "--selectProjects", "data"],
      ...["--reporters=default", "--reporters=<rootDir>/test/data/support/unread.mjs"],
    ],
    jest: true,
  },
  proof: {
    title: "proofs",
    command: [jestProgram, "--ci", "--selectProjects", "proof"],
    jest: true,
  },
} as const satisfies Record<string, Layer>;

export type LayerName = keyof typeof layers;

/** What came of a layer. */
export interface Outcome {
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
  readonly code: number;
  readonly ms: number;
}

/**
 * The layer of this name. Each layer has another program, so that options without a layer are none
 * that all would understand.
 *
 * @throws UserError for anything else
 */
export function layerNamed(name: string | undefined): LayerName | undefined {
  if (name === undefined || Object.hasOwn(layers, name)) return name as LayerName | undefined;
  const hint = `The layers are ${Object.keys(layers).join(", ")}: npm test -- unit -t naming`;
  if (name.startsWith("-")) {
    throw new UserError(`${name} goes on to the program of a layer, and none is named.`, hint);
  }
  throw new UserError(`There is no layer "${name}".`, hint);
}

/** Runs a layer, and counts its tests. `env` comes on top of the environment. */
export async function runLayer(
  workspace: Workspace,
  { title, command, jest: counts }: Layer,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
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
      env: { ...process.env, ...env },
      show: true,
    });
    const ms = Date.now() - started;
    if (counts !== true) {
      return { title, code, ms, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
    }
    return { title, code, ms, ...countTests(report, code) };
  });
}

/** What jest counted. It writes no report when it runs no tests, for a wrong option or `--help`. */
export function countTests(report: string, code: number): { passed: number; failed: number } {
  if (!existsSync(report)) return { passed: 0, failed: code === 0 ? 0 : 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, "utf8"),
  ) as Record<"numPassedTests" | "numFailedTests" | "numRuntimeErrorTestSuites", number>;
  // A file that cannot be run has no tests, and is a failure all the same.
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

/** Shows what came of the layers, and last the totals on a line of their own. */
export function tell(outcomes: readonly Outcome[], skipped: readonly Layer[]): void {
  const rows = outcomes.map(({ title, passed, failed, ms }) =>
    [title.padEnd(16), `${passed} passed, ${failed} failed`.padEnd(26), seconds(ms)].join(""),
  );
  const rest = skipped.map(({ title }) => `${title.padEnd(16)}not run`);
  const sum = (key: "passed" | "failed"): number => outcomes.reduce((n, it) => n + it[key], 0);
  console.error(`\n${[...rows, ...rest].join("\n")}`);
  console.error(`${sum("passed")} passed, ${sum("failed")} failed`);
}
