import { type Command, InvalidArgumentError, Option } from "commander";

import { Journal, journalFile } from "../journal";
import { openApi } from "../kubernetes";
import { countsOf, reportText, type Result, worstFirst } from "../preflight";
import { showSteps, silent } from "../progress";
import { agree, interruptible } from "../restore/session";
import { type System, systems } from "../restore/system";
import { type Target, withTarget } from "../target";
import { checks, validate, writings } from "../validate";
import { exitCodeOf } from "./preflight";
import { stackOption, type StackOptions } from "./stack-option";

interface ValidateCommand extends StackOptions {
  readonly embedded?: true;
  readonly system?: readonly System[];
  readonly window: number;
  readonly wait: number;
  readonly timeout: number;
  readonly apply?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly strict?: true;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
}

const leftBehind =
  "What the probe of MLflow has begun there may be left behind: the next --apply deletes it.";

/** `validate`: whether a stack works after an update. */
export function addValidate(program: Command): void {
  const names = checks.map(({ name }) => name);
  program
    .command("validate")
    .summary("look whether a stack works after an update")
    .description(
      "Looks whether a stack works after an update. What the cluster says: workloads, restarts, jobs,\n" +
        "claims, endpoints, ingresses, certificates, secrets' keys, autoscalers, policies, quotas. What\n" +
        "programs answer through a forwarded port: health, LiveView's socket, MLflow, the collector,\n" +
        "Livebook, FaultMaven; and what databases hold: migrations, Oban's jobs, rows of the streams.\n" +
        "Worst first; what could not be looked at is UNCHECKED, never passed. Shows no secret.\n" +
        "Only reads. What only a writing can show is UNCHECKED without --apply.\n" +
        "Works on the context that the stack names, with your own kubeconfig. Databases are asked with\n" +
        "psql, in sessions that cannot write.",
    )
    .addOption(stackOption())
    .option("--embedded", "on the stack's embedded cluster, whose pods are simulated")
    .addOption(new Option("--system <systems...>", "these systems alone").choices(systems))
    .addOption(
      new Option("--window <minutes>", "how far back is looked for restarts, jobs and rows")
        .argParser(whole(1, 7 * 24 * 60, "minutes"))
        .default(10),
    )
    .addOption(
      new Option("--wait <seconds>", "how long to wait for what has failed to become well")
        .argParser(whole(0, 3600, "seconds"))
        .default(0),
    )
    .addOption(
      new Option("--timeout <seconds>", "for one answer of a program")
        .argParser(whole(1, 120, "seconds"))
        .default(10),
    )
    .addOption(new Option("--only <checks...>", "these checks alone").choices(names))
    .addOption(new Option("--skip <checks...>", "leaves these out, as unchecked").choices(names))
    .option("--apply", "also records a run in MLflow, and sends a span to the collector")
    .option("-y, --yes", "does not ask before --apply")
    .option("--json", "all findings as JSON")
    .option("--strict", "ends with 3 also where something is unchecked or a warning")
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  nothing failed; the rest may be warnings, or unchecked\n" +
        "  1  something failed, or the validation itself could not be made\n" +
        "  3  with --strict: nothing failed, and something is unchecked or a warning\n" +
        "\nExamples:\n" +
        "  npm run validate -- --stack prod --wait 120\n" +
        "  npm run validate -- --stack prod --system thunderline --apply\n" +
        "  npm run validate -- --stack prod --only streams --window 60\n" +
        "  npm run validate -- --stack dev --embedded --json",
    )
    .action(run);
}

async function run(options: ValidateCommand): Promise<void> {
  const { stack, embedded = false, apply, yes = false, strict = false, system } = options;
  const progress = showSteps();
  await withTarget({ stack, embedded, progress }, async (target) => {
    const { context, kubeconfig } = target;
    console.error(`${whereText(target)}\n`);
    if (apply === true) {
      console.error(`${writingsText()}\n`);
      await agree(yes);
    }
    const api = await openApi({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) });
    const journal = apply === true ? journalOf(target) : undefined;
    const look = (): Promise<readonly Result[]> =>
      validate(target, api, {
        ...{ progress, only: options.only, skip: options.skip },
        ...(system === undefined ? {} : { systems: system }),
        windowMinutes: options.window,
        waitSeconds: options.wait,
        timeoutMs: options.timeout * 1000,
        ...(journal === undefined
          ? {}
          : { writes: true, record: (what, why, work) => journal.do(what, why, work) }),
      });
    const results = await (journal === undefined ? look() : interruptible(leftBehind, look));
    if (journal !== undefined && journal.entries.length > 0) {
      console.error(`\nWhat was written is recorded in ${journal.file}.\n`);
    }
    console.log(options.json === true ? jsonText(target, options, results) : reportText(results));
    process.exitCode = exitCodeOf(results, strict);
  });
}

/** The steps are shown by the validation itself. */
function journalOf({ workspace, context }: Target): Journal {
  const now = new Date();
  const head = { command: "validate", context, startedAt: now.toISOString() };
  return new Journal(journalFile(workspace, "validate", now), head, silent);
}

/** Which cluster was asked, since the answer is worth no more than that. */
function whereText({ kind, stack, context }: Target): string {
  return kind === "real"
    ? `Stack ${stack} on the context ${context} of your kubeconfig.`
    : `Stack ${stack} on its embedded cluster. Its pods are simulated: what the API server says of them is told, and nothing in them is asked.`;
}

/** What --apply does beside looking. */
function writingsText(): string {
  const lines = Object.values(writings).map(({ what, why }) => `- ${what}\n  (${why})`);
  return `It will, where the stack has them:\n${lines.join("\n")}`;
}

function jsonText(
  { stack, kind, context }: Target,
  { window }: Pick<ValidateCommand, "window">,
  results: readonly Result[],
): string {
  const about = { stack, cluster: kind, context, windowMinutes: window };
  return JSON.stringify(
    { ...about, counts: countsOf(results), results: worstFirst(results) },
    undefined,
    2,
  );
}

function whole(least: number, most: number, unit: string) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      `Expected a whole number of ${unit} from ${String(least)} to ${String(most)}.`,
    );
  };
}
