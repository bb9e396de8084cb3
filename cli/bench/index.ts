import { showSteps } from "../progress";
import { backends } from "./backends";
import { instances } from "./instances";
import type { Bench, BenchContext, BenchName, Result } from "./model";
import { preview } from "./preview";
import { setup } from "./setup";
import { unchanged } from "./unchanged";
import { up } from "./up";

export { benchNames, isBenchName, type BenchName, type Result } from "./model";
export { resultsAsText } from "./report";
export { type Speed, speedOf, writeSpeed } from "./write";

const benches: readonly Bench[] = [preview, up, unchanged, instances, setup, backends];

/** Runs these benchmarks one after another. */
export async function runBenches(
  names: readonly BenchName[],
  options: Omit<BenchContext, "progress">,
): Promise<Result[]> {
  const progress = showSteps();
  const results: Result[] = [];
  for (const { name, title, run } of benches.filter((bench) => names.includes(bench.name))) {
    const step = progress.step(title);
    try {
      results.push({ name, title, ...(await run({ ...options, progress }, step)) });
      step.end("done");
    } catch (error) {
      step.end("failed");
      throw error;
    }
  }
  return results;
}
