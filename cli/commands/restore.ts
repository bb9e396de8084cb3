import { type Command, InvalidArgumentError, Option } from "commander";

import { showSteps } from "../progress";
import { backupOf, backupsAmong, storeOf } from "../restore/backups";
import { remove } from "../restore/cluster";
import { endOf } from "../restore/job";
import { leftovers, requireNoneRunning } from "../restore/leftovers";
import { type CronJob, nameOf } from "../restore/objects";
import { startWriters, stopWriters, type Quiescence } from "../restore/quiesce";
import { backupsTable, planText, resultText, storesTable } from "../restore/report";
import { restore, whatThereIs } from "../restore/restore";
import { ClusterRunner, follow } from "../restore/runner";
import { agree, interruptible } from "../restore/session";
import { namespacesOf, type System, systemObjects, systems } from "../restore/system";
import { nameFrom } from "../restore/when";
import { restoreLabel, writersOf } from "../restore/writers";
import { alone } from "../session";
import { ensureToolchain } from "../toolchain";
import { openWorkspace, readSettings, requireStack } from "../workspace";
import { clusterOf } from "./restore-target";
import { stackOption, type StackOptions } from "./stack-option";

interface RestoreOptions extends StackOptions {
  readonly system: System;
  readonly store?: string;
  readonly at?: string;
  readonly overwrite?: true;
  readonly list?: true;
  readonly resumeWriters?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly timeout: number;
  readonly embedded?: true;
}

/** `restore`: a store from one of its backups. */
export function addRestore(program: Command): void {
  program
    .command("restore")
    .summary("restore a store from one of its backups")
    .description(
      "Without --store: lists the stores of a system that are backed up. With it: shows which backups\n" +
        "there are, stops what may write into the store, restores it, compares its rows with the\n" +
        "backup's, and starts the writers again. A store with data is refused without --overwrite.\n" +
        "Works on the context that the stack names, with your own kubeconfig.",
    )
    .addOption(stackOption())
    .addOption(
      new Option("--system <system>", "whose store").choices(systems).makeOptionMandatory(),
    )
    .option("--store <store>", "the store, such as postgres")
    .option("--at <time>", "the backup of exactly this time (default: the newest)", time)
    .option("--overwrite", "replaces what is in the store")
    .option("--list", "only shows which backups there are")
    .addOption(
      new Option(
        "--resume-writers",
        "only starts what an interrupted restore has stopped",
      ).conflicts([...["store", "at", "overwrite", "list"]]),
    )
    .option("-y, --yes", "does not ask before it begins")
    .option("--json", "tells of the result as JSON")
    .option("--timeout <minutes>", "for the restore itself", minutes, 240)
    .option("--embedded", "on the stack's embedded cluster, whose pods are simulated")
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  done, and seen to be done\n" +
        "  1  not done, or the writers did not get ready; the message says which\n" +
        "  3  refused: the store has data\n" +
        "  4  there is no such backup\n" +
        "  5  the store has other rows than the backup\n" +
        "\nExamples:\n" +
        "  npm run restore -- --stack prod --system thunderline\n" +
        "  npm run restore -- --stack prod --system thunderline --store postgres --list\n" +
        "  npm run restore -- --stack prod --system thunderline --store postgres --at 20261121T020000Z --overwrite",
    )
    .action(run);
}

async function run(options: RestoreOptions): Promise<void> {
  const { stack, system, store, embedded = false } = options;
  const workspace = openWorkspace();
  const settings = readSettings(workspace, requireStack(workspace, stack));
  const tools = await ensureToolchain();
  const { context, capabilities } = settings.cluster;
  const progress = showSteps();
  await alone({ workspace, stack, progress }, async () => {
    const kubectl = await clusterOf({ workspace, tools, stack, context, embedded });
    const at: Quiescence = {
      kubectl,
      namespaces: namespacesOf(settings, system),
      keda: capabilities.keda,
      progress,
    };
    if (options.resumeWriters === true) {
      await resume(options, at);
      return;
    }
    const objects = await systemObjects(at);
    const backups = backupsAmong(objects.cronJobs);
    if (store === undefined) {
      tell(options, { stores: backups.map(facts) }, storesTable(system, backups));
      return;
    }
    const backup = backupOf(system, store, backups);
    const writers = writersOf(backup, objects);
    const runner = new ClusterRunner({
      ...{ kubectl, backup, progress },
      deadlineSeconds: options.timeout * 60,
      sharedClaims: writers.claims,
    });
    const left = await leftovers(kubectl, at.namespaces);
    if (options.list === true) {
      const { backups: all } = await whatThereIs(runner, store);
      tell(options, { store, backups: all }, backupsTable(store, all));
      return;
    }
    requireNoneRunning(left);
    for (const job of left.ended.filter(
      ({ metadata }) => metadata.labels?.[restoreLabel] === store,
    )) {
      await remove(kubectl, job);
    }
    const overwrite = options.overwrite === true;
    const result = await interruptible(interruption(options), () =>
      restore(
        { store, at: options.at, overwrite },
        {
          runner,
          confirm: async ({ backups: all }, chosen) => {
            console.error(
              planText({ stack, context, backup, backups: all, chosen, overwrite, writers }),
            );
            await agree(options.yes === true);
          },
          stop: () => stopWriters(at, writers),
          start: () => startWriters(at),
          now: Date.now,
        },
      ),
    );
    tell(options, result, resultText(result));
  });
}

/** Waits for a restore that somebody did not see the end of, and starts what it has stopped. */
async function resume(options: RestoreOptions, at: Quiescence): Promise<void> {
  const { kubectl, progress } = at;
  const { running, ended } = await leftovers(kubectl, at.namespaces);
  for (const job of running) {
    const step = progress.step(`Waiting for Job ${job.metadata.name}`);
    const { exitCode } = await follow(kubectl, job, (line) => {
      step.update(line);
    });
    step.end(exitCode === 0 ? "ended" : "failed");
  }
  const started = await startWriters(at);
  const names = started.map(nameOf);
  const failed = ended.filter((job) => endOf(job)?.succeeded === false);
  tell(
    options,
    { started: names },
    [
      ...(names.length === 0
        ? ["Nothing was stopped."]
        : ["Started:", ...names.map((n) => `  ${n}`)]),
      ...failed.map((job) => `${nameOf(job)} has failed: its store may not be restored.`),
    ].join("\n"),
  );
}

function facts(backup: CronJob): object {
  const { metadata, spec, status } = backup;
  return {
    store: storeOf(backup),
    namespace: metadata.namespace,
    schedule: spec.schedule,
    suspended: spec.suspend ?? false,
    lastSuccess: status?.lastSuccessfulTime ?? null,
  };
}

function tell({ json }: RestoreOptions, data: unknown, text: string): void {
  console.log(json === true ? JSON.stringify(data, undefined, 2) : text);
}

function interruption({ stack, system, embedded }: RestoreOptions): string {
  return (
    "A restore that has begun goes on, and what was stopped stays stopped. To wait for its end and " +
    `start that again:\n  npm run restore -- --stack ${stack} --system ${system}` +
    `${embedded === true ? " --embedded" : ""} --resume-writers`
  );
}

function time(text: string): string {
  const name = nameFrom(text);
  if (name !== undefined) return name;
  throw new InvalidArgumentError("Expected 20261121T020000Z, or 2026-11-21T02:00:00Z.");
}

function minutes(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= 1440) return value;
  throw new InvalidArgumentError("Expected a whole number of minutes from 1 to 1440.");
}
