/**
 * The command `restore` on a real PostgreSQL server: its Jobs' own commands, run here instead of in a
 * pod, on backups that the scripts have made. Does not prove the Jobs, nor that writers stop
 * (test/cluster/restore.test.ts does).
 */
import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";

import type { UserError } from "../../cli/errors";
import { jobFrom, type Task } from "../../cli/restore/job";
import type { CronJob } from "../../cli/restore/objects";
import { restore, type RestoreRequest, type Result } from "../../cli/restore/restore";
import type { Outcome, Runner, Variables } from "../../cli/restore/runner";
import { report } from "../../cli/testing";
import type { BackupJob } from "./support/backup";
import { fillTelemetry, postgresJob } from "./support/backup-postgres";
import { Postgres } from "./support/postgres";
import { rendered } from "./support/rendered";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

const backup = rendered("staging", "timescaledb", "CronJob", "timescaledb-backup");

let folder: string;
let postgres: Postgres;
let job: BackupJob;
let at: string;
beforeAll(async () => {
  folder = temporaryFolder();
  postgres = await Postgres.start(join(folder, "server"), ["-c", "fsync=off"]);
  await fillTelemetry(postgres, 1000);
  job = await postgresJob(postgres, "debian", join(folder, "job"));
  at = (await job.taken()).at;
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs here what a Job would run in its pod. */
async function ranHere(task: Task, variables: Variables): Promise<Outcome> {
  const made = jobFrom(backup as unknown as CronJob, {
    ...{ task, variables, name: "here", run: "this", deadlineSeconds: 60, withoutClaims: [] },
  });
  const [container] = made.spec.template.spec.containers;
  const { code, stdout, stderr } = await job.command(container!.command as string[], variables);
  return { name: "here", exitCode: code, log: stderr + stdout, why: "" };
}

const here: Runner = {
  list: () => ranHere("list", {}),
  claim: async (variables) => ({
    begin: () => ranHere("restore", variables),
    drop: async () => undefined,
  }),
};

/** What came of it, and what happened to the writers. */
async function restored(
  request: Partial<RestoreRequest>,
): Promise<{ writers: string[]; result?: Result; error?: UserError }> {
  const writers: string[] = [];
  const note = (what: string) => async () => {
    writers.push(what);
  };
  try {
    const result = await restore(
      { store: "postgres", overwrite: false, ...request },
      {
        runner: here,
        confirm: async () => undefined,
        stop: note("stopped"),
        start: note("started"),
        now: Date.now,
      },
    );
    return { writers, result };
  } catch (error) {
    return { writers, error: error as UserError };
  }
}

const energy = "SELECT count(*) FROM energy_consumption";

test("a store with data is refused before anybody is stopped", async () => {
  const { writers, error } = await restored({});
  expect([writers, error]).toEqual([[], expect.objectContaining({ exitCode: 3 })]);
});

test("a backup that there is not is refused before anybody is stopped", async () => {
  const { writers, error } = await restored({ at: "20200101T000000Z", overwrite: true });
  expect([writers, error]).toEqual([[], expect.objectContaining({ exitCode: 4 })]);
});

test("an older state comes back with all of its rows, between the stop and the start of the writers", async () => {
  await postgres.sql("telemetry", "TRUNCATE energy_consumption");
  const { writers, result } = await restored({ at, overwrite: true });
  expect(writers).toEqual(["stopped", "started"]);
  expect(result?.restored).toMatchObject({ store: "postgres", at });
  expect(result?.rows).toContainEqual({
    name: "telemetry.public.energy_consumption",
    expected: 1000,
    found: 1000,
  });
  expect(await postgres.sql("telemetry", energy)).toBe("1000");
  report({
    area: "faults",
    claim: "a store comes back from its backup with all of its rows",
    trials: result?.rows.length ?? 0,
    of: "tables",
    seen: `restored in ${result?.seconds.toFixed(1) ?? ""} s`,
  });
});

test("a damaged backup is not restored: the store is as it was, and the writers start again", async () => {
  await postgres.sql("telemetry", "DELETE FROM energy_consumption WHERE device_serial = 'meter-1'");
  const before = await postgres.sql("telemetry", energy);
  truncateSync(job.file(at, "1.dump"), 100);
  const { writers, error } = await restored({ overwrite: true });
  expect(writers).toEqual(["stopped", "started"]);
  expect(error?.message).toMatch(/Not done[^]*checksums do not hold/);
  expect(await postgres.sql("telemetry", energy)).toBe(before);
});
