import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

import { versions } from "../toolchain/tools";
import { openWorkspace } from "../workspace";
import { benchNames, type Result } from "./model";
import { page } from "./page";
import { picture } from "./picture";

/** The figures with what they depend on. */
export interface Speed {
  readonly machine: { readonly cores: number; readonly processor: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly Result[];
}

/** The figures of this machine. */
export function speedOf(results: readonly Result[]): Speed {
  const { pulumi, kubernetesProvider, kubernetes, kwok, helm } = versions;
  const processors = cpus();
  return {
    machine: { cores: processors.length, processor: processors[0]?.model ?? "unknown" },
    versions: { node: process.versions.node, pulumi, kubernetesProvider, kubernetes, kwok, helm },
    results: results.map(rounded),
  };
}

/** Puts the figures into the documents. Benchmarks that were not run keep those that they have. */
export async function writeSpeed(speed: Speed): Promise<void> {
  const { format } = await import("prettier");
  const docs = join(openWorkspace().repository, "docs");
  const file = join(docs, "speed.json");
  const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Speed).results : [];
  const kept = earlier.filter(({ name }) => speed.results.every((one) => one.name !== name));
  const all = { ...speed, results: [...kept, ...speed.results].sort(byName) };
  writeFileSync(file, await format(JSON.stringify(all), { parser: "json", printWidth: 100 }));
  writeFileSync(join(docs, "speed.svg"), picture(all.results));
  const text = join(docs, "SPEED.md");
  writeFileSync(text, page(readFileSync(text, "utf8"), all));
}

function byName(a: Result, b: Result): number {
  return benchNames.indexOf(a.name) - benchNames.indexOf(b.name);
}

/** More digits than a clock on a busy machine is worth would only change with each run. */
function rounded(result: Result): Result {
  const short = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    ...result,
    sides: result.sides.map((side) => ({
      ...side,
      seconds: short(side.seconds),
      runs: side.runs.map(short),
    })),
    ratios: result.ratios.map((ratio) => ({ ...ratio, value: short(ratio.value) })),
    curves: result.curves.map((curve) => ({
      ...curve,
      points: curve.points.map(({ x, y }) => ({ x, y: short(y) })),
    })),
  };
}
