import { UserError } from "../errors";
import { LostSight, StayStopped } from "./faults";
import { dataLines } from "./job";
import {
  type Backup,
  backupsIn,
  complaint,
  type Restored,
  restoredIn,
  type RowCount,
  rowsIn,
} from "./output";
import type { Claim, Outcome, Runner } from "./runner";
import { choose, noSuchBackup } from "./when";

/** How a restore can end that is not done; anything else is 1. The scripts of the backups use the same. */
export const exitCodes = { hasData: 3, noSuchBackup, rowsDiffer: 5 } as const;

/** What there is to restore from. */
export interface Known {
  readonly backups: readonly Backup[];
  /** Whether the store has data; undefined where that is not known: it may have. */
  readonly hasData: boolean | undefined;
}

export interface RestoreRequest {
  readonly store: string;
  /** The name of a backup. @default the newest */
  readonly at?: string | undefined;
  readonly overwrite: boolean;
}

/** What a restore does around its task, so that it can do so to any store. */
export interface Surroundings {
  readonly runner: Runner;
  /** Shows what is about to happen. It goes on where that is wished. */
  readonly confirm: (known: Known, chosen: Backup) => Promise<void>;
  /** Has the writers stopped when it is done. */
  readonly stop: () => Promise<void>;
  /** Has those that {@link stop} has stopped started, as they were, when it is done. */
  readonly start: () => Promise<unknown>;
  readonly now: () => number;
}

/** What has been seen to be done. */
export interface Result {
  readonly restored: Restored;
  readonly rows: readonly RowCount[];
  /** Of the task itself. */
  readonly seconds: number;
  /** From the first writer stopped to the last one ready. */
  readonly stoppedSeconds: number;
}

/** Asks a store's backup what there is. */
export async function whatThereIs(runner: Runner, store: string): Promise<Known> {
  const { name, exitCode, log, why } = await runner.list();
  const backups = log === undefined || exitCode !== 0 ? undefined : backupsIn(log);
  if (log !== undefined && backups !== undefined) {
    return { backups, hasData: dataIn(log.split("\n")) };
  }
  throw new UserError(
    `It is not known which backups of ${store} there are: Job ${name} did not come to its end.` +
      words(log, why),
    simulated(exitCode, log),
  );
}

function dataIn(lines: readonly string[]): boolean | undefined {
  return lines.includes(dataLines.unknown) ? undefined : lines.includes(dataLines.some);
}

/**
 * Restores a store: asks what there is, claims it, stops the writers, puts the backup in, starts the
 * writers, and says what was seen. Nobody is stopped for what would be refused, and they start again whatever has
 * happened, but where the task may still be at work.
 */
export async function restore(request: RestoreRequest, around: Surroundings): Promise<Result> {
  const { store, at, overwrite } = request;
  const { runner, confirm, stop, start, now } = around;
  const known = await whatThereIs(runner, store);
  const chosen = choose(store, known.backups, at);
  if (known.hasData === true && !overwrite) throw hasData(store);
  await confirm(known, chosen);
  const claim = await runner.claim({ AT: chosen.at, OVERWRITE: overwrite ? "yes" : "" });

  const stoppedAt = now();
  try {
    await stop();
  } catch (error) {
    throw await startedAfter(error, () => withdrawn(claim, start));
  }
  const began = now();
  let outcome: Outcome;
  try {
    outcome = await claim.begin();
  } catch (error) {
    if (error instanceof LostSight) throw adrift(error);
    throw await startedAfter(error, start);
  }
  const seconds = (now() - began) / 1000;
  const fault = faultOf(outcome, store, chosen);
  if (fault !== undefined) throw await startedAfter(fault, start);
  const rows = rowsIn(outcome.log ?? "");
  const restored = { store, at: chosen.at, rows: restoredIn(outcome.log ?? "")?.rows ?? 0 };
  try {
    await start();
  } catch (error) {
    throw joined(`${store} is restored from ${chosen.at}.`, error);
  }
  return { restored, rows, seconds, stoppedSeconds: (now() - stoppedAt) / 1000 };
}

/** Why a task has not done what it was to do; undefined where it was seen to. */
function faultOf(outcome: Outcome, store: string, { at }: Backup): UserError | undefined {
  const { name, exitCode, log, why } = outcome;
  const said = restoredIn(log ?? "");
  if (exitCode === 0 && said?.at === at && said.store === store) return undefined;
  const kept = `Job ${name} is kept for you to look at.`;
  switch (exitCode) {
    case exitCodes.hasData:
      return hasData(store);
    case exitCodes.noSuchBackup:
      return new UserError(
        `Not done: there is no backup ${at} of ${store} any more.`,
        kept,
        exitCode,
      );
    case exitCodes.rowsDiffer:
      return new UserError(
        `${store} has other rows than its backup ${at}:\n${differences(log ?? "")}${words(log, "")}`,
        kept,
        exitCode,
      );
    default:
      return new UserError(
        `Not done: Job ${name} did not say that ${store} is restored.${words(log, why)}`,
        simulated(exitCode, log) ?? kept,
      );
  }
}

/** Starts the writers, and gives up the claim whether they start or not. */
async function withdrawn(claim: Claim, start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } finally {
    await claim.drop();
  }
}

/** Starts writers after a failure, which stays what is told. */
export async function startedAfter(
  failure: unknown,
  start: () => Promise<unknown>,
): Promise<unknown> {
  try {
    await start();
    return failure;
  } catch (error) {
    return joined(messageOf(failure), error, failure);
  }
}

function joined(first: string, error: unknown, cause: unknown = error): UserError {
  const hint = error instanceof UserError ? error.hint : "Start them: --resume-writers.";
  const exitCode = cause instanceof UserError ? cause.exitCode : 1;
  return new UserError(`${first}\n${messageOf(error)}`, hint, exitCode);
}

function adrift({ message }: LostSight): UserError {
  return new StayStopped(
    `${message}\nIt may be at work, so the writers stay stopped.`,
    "When the cluster answers: the same command with --resume-writers waits for its end and starts them.",
  );
}

function hasData(store: string): UserError {
  return new UserError(
    `${store} has data, and nothing is done to it.`,
    "--overwrite replaces all of it by the backup.",
    exitCodes.hasData,
  );
}

function differences(log: string): string {
  return rowsIn(log)
    .filter(({ expected, found }) => expected !== found)
    .map(({ name, expected, found }) => `  ${name}: ${expected} expected, ${found} found`)
    .join("\n");
}

function words(log: string | undefined, why: string): string {
  const all = [complaint(log ?? ""), why].filter((text) => text !== "");
  return all.length === 0 ? "" : `\n${all.join("\n")}`;
}

/** What only simulated pods do. */
function simulated(exitCode: number | undefined, log: string | undefined): string | undefined {
  return exitCode === 0 && log === undefined
    ? "On the embedded cluster pods are simulated and write nothing: nothing can be restored there."
    : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
