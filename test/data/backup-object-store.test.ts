/**
 * Proves backups in a bucket, with the real MinIO in place of the object store elsewhere: what is
 * complete there, what is pruned, and that a backup that does not arrive counts for nothing.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { placeIn } from "../../components/services/backup/target";
import { testScope } from "../support/scope";
import { BackupJob, daysAgo, python } from "./support/backup";
import {
  fillApplication,
  fillTelemetry,
  fingerprint,
  postgresJob,
} from "./support/backup-postgres";
import { freePort } from "./support/daemon";
import { Minio } from "./support/minio";
import { Postgres } from "./support/postgres";
import { temporaryFolder } from "./support/world";

jest.setTimeout(300_000);

const overwrite = { OVERWRITE: "yes" };

let folder: string;
let minio: Minio;
let target: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = temporaryFolder();
  minio = await Minio.start(join(folder, "minio"));
  target = {
    MC: minio.client,
    MC_CONFIG_DIR: join(folder, "client"),
    MC_HOST_target: await minio.bucket("backups"),
    TARGET_BUCKET: "backups",
    TARGET_PREFIX: "prod/one",
  };
});
afterAll(async () => {
  await minio.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("databases of PostgreSQL come back from a bucket, and leave nothing in the pod", async () => {
  const postgres = await Postgres.start(join(folder, "postgres"), ["-c", "fsync=off"]);
  try {
    await fillTelemetry(postgres, 2000);
    await fillApplication(postgres, "thunderline");
    const before = await fingerprint(postgres, "thunderline");
    const more = { target: "object-store", env: target } as const;
    const job = await postgresJob(postgres, "alpine", join(folder, "postgres-job"), more);
    const made = await job.taken();
    expect(readdirSync(job.backups)).toEqual([]);
    expect(await keys("postgres")).toContain(`${made.at}/SHA256SUMS`);
    expect((await job.list()).stdout).toBe(`BACKUP ${JSON.stringify(made)}\nBACKUPS 1\n`);
    await postgres.sql("postgres", "DROP DATABASE thunderline");
    expect(await job.restored(overwrite)).toMatchObject({ at: made.at, rows: made.rows });
    expect(await fingerprint(postgres, "thunderline")).toEqual(before);
    expect(readdirSync(job.backups)).toEqual([]);
  } finally {
    await postgres.stop();
  }
});

describe("files in a bucket", () => {
  let job: BackupJob;
  let store: string;
  let files: string;
  beforeEach(async () => {
    store = `livebook-${String(stores++)}`;
    files = join(folder, store, "files");
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, "notebook one"), "first\n");
    job = await BackupJob.make({
      folder: join(folder, store, "job"),
      store,
      kind: "files",
      target: "object-store",
      base: "alpine",
      programs: [await python(), minio.client],
      env: { FILES_DIR: files, ...target },
    });
  });

  test("an older one is restored by its time, and of another time it says what there is", async () => {
    const { at } = await job.taken();
    const older = daysAgo(2);
    await move(at, older);
    writeFileSync(join(files, "added"), "");
    const { at: newer } = await job.taken();
    expect(await job.restore({ AT: older })).toMatchObject({ code: 3 });
    await job.restored({ ...overwrite, AT: older });
    expect(readdirSync(files)).toEqual([".before-restore", "notebook one"]);
    const missing = await job.restore({ ...overwrite, AT: "20200101T000000Z" });
    expect(missing.code).toBe(4);
    expect(missing.stderr).toContain(`there are: ${older} ${newer}`);
  });

  test("those that are too old and those that are unfinished go, the others stay", async () => {
    const old = await madeBefore(9);
    const young = await madeBefore(6);
    const half = await madeBefore(1);
    await minio.ask("rm", `it/backups/prod/one/${store}/${half}/SHA256SUMS`);
    expect((await job.list()).stdout).toContain("BACKUPS 2\n");
    const { at } = await job.taken({ KEEP_DAYS: "7" });
    const left = (await keys(store)).map((key) => key.split("/")[0]);
    expect([...new Set(left)]).toEqual([young, at]);
    expect(left).not.toContain(old);
  });

  test("a changed archive is refused before anything is touched", async () => {
    const { at } = await job.taken();
    writeFileSync(join(folder, "put"), "x");
    await minio.ask("cp", join(folder, "put"), `it/backups/prod/one/${store}/${at}/files.tar`);
    const refused = await job.restore(overwrite);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`the backup of ${at} has changed or cannot be read`);
    expect(readdirSync(files)).toEqual(["notebook one"]);
  });

  test.each([
    [
      "the bucket cannot be reached",
      async () => ({ MC_HOST_target: minio.host(undefined, await freePort()) }),
      "connection refused",
    ],
    [
      "the key is wrong",
      async () => ({ MC_HOST_target: minio.host("wrong-secret-key") }),
      "signature",
    ],
    ["there is no such bucket", async () => ({ TARGET_BUCKET: "another" }), "cannot be listed"],
    ["a file does not arrive", async () => ({ MC: "mc", ...job.shadow("mc", lossy) }), "were sent"],
    [
      "the last file does not arrive",
      async () => ({ MC: "mc", ...job.shadow("mc", endless) }),
      "could not be stored",
    ],
  ])("when %s, a backup fails, and the last one stays", async (_what, env, words) => {
    const last = await madeBefore(300);
    const failed = await job.take(await env());
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain(`backup of ${store} failed: `);
    expect(failed.stderr).toContain(words);
    expect(failed.stderr + failed.stdout).not.toContain("ABCDabcdefghijklmnopqrstuvwxyz");
    expect(failed.stderr + failed.stdout).not.toContain(Minio.password);
    expect(readdirSync(job.backups)).toEqual([]);
    expect((await keys(store)).map((key) => key.split("/")[0])).toEqual(Array(4).fill(last));
    expect(await job.restored(overwrite)).toMatchObject({ at: last });
  });

  test("two systems with one bucket do not see each other's", async () => {
    const theirs = { TARGET_PREFIX: placeIn(testScope(), "prod/one") };
    const old = await madeBefore(9);
    const other = await job.taken({ ...theirs, KEEP_DAYS: "7" });
    const { stdout } = await job.list();
    expect(stdout).toContain(`"at":"${old}"`);
    expect(stdout).toContain("BACKUPS 1\n");
    const missing = await job.restore({ ...overwrite, ...theirs, AT: old });
    expect(missing.stderr).toContain(`there is no backup of ${old}; there are: ${other.at}\n`);
  });

  /** Makes one, and gives it an earlier time. */
  async function madeBefore(days: number): Promise<string> {
    const { at } = await job.taken({ KEEP_DAYS: "1000" });
    const earlier = daysAgo(days);
    await move(at, earlier);
    return earlier;
  }

  function move(at: string, other: string): Promise<string> {
    const place = `it/backups/prod/one/${store}`;
    return minio.ask("mv", "--recursive", `${place}/${at}/`, `${place}/${other}/`);
  }
});

let stores = 0;

/** What the bucket has of a store. */
async function keys(store: string): Promise<readonly string[]> {
  const listing = await minio.ask("--json", "ls", "--recursive", `it/backups/prod/one/${store}/`);
  const lines = listing.split("\n").filter((line) => line !== "");
  return lines.map((line) => (JSON.parse(line) as { key: string }).key).sort();
}

/** Sends all files but one. */
const lossy = `case "$*" in *mirror*) rm "$3/rows" ;; esac
exec "$real" "$@"`;

/** Sends all but the file that makes it complete. */
const endless = `case "$*" in *SHA256SUMS*cp* | *cp*SHA256SUMS*) exit 1 ;; esac
exec "$real" "$@"`;
