/** What the benchmarks say of themselves. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { benchNames, type Result, resultsAsText } from "../../../cli/bench";
import { picture } from "../../../cli/bench/picture";
import { sharesOf } from "../../../cli/bench/profile";

const result: Result = {
  name: "preview",
  title: "preview of <everything>",
  sides: [
    { name: "program", seconds: 5.5, runs: [5.4, 5.5, 5.9] },
    { name: "floor", seconds: 5, runs: [5] },
  ],
  ratios: [
    { name: "to the floor", value: 1.1, target: 1.1 },
    { name: "to less", value: 1.375, target: 1.3 },
    { name: "to helm", value: 2 },
  ],
  curves: [
    { name: "preview of the program", points: [1, 2, 4].map((x) => ({ x, y: 3 * x })) },
    { name: "up of the program", points: [] },
  ],
  notes: ["600 resources"],
};

it("names each side, each ratio and whether it is as wanted", () => {
  expect(resultsAsText([result])).toBe(`preview of <everything>
  program       5.50 s  (5.40 to 5.90, 3 runs)
  floor         5.00 s
  to the floor  1.10, wanted at most 1.10
  to less       1.38, wanted at most 1.30: more than was wanted
  to helm       2.00
  preview of the program
    1: 3.0 s
    2: 6.0 s
    4: 12.0 s
  up of the program
  600 resources`);
});

it("draws a bar for each ratio and a line for each curve that has points", () => {
  const drawn = picture([result]);
  expect(drawn).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(drawn.match(/<rect [^>]*height="18"/g)).toHaveLength(3);
  expect(drawn.match(/<polyline/g)).toHaveLength(1);
  expect(drawn.match(/<circle/g)).toHaveLength(3);
  expect(drawn).not.toMatch(/NaN|undefined/);
});

it("sums a profile up by package and by folder, most first", () => {
  const frame = (id: number, functionName: string, url: string) => ({
    id,
    callFrame: { functionName, url },
  });
  const nodes = [
    frame(1, "f", "file:///here/components/web.ts"),
    frame(2, "g", "/here/node_modules/@pulumi/pulumi/resource.js"),
    frame(3, "h", "/here/node_modules/@pulumi/pulumi/output.js"),
    frame(4, "(idle)", ""),
  ];
  const samples = [1, 2, 3, 4];
  const timeDeltas = [2_000, 3_000, 4_000, 1_000];
  expect(sharesOf({ nodes, samples, timeDeltas }, "/here")).toEqual([
    { where: "@pulumi/pulumi", ms: 7 },
    { where: "components", ms: 2 },
    { where: "waiting for the engine", ms: 1 },
  ]);
});

it("starts, and says which benchmarks there are", () => {
  const program = join(__dirname, "../../../cli/platform.mjs");
  const { stdout, status } = spawnSync(process.execPath, [program, "bench", "--help"], {
    encoding: "utf8",
  });
  expect(status).toBe(0);
  for (const name of benchNames) expect(stdout).toContain(`"${name}"`);
});
