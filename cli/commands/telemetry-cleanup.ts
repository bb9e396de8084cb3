import { readFileSync } from "node:fs";

import { type Command, Option } from "commander";

import { UserError } from "../errors";
import { ChildFailure, runChild } from "../process";
import { during, showSteps } from "../progress";
import { alone } from "../session";
import { appliedEmbedded, type Applied, phaseOf } from "../telemetry/applied";
import { look, remove } from "../telemetry/cleanup";
import { nameOf, type Plan } from "../telemetry/cleanup/plan";
import { unmet } from "../telemetry/cleanup/requirements";
import { ensureToolchain, type Toolchain } from "../toolchain";
import { openWorkspace, readSettings, requireStack, type Workspace } from "../workspace";
import { clusterOf } from "./cluster-of";
import { stackOption, type StackOptions } from "./stack-option";

interface CleanupOptions extends StackOptions {
  readonly backupRecord: string;
  readonly yes?: true;
  readonly deleteData?: true;
  readonly embedded?: true;
}

/** `telemetry:cleanup`: the end of the old telemetry stack. */
export function addTelemetryCleanup(program: Command): void {
  program
    .command("telemetry:cleanup")
    .summary("remove the old telemetry stack after a cut-over")
    .description(
      "Removes the workloads of the old telemetry stack: every CronJob, Deployment,\n" +
        "StatefulSet, Job and Service in the namespace of platform:telemetry.legacy.\n" +
        "Keeps claims, Secrets and the namespace. Shows what it would do unless --yes is\n" +
        "given. Needs phase cutover applied, a comparison that passed, and the record of a\n" +
        "verified backup, not older than seven days:\n" +
        '  {"verified": true, "at": "2026-03-01T07:00:00Z", "stack": "prod"}\n' +
        "Works on the context that the stack names, with your own kubeconfig and Pulumi\n" +
        "backend. Ends with 1 when something is missing, and deletes nothing then.",
    )
    .addOption(stackOption())
    .requiredOption("--backup-record <file>", "what tells of a verified backup")
    .addOption(new Option("--dry-run", "only shows what would be done (default)").conflicts("yes"))
    .option("-y, --yes", "deletes")
    .addOption(
      new Option("--keep-data", "claims, Secrets and the namespace stay (default)").conflicts(
        "deleteData",
      ),
    )
    .option("--delete-data", "claims and Secrets go too, and the namespace with all that is in it")
    .option("--embedded", "on the stack's embedded cluster, by the state of `up`")
    .addHelpText(
      "after",
      "\nExamples:\n" +
        "  npm run telemetry:cleanup -- --stack prod --backup-record backup.json\n" +
        "  npm run telemetry:cleanup -- --stack prod --backup-record backup.json --yes",
    )
    .action(cleanup);
}

async function cleanup(options: CleanupOptions): Promise<void> {
  const { stack, embedded = false } = options;
  const workspace = openWorkspace();
  const settings = readSettings(workspace, requireStack(workspace, stack));
  const backup = readRecord(options.backupRecord);
  const tools = await ensureToolchain();
  const { context } = settings.cluster;
  const progress = showSteps();
  await alone({ workspace, stack, progress }, async () => {
    const kubectl = await clusterOf({ workspace, tools, stack, context, embedded });
    const applied = embedded
      ? appliedEmbedded(workspace, stack).phase
      : await phaseInBackend(workspace, tools, stack);
    const faults = unmet({ stack, settings, applied, backup, now: new Date() });
    const { legacy } = settings.telemetry;
    if (faults.length > 0 || legacy === undefined) throw refusal(faults);
    const found = await during(progress, `Looking at namespace ${legacy.namespace}`, () =>
      look(kubectl, legacy, options.deleteData === true),
    );
    if (found.refusals.length > 0) throw refusal(found.refusals);
    console.log(shown(found));
    if (options.yes !== true) {
      console.log("\nNothing is deleted without --yes.");
      return;
    }
    for (const object of found.deleted) {
      await during(progress, `Deleting ${nameOf(object)}`, () => remove(kubectl, object));
    }
    console.log(
      "\nThe old stack is removed. Take platform:telemetry.legacy out of " +
        `Pulumi.${stack}.yaml, and apply that: nothing on the cluster changes by it.`,
    );
  });
}

function refusal(faults: readonly string[]): UserError {
  const lines = faults.map((fault) => `  - ${fault}`).join("\n");
  return new UserError(`The old telemetry stack stays as it is:\n${lines}`);
}

function shown({ deleted, kept }: Plan): string {
  const lines = (title: string, objects: Plan["deleted"]): string[] =>
    objects.length === 0 ? [] : [title, ...objects.map((object) => `  ${nameOf(object)}`)];
  const found = [...lines("To be deleted:", deleted), ...lines("Kept:", kept)];
  return found.length === 0 ? "Nothing of the old stack is left." : found.join("\n");
}

function readRecord(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`The backup record cannot be read: ${why}`);
  }
}

/** The phase in the outputs of the stack in the user's own Pulumi backend. */
async function phaseInBackend(
  { repository }: Workspace,
  { pulumi }: Toolchain,
  stack: string,
): Promise<Applied["phase"]> {
  const args = ["stack", "output", "--json", "--stack", stack, "--non-interactive"];
  const { code, stdout, stderr } = await runChild(pulumi, args, {
    cwd: repository,
    env: process.env,
  });
  if (code !== 0) throw new ChildFailure("pulumi stack output", code, stderr);
  return phaseOf((JSON.parse(stdout) as { readonly telemetry?: unknown }).telemetry);
}
