import { failed, type Finding, passed, warning } from "../../preflight/model";
import { ago, open } from "../model";
import type { AskDatabase } from "./database";

interface Jobs {
  readonly completed: number;
  readonly discarded: number;
  /** Due for longer than a minute, and nobody has taken them. */
  readonly waiting: number;
  readonly last: string | null;
}

const subject = "Oban's jobs";

/**
 * What Oban's own table says of the jobs of the window. None is put there by us: which worker takes what
 * arguments is the application's own, and a job that it does not know fails for ever.
 */
export async function probeOban(
  ask: AskDatabase,
  windowMs: number,
  logs: string,
): Promise<Finding> {
  const [table] = await ask<{ readonly there: boolean }>(
    "SELECT json_build_object('there', to_regclass('oban_jobs') IS NOT NULL)",
  );
  if (table?.there !== true) {
    const evidence = "there is no table oban_jobs: its migration is missing";
    return failed(
      subject,
      evidence,
      `Has the migration's job run against this database? The worker says: ${logs}`,
    );
  }
  const [jobs] = await ask<Jobs>(jobsQuery(windowMs));
  return obanFinding(
    jobs ?? { completed: 0, discarded: 0, waiting: 0, last: null },
    windowMs,
    logs,
  );
}

/** Its times are in UTC, without a zone. */
export function jobsQuery(windowMs: number): string {
  const seconds = Math.round(windowMs / 1000);
  const since = `(now() AT TIME ZONE 'UTC') - interval '${seconds} seconds'`;
  return (
    "SELECT json_build_object(" +
    `'completed', count(*) FILTER (WHERE state = 'completed' AND completed_at > ${since}), ` +
    `'discarded', count(*) FILTER (WHERE state = 'discarded' AND discarded_at > ${since}), ` +
    "'waiting', count(*) FILTER (WHERE state = 'available' AND scheduled_at < (now() AT TIME ZONE 'UTC') - interval '1 minute'), " +
    `'last', to_char(max(completed_at) FILTER (WHERE state = 'completed'), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) FROM oban_jobs`
  );
}

export function obanFinding(
  { completed, discarded, waiting, last }: Jobs,
  windowMs: number,
  logs: string,
): Finding {
  const window = `in the last ${ago(windowMs)}`;
  if (completed === 0 && waiting > 0) {
    const evidence = `${waiting} are due, and none has completed ${window}`;
    return failed(subject, evidence, `Does a worker run, with TL_ENABLE_OBAN on? ${logs}`);
  }
  if (discarded > 0) {
    const evidence = `${completed} completed and ${discarded} were given up ${window}`;
    return warning(subject, evidence, logs);
  }
  if (completed > 0) return passed(subject, `${completed} completed ${window}`);
  return open(
    subject,
    `none was due ${window}; the last one completed ${last === null ? "never" : `at ${last}`}`,
    "Start one in the dashboard and run this again, or give a larger --window.",
  );
}
