import type { Command } from "commander";
import { stringify } from "yaml";

import { noteSeen } from "../cluster";
import { settleCreations } from "../pending";
import { showSteps } from "../progress";
import { guardedUpdate } from "../review/guard";
import { type Session, withSession } from "../session";
import { embeddedTarget } from "../target";
import { checkPhases } from "../telemetry/check";
import { localDay } from "../telemetry/day";
import { openWorkspace, pulumi, readSettings } from "../workspace";
import { isWhole, pulumiArguments } from "./pulumi-arguments";
import { exitCodes, reviewedDigest, reviewedOption, type ReviewedOptions } from "./reviewed-option";
import { stackOption, type StackOptions } from "./stack-option";

/** `up`: the stack on its embedded cluster. */
export function addUp(program: Command): void {
  program
    .command("up")
    .summary("bring a stack up on its embedded cluster")
    .description(
      "Sets up what is missing, starts the stack's embedded cluster and brings the stack up on it,\n" +
        "after a preview with the policy pack. Other arguments go on to `pulumi up`.",
    )
    .addOption(stackOption())
    .addOption(reviewedOption())
    .allowUnknownOption()
    .argument("[pulumi...]", "arguments for `pulumi up`")
    .addHelpText("after", `\nExample:\n  npm run up -- --stack staging --diff\n${exitCodes}`)
    .action((args: string[], options: UpOptions) => up(options, pulumiArguments(args)));
}

type UpOptions = StackOptions & ReviewedOptions;

async function up(options: UpOptions, args: readonly string[]): Promise<void> {
  const { stack } = options;
  const workspace = openWorkspace();
  const reviewed = reviewedDigest(options);
  const progress = showSteps();
  await withSession({ workspace, stack, progress }, async (session) => {
    const settings = readSettings(workspace, stack);
    const target = embeddedTarget({ workspace, stack, settings, tools: session.tools, session });
    await checkPhases(target, localDay(new Date()));
    tellPlaceholders(session);
    await guardedUpdate(target, { args: ["--suppress-outputs", ...args], reviewed, progress });
    if (isWhole(args)) await noteSeen(workspace, stack);
    await tellResult(session);
    if (isWhole(args)) await settleCreations(session);
  });
}

/** Says what differs from the committed stack file. */
export function tellPlaceholders({ stack, prepared: { placeholders } }: Session): void {
  if (placeholders.length === 0) return;
  console.error(
    `Encrypted settings of stack ${stack}, which only the team can set and open, have generated ` +
      `values here: ${placeholders.join(", ")}`,
  );
}

async function tellResult({ stack, tools, context, cluster }: Session): Promise<void> {
  const ask = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await pulumi(context, ["stack", ...args, "--stack", stack, "--json"])).stdout);
  const [last] = (await ask("history", "--page-size", "1")) as {
    resourceChanges?: Record<string, number>;
  }[];
  const changes = Object.entries(last?.resourceChanges ?? {});
  const unchanged = changes.every(([kind]) => kind === "same");
  const outputs = (await ask("output")) as Record<string, unknown>;
  const option = stack === "dev" ? "" : ` -- --stack ${stack}`;
  const lines = [
    unchanged ? "Nothing changed: the stack was up already." : `Stack ${stack} is up.`,
    "",
    ...(Object.keys(outputs).length === 0 ? [] : [stringify(outputs, { lineWidth: 0 })]),
    "The API server is real and the pods are simulated: no container runs, so nothing answers at",
    "these addresses. What next:",
    `  npm run preview${option}`.padEnd(44) + "what a change of yours would do",
    `  npm run render -- --stack ${stack} --out DIR`.padEnd(44) + "the objects as YAML",
    `  npm run down${option}`.padEnd(44) + "take it down again",
    "To look at it:",
    `  export KUBECONFIG=${cluster?.kubeconfig ?? ""}`,
    `  ${tools.kubectl} get pods --all-namespaces`,
  ];
  console.log(`\n${lines.join("\n")}`);
}
