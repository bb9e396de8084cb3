/**
 * Proves the backup of a PostgreSQL server with the real programs: telemetry's two databases and an
 * application's are dumped, lost or damaged, and restored to the last row, right and setting. Does not
 * prove TimescaleDB, for whose extension a stand-in remembers what it was asked, nor the images: the
 * shells and programs are Debian's.
 */
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { type BackupJob, contentOf, countsOf, daysAgo, rowsOf } from "./support/backup";
import {
  fillApplication,
  fillTelemetry,
  fingerprint,
  measure,
  postgresJob,
} from "./support/backup-postgres";
import { Postgres } from "./support/postgres";
import { reportTimes } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(300_000);

const databases = ["heatpump_settings", "telemetry", "thunder line"] as const;
const countEnergy = "SELECT count(*) FROM energy_consumption";
const overwrite = { OVERWRITE: "yes" };

type Fingerprints = Record<string, object>;

let folder: string;
let postgres: Postgres;
let full: Fingerprints;

beforeAll(async () => {
  folder = temporaryFolder();
  postgres = await Postgres.start(join(folder, "server"), ["-c", "fsync=off"]);
  await fillTelemetry(postgres, 5000);
  await fillApplication(postgres, "thunder line");
  full = await fingerprints();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the scripts work with the shell and the programs of Debian's images too", async () => {
  const job = await postgresJob(postgres, "debian", join(folder, "debian"));
  const { at } = await job.taken();
  await postgres.sql("telemetry", "TRUNCATE heatpump_status");
  expect(await job.restored(overwrite)).toMatchObject({ at });
  expect((await job.list()).stdout).toContain("BACKUPS 1\n");
  expect(await fingerprints()).toEqual(full);
});

describe("with the shell and the programs of Alpine's", () => {
  let job: BackupJob;
  let at: string;
  beforeAll(async () => {
    job = await postgresJob(postgres, "alpine", join(folder, "alpine"));
  });

  test("a backup has all databases, with their rows counted", async () => {
    const made = await job.taken();
    at = made.at;
    expect(job.names()).toEqual([at]);
    const rows = countsOf(contentOf(job.file(at, "rows")));
    expect(rows).toMatchObject({
      "heatpump_settings.public.settings": 20,
      "telemetry.public.energy_consumption": 5000,
      "telemetry.public.heatpump_status": 500,
      '"thunder%20line".app.cases': 500,
      '"thunder%20line".app.events': 400,
      '"thunder%20line".app."Odd%20name,%20100%25"': 2,
      '"thunder%20line".app.empty': 0,
    });
    const sum = Object.values(rows).reduce((all, one) => all + one);
    expect(made).toMatchObject({ store: "postgres", rows: sum });
    expect((await job.list()).stdout).toBe(`BACKUP ${JSON.stringify(made)}\nBACKUPS 1\n`);
  });

  test("a restore over data is refused, and changes nothing", async () => {
    expect(await job.restore()).toMatchObject({
      code: 3,
      stderr: "restore of postgres failed: it has data, and OVERWRITE is not yes\n",
    });
    expect(await fingerprints()).toEqual(full);
  });

  test("lost databases come back as they were", async () => {
    for (const name of databases) await postgres.sql("postgres", `DROP DATABASE "${name}"`);
    const restored = await job.restore();
    expect(restored).toMatchObject({ code: 0 });
    expect(restored.stdout).toContain(`RESTORED {"store":"postgres","at":"${at}"`);
    const pairs = Object.values(rowsOf(restored));
    expect(pairs.length).toBeGreaterThan(10);
    for (const [expected, found] of pairs) expect(found).toBe(expected);
    expect(await fingerprints()).toEqual(full);
  });

  test("databases that the set-up has made anew are filled without leave", async () => {
    for (const name of databases) await postgres.sql("postgres", `DROP DATABASE "${name}"`);
    await postgres.createDatabase("telemetry", false);
    await job.restored();
    expect((await fingerprints()).telemetry).toEqual(full.telemetry);
  });

  test("damaged databases are replaced, although somebody is connected, and kept by another name", async () => {
    await postgres.sql(
      "telemetry",
      "DELETE FROM energy_consumption WHERE device_serial = 'meter-1'",
    );
    await postgres.sql("thunder line", "DROP TABLE app.notes; UPDATE app.cases SET amount = 0");
    const session = postgres.psql("telemetry", ["-c", "SELECT pg_sleep(60)"]);
    expect(await job.restored(overwrite)).toMatchObject({ at });
    expect((await session).stderr).toContain("terminating connection");
    expect(await fingerprints()).toEqual(full);
    expect(await postgres.sql("telemetry_before_restore", countEnergy)).toBe("3333");
    const { at: next } = await job.taken();
    const kept = Object.keys(countsOf(contentOf(job.file(next, "rows"))));
    expect(kept.filter((name) => name.includes("before_restore"))).toEqual([]);
    rmSync(join(job.backups, next), { recursive: true });
  });

  test("an older one is restored by its time, and of another time it says what there is", async () => {
    const older = daysAgo(2);
    await job.move(at, older);
    await postgres.sql(
      "telemetry",
      "DELETE FROM energy_consumption WHERE device_serial = 'meter-1'",
    );
    const { at: newer } = await job.taken();
    await job.restored({ ...overwrite, AT: older });
    expect(await fingerprints()).toEqual(full);
    await job.restored(overwrite);
    expect(await postgres.sql("telemetry", countEnergy)).toBe("3333");
    await job.restored({ ...overwrite, AT: older });
    const missing = await job.restore({ ...overwrite, AT: "20200101T000000Z" });
    expect(missing).toMatchObject({ code: 4 });
    expect(missing.stderr).toContain(
      `there is no backup of 20200101T000000Z; there are: ${older} ${newer}`,
    );
    at = older;
    rmSync(join(job.backups, newer), { recursive: true });
  });

  test("a restore that fails leaves the live databases as they are", async () => {
    const env = { ...overwrite, ...job.shadow("pg_restore", refused) };
    const failed = await job.restore(env);
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain(
      "database thunder line could not be restored; the live ones are",
    );
    expect(await fingerprints()).toEqual(full);
  });

  test("a restore that was killed while it swapped can be made again", async () => {
    await postgres.sql("postgres", "CREATE DATABASE telemetry_restoring");
    await postgres.sql("postgres", "ALTER DATABASE telemetry ALLOW_CONNECTIONS false");
    await job.restored(overwrite);
    expect(await fingerprints()).toEqual(full);
  });

  test("what a restore that was killed has left is put in order by the next backup", async () => {
    await job.restore({ ...overwrite, ...job.shadow("psql", killedInSwap) });
    await postgres.sql("postgres", "CREATE DATABASE theirs_restoring");
    expect(
      await postgres.sql(
        "postgres",
        "SELECT datallowconn FROM pg_database WHERE datname = 'telemetry'",
      ),
    ).toBe("f");
    const { at: next } = await job.taken();
    const left = "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname ~ '_restoring$'";
    expect(await postgres.sql("postgres", left)).toBe("theirs_restoring");
    expect(await fingerprints()).toEqual(full);
    await postgres.sql("postgres", "DROP DATABASE theirs_restoring");
    rmSync(join(job.backups, next), { recursive: true });
  });

  test("a changed archive is refused before the server is touched", async () => {
    appendFileSync(job.file(at, "1.dump"), "x");
    const failed = await job.restore(overwrite);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`the backup of ${at} has changed or cannot be read`);
    expect(await fingerprints()).toEqual(full);
  });
});

