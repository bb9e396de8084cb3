import { Command, CommanderError } from "commander";

import { addAdopt } from "./commands/adopt";
import { addApply } from "./commands/apply";
import { addAudit } from "./commands/audit";
import { addBackup } from "./commands/backup";
import { addBench } from "./commands/bench";
import { addCi } from "./commands/ci";
import { addCompare } from "./commands/compare";
import { addConsolidate } from "./commands/consolidate";
import { addDocs } from "./commands/docs";
import { addDown } from "./commands/down";
import { addDrift } from "./commands/drift";
import { addGolden } from "./commands/golden";
import { addImages } from "./commands/images";
import { addOpen } from "./commands/open";
import { addPolicy } from "./commands/policy";
import { addPreflight } from "./commands/preflight";
import { addPreview } from "./commands/preview";
import { addPromote } from "./commands/promote";
import { addProof } from "./commands/proof";
import { addRecord } from "./commands/record";
import { addRender } from "./commands/render";
import { addRestore } from "./commands/restore";
import { addRetire } from "./commands/retire";
import { addReview } from "./commands/review";
import { addSchema } from "./commands/schema";
import { addSetup } from "./commands/setup";
import { addTelemetryCleanup } from "./commands/telemetry-cleanup";
import { addTest } from "./commands/test";
import { addUp } from "./commands/up";
import { addValidate } from "./commands/validate";
import { UserError } from "./errors";
import { exitCodeOf } from "./exit-code";
import { ChildFailure, Interrupted } from "./process";

/** The command line, as `npm run` calls it. */
function commandLine(): Command {
  const program = new Command("npm run")
    .usage("COMMAND [-- OPTIONS]")
    .description("Brings stacks up on embedded clusters, previews and renders them.")
    .exitOverride();
  const everyday = [
    addUp,
    addPreview,
    addReview,
    addPolicy,
    addPreflight,
    addApply,
    addRender,
    addDown,
    addOpen,
  ];
  const data = [addDrift, addValidate, addRestore, addAdopt];
  const moving = [addAudit, addBackup, addConsolidate, addRetire];
  const telemetry = [addCompare, addTelemetryCleanup];
  const automation = [addImages, addPromote, addCi];
  const development = [addSetup, addTest, addProof, addGolden, addDocs, addSchema, addRecord, addBench];
  for (const add of [
    ...everyday,
    ...data,
    ...moving,
    ...telemetry,
    ...automation,
    ...development,
  ]) {
    add(program);
  }
  for (const command of program.commands) command.usage(usage(command));
  return program;
}

/** As it is typed: npm takes options for itself until a `--`. */
function usage(command: Command): string {
  return [
    "--",
    ...command.registeredArguments.map((it) =>
      it.required ? it.name().toUpperCase() : `[${it.name()}...]`,
    ),
    "[options]",
  ].join(" ");
}

/** Says in words what went wrong. */
function explain(error: unknown): void {
  if (error instanceof CommanderError) return; // It has been said.
  if (error instanceof Interrupted) return;
  if (error instanceof ChildFailure) {
    // pulumi and others say what is wrong themselves, on the terminal or in what we kept.
    console.error(error.output === "" ? error.message : error.output.trimEnd());
  } else if (process.env.PLATFORM_DEBUG) {
    console.error(error);
  } else if (error instanceof UserError) {
    console.error(error.message);
    if (error.hint !== undefined) console.error(error.hint);
  } else {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`Unexpected: ${message} (set PLATFORM_DEBUG=1 for the stack trace)`);
  }
}

commandLine()
  .parseAsync()
  .catch((error: unknown) => {
    explain(error);
    process.exitCode = exitCodeOf(error);
  });
