import { UserError } from "../errors";
import type { Backup } from "./output";

/** There is no such backup. */
export const noSuchBackup = 4;

/**
 * The name of a backup from how people write its time: `20261121T020000Z` as it is, or a time of ISO
 * 8601 with its zone. Undefined where it is neither.
 */
export function nameFrom(text: string): string | undefined {
  const given = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const iso = given === null ? text : isoTime(given.slice(1));
  // Without a zone it would be another moment on each machine.
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(iso)) return undefined;
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return undefined;
  return new Date(time).toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");
}

function isoTime([year, month, day, hour, minute, second]: readonly string[]): string {
  return `${year ?? ""}-${month ?? ""}-${day ?? ""}T${hour ?? ""}:${minute ?? ""}:${second ?? ""}Z`;
}

/**
 * The backup that is asked for, the newest where none is. A time that no backup has is refused with
 * the one before it, never rounded: what is between the two would be lost without a word.
 */
export function choose(store: string, backups: readonly Backup[], at: string | undefined): Backup {
  const newest = backups.at(-1);
  if (newest === undefined) {
    throw new UserError(
      `There is no complete backup of ${store}.`,
      `Take one: kubectl create job ${store}-backup-by-hand --from=cronjob/${store}-backup`,
      noSuchBackup,
    );
  }
  const chosen = at === undefined ? newest : backups.find((backup) => backup.at === at);
  if (chosen !== undefined) return chosen;
  const wanted = at ?? "";
  // Names of times sort as the times do.
  const before = backups.findLast((backup) => backup.at < wanted);
  const nearest =
    before === undefined
      ? `The oldest is ${backups[0]?.at ?? ""}.`
      : `The last one before is ${before.at}.`;
  throw new UserError(`There is no backup ${wanted} of ${store}.`, nearest, noSuchBackup);
}
