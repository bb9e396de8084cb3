import { writeFileSync } from "node:fs";

import { type Command, Option } from "commander";

import { type Drift, findDrift, hasDrifted, markdownReport, textReport } from "../drift";
import { UserError } from "../errors";
import { during, showSteps } from "../progress";
import { withTarget } from "../target";
import { stackOption, type StackOptions } from "./stack-option";

const formats = ["text", "md", "json"] as const;

type Format = (typeof formats)[number];

interface DriftOptions extends StackOptions {
  readonly embedded?: boolean;
  readonly format: Format;
  readonly json?: true;
  readonly out?: string;
}

/** The code that says that something has drifted. 1 is for a comparison that failed. */
const drifted = 2;

/** `drift`: what somebody else has changed on the cluster. */
export function addDrift(program: Command): void {
  program
    .command("drift")
    .summary("show what somebody else has changed on the cluster")
    .description(
      "Compares the state of a stack with its cluster, and changes neither. Tells which objects were\n" +
        "deleted by hand, which fields were changed, removed or added and by whom, what mends that,\n" +
        "and what such a comparison cannot see.\n" +
        "Works on the context that the stack names, with your own kubeconfig; where that has none, on\n" +
        "the stack's embedded cluster.",
    )
    .addOption(stackOption())
    .option("--embedded", "on the stack's embedded cluster")
    .addOption(new Option("--format <format>", "how it is told").choices(formats).default("text"))
    .addOption(
      new Option("--json", "the same as --format json").implies({
        format: "json" satisfies Format,
      }),
    )
    .option("--out <file>", "writes the report to a file")
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  nothing has drifted\n" +
        "  1  it could not be compared; the message says why\n" +
        "  2  something has drifted\n" +
        "\nExamples:\n" +
        "  npm run drift -- --stack prod\n" +
        "  npm run drift -- --stack dev --embedded --json\n" +
        "  npm run drift -- --stack prod --format md --out drift.md",
    )
    .action(run);
}

async function run({ stack, embedded = false, format, out }: DriftOptions): Promise<void> {
  const progress = showSteps();
  const drift = await withTarget({ stack, embedded, otherwise: "embedded", progress }, (target) => {
    if (target.kind === "none") {
      throw new UserError(
        `Stack ${stack} has no cluster here: your kubeconfig has no context "${target.context}", and ` +
          "its embedded cluster does not run.",
        `Set KUBECONFIG, or bring it up: npm run up -- --stack ${stack}`,
      );
    }
    const where = target.kind === "embedded" ? "the embedded cluster" : `context ${target.context}`;
    return during(progress, `Comparing stack ${stack} with ${where}`, () => findDrift(target));
  });
  const text = reports[format](drift);
  if (out === undefined) console.log(text);
  else writeFileSync(out, `${text}\n`);
  if (hasDrifted(drift)) process.exitCode = drifted;
}

const reports: Readonly<Record<Format, (drift: Drift) => string>> = {
  text: textReport,
  md: markdownReport,
  json: (drift) => JSON.stringify({ drifted: hasDrifted(drift), ...drift }, undefined, 2),
};
