import { randomUUID } from "node:crypto";

import { type Command, InvalidArgumentError, Option } from "commander";

import { showSteps } from "../progress";
import { backupOf, backupsAmong, storeOf } from "../restore/backups";
import { drop } from "../restore/claim";
import { StayStopped } from "../restore/faults";
import { endOf } from "../restore/job";
import { leftovers, requireNoneAtWork, startLeft } from "../restore/leftovers";
import type { Stoppable } from "../restore/marks";
import { type CronJob, nameOf } from "../restore/objects";
import { type Quiescence, startOwn, stoppedWriters, stopWriters } from "../restore/quiesce";
import { backupsTable, leftText, planText, resultText, storesTable } from "../restore/report";
import { restore, startedAfter, whatThereIs } from "../restore/restore";
import { ClusterRunner, follow } from "../restore/runner";
import { agree, interruptible } from "../restore/session";
import { namespacesOf, type System, systemObjects, systems } from "../restore/system";
import { nameFrom } from "../restore/when";
import { writersOf } from "../restore/writers";
import { alone } from "../session";
import { ensureToolchain } from "../toolchain";
import { openWorkspace, readSettings, requireStack } from "../workspace";
import { clusterOf } from "./cluster-of";
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
        "backup's, and starts the writers again. A store with data is refused without --overwrite, and\n" +
        "a second restore in one system while the first is not over.\n" +
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
    const stopped = await stoppedWriters(at);
    const isRestore = store !== undefined && options.list !== true;
    if (stopped.length > 0) {
      const what = isRestore ? "This run starts them in the end" : "--resume-writers starts them";
      console.error(`${leftText(stopped)}\n${what}, unless a restore is at work.\n`);
    }
    if (!isRestore) {
      await show(options, at, stopped);
      return;
    }
    try {
      await restoreOne({ ...options, store }, at, context);
    } catch (error) {
      if (error instanceof StayStopped) throw error;
      throw await startedAfter(error, () => startLeft(at));
    }
  });
}

/** Shows which stores are backed up, or which backups there are of one. */
async function show(
  options: RestoreOptions,
  at: Quiescence,
  left: readonly Stoppable[],
): Promise<void> {
  const { system, store } = options;
  const stopped = left.map(nameOf);
  const objects = await systemObjects(at);
  const backups = backupsAmong(objects.cronJobs);
  if (store === undefined) {
    tell(options, { stores: backups.map(facts), stopped }, storesTable(system, backups));
    return;
  }
  const backup = backupOf(system, store, backups);
  const { claims } = writersOf(backup, objects);
  const known = await whatThereIs(runnerOf(options, at, backup, claims), store);
  tell(options, { store, backups: known.backups, stopped }, backupsTable(store, known.backups));
}

async function restoreOne(
  options: RestoreOptions & { readonly store: string },
  at: Quiescence,
  context: string,
): Promise<void> {
  const { stack, system, store } = options;
  const objects = await systemObjects(at);
  const backup = backupOf(system, store, backupsAmong(objects.cronJobs));
  const writers = writersOf(backup, objects);
  // The claim asks again; whoever is refused need not be asked before.
  requireNoneAtWork(await leftovers(at.kubectl, at.namespaces));
  const run = randomUUID();
  const overwrite = options.overwrite === true;
  const result = await interruptible(interruption(options), () =>
    restore(
      { store, at: options.at, overwrite },
      {
        runner: runnerOf(options, at, backup, writers.claims, run),
        confirm: async ({ backups, hasData }, chosen) => {
          console.error(
            planText({ stack, context, backup, backups, chosen, overwrite, hasData, writers }),
          );
          await agree(options.yes === true);
        },
        stop: () => stopWriters(at, writers, run),
        start: () => startOwn(at, run),
        now: Date.now,
      },
    ),
  );
  tell(options, result, resultText(result));
}

function runnerOf(
  { timeout }: RestoreOptions,
  { kubectl, namespaces, progress }: Quiescence,
  backup: CronJob,
  sharedClaims: readonly string[],
  run: string = randomUUID(),
): ClusterRunner {
  const deadlineSeconds = timeout * 60;
  return new ClusterRunner({
    ...{ kubectl, namespaces, progress, backup, sharedClaims, run, deadlineSeconds },
  });
}

/** Waits for a restore that somebody did not see the end of, and starts what it has stopped. */
async function resume(options: RestoreOptions, at: Quiescence): Promise<void> {
  const { kubectl, progress } = at;
  const { begun, waiting, ended } = await leftovers(kubectl, at.namespaces);
  for (const job of waiting) {
    console.error(
      `${nameOf(job)} has not begun: somebody is stopping the writers for it, or was cut short. ` +
        "It is removed, and restores nothing.",
    );
    await agree(options.yes === true);
    await drop(kubectl, job);
  }
  for (const job of begun) {
    const step = progress.step(`Waiting for Job ${job.metadata.name}`);
    const { exitCode } = await follow(kubectl, job, (line) => {
      step.update(line);
    });
    step.end(exitCode === 0 ? "ended" : "failed");
  }
  const started = await startLeft(at);
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
