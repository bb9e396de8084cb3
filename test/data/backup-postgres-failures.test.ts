/**
 * Proves that a backup of PostgreSQL that fails says so, leaves the last one and nothing unfinished,
 * whatever goes wrong, and that a restore that ends early leaves the databases as they are: with the
 * real programs of Debian.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

import { type BackupJob, contentOf, daysAgo, smallDisk } from "./support/backup";
import { fillTelemetry, postgresJob } from "./support/backup-postgres";
import { freePort, succeed } from "./support/daemon";
import { Postgres } from "./support/postgres";
import { temporaryFolder } from "./support/world";

jest.setTimeout(300_000);

let folder: string;
let postgres: Postgres;
let job: BackupJob;
let last: string;

beforeAll(async () => {
  folder = temporaryFolder();
  postgres = await Postgres.start(join(folder, "server"), [
    ...["-c", "fsync=off"],
    ...["-c", "wal_level=logical"],
  ]);
  await fillTelemetry(postgres, 2000);
  job = await postgresJob(postgres, "alpine", join(folder, "job"));
  // So old that the next one would remove it, were it not the newest.
  last = daysAgo(300);
  await job.move((await job.taken()).at, last);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  [
    "the dump is cut short",
    async () => job.shadow("pg_dump", cut),
    /could not read from input file|unexpected end of file|cannot be read/,
  ],
  ["pg_dump is killed", async () => job.shadow("pg_dump", killed), /could not be dumped/],
  [
    "pg_dump fails",
    async () => job.shadow("pg_dump", "exit 1"),
    /database heatpump_settings could/,
  ],
  [
    "the password is wrong",
    async () => ({ PGPASSWORD: "wrong" }),
    /password authentication failed/,
  ],
  ["no server answers", async () => ({ PGPORT: String(await freePort()) }), /Connection refused/],
  [
    "the host has no address",
    async () => ({ PGHOST: "nowhere.invalid" }),
    /could not translate host/,
  ],
  ["it is told to end", async () => job.shadow("pg_dump", ended), /it was told to end/],
])("when %s", async (_what, env, words) => {
  const failed = await job.take(await env());
  expect(failed.code).not.toBe(0);
  expect(failed.stdout).not.toContain("BACKUP {");
  expect(failed.stderr).toMatch(/^backup of postgres failed: .+$/m);
  expect(failed.stderr).toMatch(words);
  await isWhole();
});

test("when the volume is full", async () => {
  const small = await postgresJob(postgres, "alpine", join(folder, "small"));
  const free = await smallDisk(small.backups, 400_000);
  try {
    const good = daysAgo(300);
    await small.move((await small.taken()).at, good);
    await postgres.sql(
      "telemetry",
      "CREATE TABLE large AS SELECT gen_random_uuid() AS one, gen_random_uuid() AS other FROM generate_series(1, 20000)",
    );
    const failed = await small.take();
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain("No space left on device");
    expect(failed.stderr).toContain(
      "backup of postgres failed: database telemetry could not be dumped",
    );
    expect(small.names()).toEqual([good]);
    await succeed("sha256sum", ["--check", "--quiet", "SHA256SUMS"], {
      cwd: small.file(good, "."),
    });
  } finally {
    await free();
    await postgres.sql("telemetry", "DROP TABLE IF EXISTS large");
  }
});

describe("a restore", () => {
  const energy = "SELECT count(*) FROM energy_consumption";
  const databases = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database";

  test("that is told to end does so at once, and leaves nothing half made", async () => {
    const before = await postgres.sql("postgres", databases);
    const failed = await job.restore({
      OVERWRITE: "yes",
      ...job.shadow("pg_restore", restoreEnded),
    });
    expect(failed.code).toBe(143);
    expect(failed.stderr).toContain("restore of postgres failed: it was told to end\n");
    expect(await postgres.sql("postgres", databases)).toBe(before);
    expect(await postgres.sql("telemetry", energy)).toBe("2000");
  });

  test("is refused while somebody replicates a database, with what mends that", async () => {
    const drop = "SELECT pg_drop_replication_slot('debezium');";
    await postgres.sql(
      "telemetry",
      "SELECT pg_create_logical_replication_slot('debezium', 'pgoutput')",
    );
    try {
      const refused = await job.restore({ OVERWRITE: "yes" });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain("database telemetry has the replication slot debezium");
      expect(refused.stderr).toContain(`in telemetry: ${drop}`);
      expect(await postgres.sql("postgres", databases)).not.toMatch(/_restor|before/);
    } finally {
      await postgres.sql("telemetry", drop);
    }
  });
});

test("the next one is made as if nothing had been", async () => {
  const { at } = await job.taken({ KEEP_DAYS: "1000" });
  expect(job.names()).toEqual([last, at]);
});

/** Half of the file, and a good end. */
const cut = `"$real" "$@" || exit
file="$ARCHIVE"
dd if="$file" of="$file.half" bs=1 count=$(($(wc -c <"$file") / 2)) 2>/dev/null
mv "$file.half" "$file"`;

const killed = `"$real" "$@" && kill -9 $$`;

/** Asks the script to end, as the kubelet does, and would go on for long: this runs for psql's shell. */
const parents = `parent() { read -r _ _ _ number _ <"/proc/$1/stat"; echo "$number"; }`;
const ended = `${parents}
kill -TERM "$(parent "$(parent "$(parent "$PPID")")")"
exec sleep 600`;

const restoreEnded = `case "$*" in *--dbname*) ;; *) exec "$real" "$@" ;; esac
${parents}
kill -TERM "$(parent "$PPID")"
exec sleep 600`;

/** The last one is the only one there, and whole. */
async function isWhole(): Promise<void> {
  expect(job.names()).toEqual([last]);
  await succeed("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: job.file(last, ".") });
  expect(contentOf(job.file(last, "rows"))).toContain("telemetry.public.energy_consumption 2000");
}
