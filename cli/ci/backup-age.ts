import { storeOf } from "../restore/backups";
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

/** Judges the stores of a system by the age of their newest backups that succeeded. */
export function agesOf(
  system: string,
  backups: readonly CronJob[],
  mostHours: number,
  now: Date,
): BackupAge[] {
  return backups.map((backup) => {
    const last = backup.status?.lastSuccessfulTime;
    const hours = last === undefined ? null : (now.getTime() - Date.parse(last)) / 3_600_000;
    const fault = faultOf(hours, backup.spec.suspend === true, mostHours);
    const store = storeOf(backup) ?? backup.metadata.name;
    return { system, store, hours, ...(fault === undefined ? {} : { fault }) };
  });
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
