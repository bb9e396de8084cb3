import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { type Command, InvalidArgumentError, Option } from "commander";

import { UserError } from "../errors";
import { during, showSteps } from "../progress";
import { compareDatabases } from "../telemetry/compare";
import { databaseFrom } from "../telemetry/compare/psql";
import {
  type ComparisonSetting,
  report,
  settingBlock,
  withComparison,
} from "../telemetry/compare/report";
import { isDay, utcDay } from "../telemetry/day";
import { openWorkspace, readSettings, requireStack } from "../workspace";
import { stackOption, type StackOptions } from "./stack-option";

interface CompareOptions extends StackOptions {
  readonly from: string;
  readonly to: string;
  readonly tables: readonly string[];
  readonly countTolerance: number;
  readonly sumTolerance: number;
  readonly newestTolerance: number;
  readonly oldUrlEnv: string;
  readonly newUrlEnv: string;
  readonly timeout: number;
  readonly out?: string;
  readonly write?: true;
}

const standardTables = ["energy_consumption", "heatpump_status", "temperature_sensors"];

/** `compare`: the measurements of the old telemetry stack and of the new one. */
export function addCompare(program: Command): void {
  program
    .command("compare")
    .summary("compare the old telemetry database with the new one")
    .description(
      "Compares the measurements of two databases over whole days in UTC: rows of each\n" +
        "table, newest row, hours without rows, and sums by device and hour. Reads only.\n" +
        "Needs psql. Ends with 1 when they differ by more than the tolerances.",
    )
    .addOption(stackOption())
    .requiredOption("--from <date>", "the first day, such as 2026-03-01", day)
    .requiredOption("--to <date>", "the last day, which is over", day)
    .addOption(
      new Option("--tables <names>", "the tables, with commas between them")
        .argParser(names)
        .default(standardTables, standardTables.join()),
    )
    .option("--count-tolerance <percent>", "by which the rows may differ", amount, 1)
    .option("--sum-tolerance <percent>", "by which a sum may differ", amount, 1)
    .option("--newest-tolerance <minutes>", "by which the new database may be behind", amount, 5)
    .option("--old-url-env <name>", "the variable with the old address", "OLD_DATABASE_URL")
    .option("--new-url-env <name>", "the variable with the new address", "NEW_DATABASE_URL")
    .option("--timeout <seconds>", "for one query", positive, 300)
    .option("-o, --out <file>", "the record (default: records/compare-STACK-TO.json)")
    .option("--write", "put the result into the stack file")
    .addHelpText(
      "after",
      "\nExample:\n" +
        "  export OLD_DATABASE_URL=postgresql://reader:PASSWORD@localhost:5433/telemetry\n" +
        "  export NEW_DATABASE_URL=postgresql://grafana:PASSWORD@localhost:5434/telemetry\n" +
        "  npm run compare -- --stack prod --from 2026-03-01 --to 2026-03-07 --write",
    )
    .action(compare);
}

async function compare(options: CompareOptions): Promise<void> {
  const { stack, from, to } = options;
  const workspace = openWorkspace();
  readSettings(workspace, requireStack(workspace, stack));
  const now = new Date();
  if (from > to) throw new UserError(`--from ${from} is after --to ${to}.`);
  if (to >= utcDay(now)) {
    throw new UserError(`--to ${to} is not over: the two databases would be read at two moments.`);
  }
  const old = databaseFrom(process.env, options.oldUrlEnv, "the old database");
  const fresh = databaseFrom(process.env, options.newUrlEnv, "the new database");
  const record = await during(showSteps(), `Comparing ${from} to ${to}`, (step) =>
    compareDatabases(
      {
        stack,
        from,
        to,
        tables: options.tables,
        old,
        new: fresh,
        tolerances: {
          count: options.countTolerance / 100,
          sum: options.sumTolerance / 100,
          newestMinutes: options.newestTolerance,
        },
        timeoutSeconds: options.timeout,
        now,
      },
      (table) => {
        step.update(table);
      },
    ),
  );

  const standard = join(workspace.repository, "records", `compare-${stack}-${to}.json`);
  const file = options.out === undefined ? standard : resolve(options.out);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
  const { passed } = record;
  const setting = { from, to, passed, record: relative(workspace.repository, file) };
  console.log(`${report(record)}\n\nThe record is in ${file}.`);
  if (options.write === true) {
    await writeSetting(join(workspace.repository, `Pulumi.${stack}.yaml`), setting);
    console.log(`Pulumi.${stack}.yaml has it.`);
  } else {
    console.log(`For Pulumi.${stack}.yaml, where --write puts it:\n\n${settingBlock(setting)}`);
  }
  console.log(passed ? "The comparison passed." : "The comparison did not pass.");
  if (!passed) process.exitCode = 1;
}

/** In the form that the linter wants of a stack file, so that only what is new differs. */
async function writeSetting(file: string, setting: ComparisonSetting): Promise<void> {
  // Slow to load, and of no use to the other commands.
  const { format, resolveConfig } = await import("prettier");
  const options = await resolveConfig(file);
  const text = withComparison(readFileSync(file, "utf8"), setting);
  writeFileSync(file, await format(text, { ...options, filepath: file }));
}

function day(text: string): string {
  if (isDay(text)) return text;
  throw new InvalidArgumentError("Expected a date such as 2026-03-01.");
}

function names(text: string): readonly string[] {
  const found = text.split(",").filter((name) => name !== "");
  if (found.length > 0) return found;
  throw new InvalidArgumentError("Expected names with commas between them.");
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError("Expected a number from 0 on.");
}

function positive(text: string): number {
  const value = amount(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a whole number from 1 on.");
}