test("a million measurements: how long it takes", async () => {
  const job = await postgresJob(postgres, "alpine", join(folder, "million"));
  await measure(postgres, 1_000_000);
  const sum = "SELECT sum(hashtextextended(t::text, 0)) FROM energy_consumption AS t";
  const before = await postgres.sql("telemetry", sum);
  const started = Date.now();
  const { at, rows, bytes } = await job.taken();
  const taken = Date.now();
  await postgres.sql("postgres", `DROP DATABASE telemetry`);
  const lost = Date.now();
  expect(await job.restored(overwrite)).toMatchObject({ at, rows });
  reportTimes("PostgreSQL", { rows, bytes, takeMs: taken - started, restoreMs: Date.now() - lost });
  expect(await postgres.sql("telemetry", sum)).toEqual(before);
});

/** The last database's archive cannot be restored, when the others have been. */
const refused = `case "$*" in *thunder*) echo "out of memory" >&2; exit 1 ;; esac
exec "$real" "$@"`;

/** The script is killed, and cleans nothing up, when the live databases are closed. */
const killedInSwap = `input=$(cat)
case $input in
  *"AS before"*) ;;
  *) exec "$real" "$@" <<INPUT
$input
INPUT
  ;;
esac
"$real" --no-psqlrc --quiet --dbname=postgres \
  --command="ALTER DATABASE telemetry ALLOW_CONNECTIONS false"
parent() { read -r _ _ _ number _ <"/proc/$1/stat"; echo "$number"; }
kill -KILL "$PPID" "$(parent "$PPID")"`;

async function fingerprints(): Promise<Fingerprints> {
  const all: Fingerprints = {};
  for (const name of databases) all[name] = await fingerprint(postgres, name);
  return all;
}
