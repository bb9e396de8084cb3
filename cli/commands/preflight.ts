import { type Command, InvalidArgumentError, Option } from "commander";

import {
  checks,
  countsOf,
  type Place,
  preflight,
  reportText,
  type Result,
  worstFirst,
} from "../preflight";
import { showSteps } from "../progress";
import { type Target, withTarget } from "../target";
import { stackOption, type StackOptions } from "./stack-option";

interface PreflightCommand extends StackOptions {
  readonly embedded?: true;
  readonly json?: true;
  readonly strict?: true;
  readonly skip?: readonly string[];
  readonly timeout: number;
}

/** `preflight`: what a preview cannot see. */
export function addPreflight(program: Command): void {
  program
    .command("preflight")
    .summary("look at what a preview cannot see")
    .description(
      "Looks at what an update would meet and a preview does not look at: the cluster's version,\n" +
        "definitions and classes, quotas, nodes, objects that are there already, Secrets and keys of\n" +
        "others, rights, images, hosts, dates. Worst first; what could not be looked at is UNCHECKED,\n" +
        "never passed. Changes nothing, and shows no secret.\n" +
        "Asks the cluster of your own kubeconfig. Where that has no such context, the stack's embedded\n" +
        "one is asked instead, and its own is UNCHECKED; where neither is there, that has FAILED.",
    )
    .addOption(stackOption())
    .option("--embedded", "on the stack's embedded cluster, whose pods are simulated")
    .option("--json", "all findings as JSON")
    .option("--strict", "ends with 3 also where something is unchecked or a warning")
    .addOption(
      new Option(
        "--skip <checks...>",
        "leaves these out, as unchecked; rights, where another identity will apply",
      ).choices(checks.map(({ name }) => name)),
    )
    .addOption(
      new Option("--timeout <seconds>", "for one answer of a server").argParser(seconds).default(5),
    )
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  nothing failed; the rest may be warnings, or unchecked\n" +
        "  1  something failed, or the preflight itself could not be made\n" +
        "  3  with --strict: nothing failed, and something is unchecked or a warning\n" +
        "\nExamples:\n" +
        "  npm run preflight -- --stack prod\n" +
        "  npm run preflight -- --stack prod --json > preflight.json\n" +
        "  npm run preflight -- --stack prod --skip rights images\n" +
        "  npm run preflight -- --stack dev --embedded --strict",
    )
    .action(run);
}

async function run(options: PreflightCommand): Promise<void> {
  const { stack, embedded = false, json = false, strict = false, skip = [], timeout } = options;
  const progress = showSteps();
  await withTarget({ stack, embedded, otherwise: "embedded", progress }, async (target) => {
    const meant = embedded ? "embedded" : "real";
    console.error(`${whereText(target, meant)}\n`);
    const timeoutMs = timeout * 1000;
    const results = await preflight(target, { timeoutMs, meant, skip, progress });
    console.log(json ? jsonText(target, results) : reportText(results));
    process.exitCode = exitCodeOf(results, strict);
  });
}

/** Which cluster was asked, since the answer is worth no more than that. */
function whereText({ kind, stack, context }: Target, meant: Place["meant"]): string {
  if (kind === "real") return `Stack ${stack} on the context ${context} of your kubeconfig.`;
  const unknown = meant === "real" ? `your kubeconfig has no real cluster under ${context}; ` : "";
  return kind === "embedded"
    ? `Stack ${stack}: ${unknown}asks its embedded cluster, whose pods are simulated.`
    : `Stack ${stack}: ${unknown}its embedded cluster does not run. What needs a cluster is unchecked.`;
}

function jsonText({ stack, kind, context }: Target, results: readonly Result[]): string {
  const counts = countsOf(results);
  return JSON.stringify(
    { stack, cluster: kind, context, counts, results: worstFirst(results) },
    undefined,
    2,
  );
}

export function exitCodeOf(results: readonly Result[], strict: boolean): number {
  const { failed, unchecked, warning } = countsOf(results);
  if (failed > 0) return 1;
  return strict && unchecked + warning > 0 ? 3 : 0;
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= 120) return value;
  throw new InvalidArgumentError("Expected a whole number of seconds from 1 to 120.");
}
