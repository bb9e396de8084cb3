import { type Command, InvalidArgumentError, Option } from "commander";

import { benchNames, resultsAsText, runBenches, speedOf, writeSpeed } from "../bench";
import { stackOption, type StackOptions } from "./stack-option";

interface BenchOptions extends StackOptions {
  readonly only?: (typeof benchNames)[number];
  readonly runs: number;
  readonly cold: boolean;
  readonly json: boolean;
  readonly write: boolean;
}

/** `bench`: how fast it all is, as ratios to what it could be at best. */
export function addBench(program: Command): void {
  program
    .command("bench")
    .summary("time what the commands do against the least that it could take")
    .description(
      "Times what the commands do beside the least that the engine could take for it: a plain program with\n" +
        "the same objects. The sides take turns within one run, and the median of each counts, so that the\n" +
        "ratios hold on other machines. All that it makes ends with it. An hour on two cores.",
    )
    .addOption(stackOption().default("prod"))
    .addOption(new Option("--only <name>", "one benchmark").choices(benchNames))
    .addOption(new Option("-n, --runs <number>", "runs of each side").argParser(runs).default(5))
    .addOption(
      new Option("--cold", "build all tools anew, which takes twenty minutes and more").default(
        false,
      ),
    )
    .addOption(new Option("--json", "the figures as JSON, on standard output").default(false))
    .addOption(
      new Option("--write", "put the figures into docs/speed.json and docs/speed.svg").default(
        false,
      ),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  npm run bench -- --only preview --runs 9\n  npm run bench -- --only setup --cold",
    )
    .action(bench);
}

async function bench({ stack, only, runs, cold, json, write }: BenchOptions): Promise<void> {
  const names = only === undefined ? benchNames : [only];
  const speed = speedOf(await runBenches(names, { stack, runs, cold }));
  if (write) await writeSpeed(speed);
  console.log(json ? JSON.stringify(speed, null, 2) : resultsAsText(speed.results));
}

function runs(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("Expected a whole number above zero.");
}
