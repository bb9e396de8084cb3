import type { Command } from "commander";
import { stringify } from "yaml";

import { noteSeen } from "../cluster";
import { showSteps } from "../progress";
import { operate, refreshArguments, type Session, withSession } from "../session";
import { checkPhases } from "../telemetry/check";
import { localDay } from "../telemetry/day";
import { openWorkspace, pulumi } from "../workspace";
import { isWhole, pulumiArguments } from "./pulumi-arguments";
import { stackOption, type StackOptions } from "./stack-option";

/** `up`: the stack on its embedded cluster. */
export function addUp(program: Command): void {
  program
    .command("up")
    .summary("bring a stack up on its embedded cluster")
    .description(
      "Sets up what is missing, starts the stack's embedded cluster and brings the stack up on it.\n" +
        "Other arguments go on to `pulumi up`.",
    )
    .addOption(stackOption())
    .allowUnknownOption()
    .argument("[pulumi...]", "arguments for `pulumi up`")
    .addHelpText("after", "\nExample:\n  npm run up -- --stack staging --diff")
    .action((args: string[], options: StackOptions) => up(options.stack, pulumiArguments(args)));
}

async function up(stack: string, args: readonly string[]): Promise<void> {
  const workspace = openWorkspace();
  await withSession({ workspace, stack, progress: showSteps() }, async (session) => {
    await checkPhases(workspace, session, localDay(new Date()));
    tellPlaceholders(session);
    await operate(
      session,
      "up",
      [
        "--yes",
        "--skip-preview",
        "--suppress-permalink=true",
        "--suppress-outputs",
        ...refreshArguments(session),
        ...args,
      ],
      { show: true },
    );
    if (isWhole(args)) await noteSeen(workspace, stack);
    await tellResult(session);
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
