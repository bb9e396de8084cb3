import { parse } from "yaml";

import { backupsAmong, storeOf } from "../restore/backups";
import type { CronJob } from "../restore/objects";

/** How old the newest backup of a store is. */
export interface BackupAge {
  readonly system: string;
  readonly store: string;
  /** Null where none has ever succeeded. */
  readonly hours: number | null;
  /** What is wrong with it, in words. */
  readonly fault?: string;
}

/** A store that is to be backed up. */
export interface Expected {
  readonly namespace: string;
  readonly store: string;
}

/** The stores that a stack's rendered objects back up by the clock. */
export function expectedBackups(files: readonly { readonly text: string }[]): Expected[] {
  const cronJobs = files
    .map(({ text }) => parse(text) as { kind: string })
    .filter((object): object is CronJob => object.kind === "CronJob");
  return backupsAmong(cronJobs).flatMap((cronJob) => {
    const store = storeOf(cronJob);
    return store === undefined ? [] : [{ namespace: cronJob.metadata.namespace, store }];
  });
}

/** Judges the stores of a system by the age of their newest backups that succeeded. */
export function agesOf(
  system: string,
  {
    expected,
    backups,
  }: { readonly expected: readonly Expected[]; readonly backups: readonly CronJob[] },
  mostHours: number,
  now: Date,
): BackupAge[] {
  const there = backups.map((backup) => {
    const last = backup.status?.lastSuccessfulTime;
    const hours = last === undefined ? null : (now.getTime() - Date.parse(last)) / 3_600_000;
    const fault = faultOf(hours, backup.spec.suspend === true, mostHours);
    const store = storeOf(backup) ?? backup.metadata.name;
    return { system, store, hours, ...(fault === undefined ? {} : { fault }) };
  });
  const fault = "the cluster has no CronJob that backs it up";
  const missing = expected
    .filter((one) => !backups.some((backup) => isOf(backup, one)))
    .map(({ store }) => ({ system, store, hours: null, fault }));
  return [...there, ...missing];
}

function isOf(backup: CronJob, { namespace, store }: Expected): boolean {
  return backup.metadata.namespace === namespace && storeOf(backup) === store;
}

function faultOf(hours: number | null, suspended: boolean, most: number): string | undefined {
  if (hours === null) return "no backup has succeeded yet";
  if (suspended) return "its backups are suspended";
  return hours > most ? `expected one of the last ${most} hours` : undefined;
}

/** The ages as a table, the faults first. */
export function agesTable(ages: readonly BackupAge[]): string {
  const rows = [...ages]
    .sort((a, b) => Number(a.fault === undefined) - Number(b.fault === undefined))
    .map(({ system, store, hours, fault }) => {
      const age = hours === null ? "–" : `${hours.toFixed(1)} h`;
      return `| ${system} | ${store} | ${age} | ${fault ?? "as expected"} |`;
    });
  return ["| system | store | newest backup | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
