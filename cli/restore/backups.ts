import { UserError } from "../errors";
import type { CronJob } from "./objects";

/** On the CronJob of a store's backups: the store that they are of. */
export const storeAnnotation = "backup.platform/store";

/** The CronJobs that back a store up, of any of a system's namespaces, by the name of the store. */
export function backupsAmong(cronJobs: readonly CronJob[]): readonly CronJob[] {
  return cronJobs
    .filter(
      (cronJob) => storeOf(cronJob) !== undefined && cronJob.metadata.name.endsWith("-backup"),
    )
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** The store that a CronJob backs up. */
export function storeOf({ metadata }: CronJob): string | undefined {
  return metadata.annotations?.[storeAnnotation];
}

/** The backup of one store; refused in words where there is none. */
export function backupOf(system: string, store: string, backups: readonly CronJob[]): CronJob {
  const found = backups.find((backup) => storeOf(backup) === store);
  if (found !== undefined) return found;
  const others = backups.map(storeOf).join(", ");
  throw new UserError(
    `${system} has no store "${store}" that is backed up.`,
    others === ""
      ? `None of its stores is: platform:${system} says so of each, with a reason.`
      : `Those that are: ${others}.`,
  );
}
