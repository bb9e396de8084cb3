import { join } from "node:path";

import { type Command, Option } from "commander";

import { promotion, type StackText } from "../promote";
import { type System, systems } from "../promote/images";
import type { PromotionPlan } from "../promote/plan";
import { writeWhole } from "../toolchain/stamp";
import { openWorkspace, readStackFile, requireStack, type Workspace } from "../workspace";

interface PromoteOptions {
  readonly system: System;
  readonly from: string;
  readonly to: string;
  readonly dryRun?: true;
  readonly force?: true;
  readonly json?: true;
}

/** `promote`: image versions from one stack file to the next. */
export function addPromote(program: Command): void {
  program
    .command("promote")
    .summary("carry a system's image versions from one stack file to the next")
    .description(
      "Writes the image versions that a system has in one stack into the file of the next stage, where\n" +
        "they differ, and nothing else. Comments and formatting stay. What comes of it is a change to\n" +
        "review and to commit: no cluster is asked or touched.",
    )
    .addOption(
      new Option("--system <system>", "whose images").choices(systems).makeOptionMandatory(),
    )
    .requiredOption("--from <stack>", "the stack that has the versions")
    .requiredOption("--to <stack>", "the stack that gets them")
    .option("--dry-run", "only shows what would be written")
    .option("--force", "also skips a stage, or goes back")
    .option("--json", "tells of the result as JSON")
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  written, or there was nothing to write\n" +
        "  1  refused, and nothing written; the message says why\n" +
        "\nExamples:\n" +
        "  npm run promote -- --system thunderline --from dev --to staging --dry-run\n" +
        "  npm run promote -- --system thunderline --from staging --to prod",
    )
    .action(promote);
}

function promote(options: PromoteOptions): void {
  const workspace = openWorkspace();
  const { system, from, to, dryRun = false, force = false, json = false } = options;
  const { text, ...plan } = promotion({
    ...{ system, force },
    source: read(workspace, from),
    target: read(workspace, to),
  });
  const written = plan.promotions.length > 0 && !dryRun;
  if (written) writeWhole(join(workspace.repository, `Pulumi.${to}.yaml`), text);
  console.log(json ? JSON.stringify({ written, ...plan }, undefined, 2) : told(options, plan));
}

function read(workspace: Workspace, stack: string): StackText {
  return { stack, text: readStackFile(workspace, requireStack(workspace, stack)) };
}

/** What a person is told. */
export function told(
  { system, from, to, dryRun }: Pick<PromoteOptions, "system" | "from" | "to" | "dryRun">,
  { promotions, onlyInSource, onlyInTarget, offInSource }: PromotionPlan,
): string {
  const others = [
    ...offInSource.map((key) => `Not carried: ${key}, which is switched off in stack ${from}.`),
    ...onlyInSource.map((key) => `Not carried: ${key}, which stack ${to} does not have.`),
    ...onlyInTarget.map((key) => `Left as it is: ${key}, which stack ${from} does not have.`),
  ];
  if (promotions.length === 0) {
    return [`Stack ${to} has the images of ${system} that ${from} has.`, ...others].join("\n");
  }
  const wide = Math.max(...promotions.map(({ key }) => key.length));
  const rows = promotions.map((one) => `  ${one.key.padEnd(wide)}  ${one.from} → ${one.to}`);
  const last =
    dryRun === true
      ? "Nothing was written: --dry-run."
      : `Pulumi.${to}.yaml has them now. What that does: npm run review -- --stack ${to} --against HEAD`;
  const title = `Images of ${system} from ${from} to ${to}:`;
  return [title, ...rows, ...others, last].join("\n");
}
