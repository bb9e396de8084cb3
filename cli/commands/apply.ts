import type { Command } from "commander";

import { noteSeen } from "../cluster";
import { showSteps } from "../progress";
import { guardedUpdate } from "../review/guard";
import { withTarget } from "../target";
import { checkPhases } from "../telemetry/check";
import { localDay } from "../telemetry/day";
import { isWhole, pulumiArguments } from "./pulumi-arguments";
import { exitCodes, reviewedDigest, reviewedOption, type ReviewedOptions } from "./reviewed-option";
import { stackOption, type StackOptions } from "./stack-option";

type ApplyOptions = StackOptions & ReviewedOptions & { readonly embedded?: true };

/** `apply`: the stack on its real cluster. */
export function addApply(program: Command): void {
  program
    .command("apply")
    .summary("apply a stack to its real cluster")
    .description(
      "Applies the stack to the cluster of platform:cluster.context, with your own kubeconfig and\n" +
        "Pulumi backend. First it previews, with the policy pack, and checks the phase of the\n" +
        "telemetry stack; it changes nothing where one of them says no. It asks no question. Other\n" +
        "arguments go on to `pulumi up`.",
    )
    .addOption(stackOption())
    .addOption(reviewedOption())
    .option("--embedded", "on the stack's embedded cluster, with the state of `up`")
    .allowUnknownOption()
    .argument("[pulumi...]", "arguments for `pulumi up`")
    .addHelpText(
      "after",
      "\nExamples:\n" +
        "  npm run review -- --stack prod --digest reviewed.json\n" +
        "  npm run apply -- --stack prod --reviewed reviewed.json\n" +
        exitCodes,
    )
    .action((args: string[], options: ApplyOptions) => apply(options, pulumiArguments(args)));
}

async function apply(options: ApplyOptions, args: readonly string[]): Promise<void> {
  const { stack, embedded = false } = options;
  const reviewed = reviewedDigest(options);
  const progress = showSteps();
  await withTarget({ stack, embedded, progress }, async (target) => {
    await checkPhases(target, localDay(new Date()));
    await guardedUpdate(target, { args, reviewed, progress });
    if (target.kind === "embedded" && isWhole(args)) await noteSeen(target.workspace, stack);
  });
}
