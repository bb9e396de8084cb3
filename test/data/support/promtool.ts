import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { stringify } from "yaml";

import { ensureItems } from "../../../cli/toolchain";
import { promtool } from "../../../cli/toolchain/data-tools";
import { run, type RunResult } from "../../../cli/toolchain/process";

/** Samples of a series, one a minute, in promtool's notation. */
export type Samples = Readonly<Record<string, string>>;

/** What one alert is expected to do at a minute. */
export interface Expectation {
  readonly minute: number;
  readonly alert: string;
  /** Which one of that name: others may fire for reasons of their own. */
  readonly labels: Readonly<Record<string, string>>;
  readonly fires: boolean;
}

/** Runs promtool to its end; what it found is in its output. */
export async function runPromtool(args: readonly string[]): Promise<RunResult> {
  const located = await ensureItems([promtool]);
  const program = located.get(promtool)?.get("promtool");
  if (program === undefined) throw new Error("promtool was not set up");
  return run(program, args, { timeoutMs: 60_000, env: process.env });
}

/** A test in promtool's own format: with these samples, these alerts fire and those do not. */
export function ruleTest(
  ruleFile: string,
  samples: Samples,
  expectations: readonly Expectation[],
): string {
  return stringify({
    rule_files: [ruleFile],
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: Object.entries(samples).map(([series, values]) => ({ series, values })),
        promql_expr_test: expectations.map(({ minute, alert, labels, fires }) => ({
          expr: `count(${firing(alert, labels)})`,
          eval_time: `${String(minute)}m`,
          exp_samples: fires ? [{ labels: "{}", value: 1 }] : [],
        })),
      },
    ],
  });
}

function firing(alert: string, labels: Readonly<Record<string, string>>): string {
  const wanted = { alertname: alert, alertstate: "firing", ...labels };
  const matchers = Object.entries(wanted).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  return `ALERTS{${matchers.join(",")}}`;
}

/** Writes a file into a folder that need not be there yet; gives its path. */
export function written(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
