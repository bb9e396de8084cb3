/**
 * Proves in which order a restore asks for TimescaleDB's functions, and at which version, with an
 * extension of our own in its place: the real one is not to be had here, so hypertables, chunks and
 * continuous aggregates are unproven.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import type { BackupJob } from "./support/backup";
import { postgresJob } from "./support/backup-postgres";
import { Postgres, serverProgram } from "./support/postgres";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

let folder: string;
let postgres: Postgres;
let job: BackupJob;

beforeAll(async () => {
  folder = temporaryFolder();
  const root = join(folder, "usr");
  installWithExtension(root);
  postgres = await Postgres.start(join(folder, "server"), ["-c", "fsync=off"], root);
  await postgres.createDatabase("telemetry", false);
  await postgres.sql(
    "telemetry",
    `CREATE EXTENSION timescaledb VERSION '2.23.0';
     CREATE TABLE measured (at timestamptz); INSERT INTO measured VALUES (now())`,
  );
  job = await postgresJob(postgres, "alpine", join(folder, "job"));
  await job.taken();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the extension is there at the archive's version, and told before and after", async () => {
  await job.restored({ OVERWRITE: "yes" });
  const version = "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'";
  expect(await postgres.sql("telemetry", version)).toBe("2.23.0");
  expect(await postgres.rows("telemetry", "SELECT * FROM _timescaledb_catalog.calls")).toEqual([
    { call: "pre", tables: 0 },
    { call: "post", tables: 1 },
  ]);
  expect(await postgres.sql("telemetry", "SELECT count(*) FROM measured")).toBe("1");
});

test("a server without the archive's version refuses it, and keeps its databases", async () => {
  const extensions = join(folder, "usr", "share", "postgresql");
  const [version = ""] = readdirSync(extensions);
  rmSync(join(extensions, version, "extension", "timescaledb--2.23.0.sql"));
  const failed = await job.restore({ OVERWRITE: "yes" });
  expect(failed.code).not.toBe(0);
  expect(failed.stderr).toContain(
    'extension "timescaledb" has no installation script nor update path for version "2.23.0"',
  );
  expect(failed.stderr).toContain("database telemetry could not be restored; the live ones are");
  expect(await postgres.sql("telemetry", "SELECT count(*) FROM measured")).toBe("1");
});

/** A server that finds its own extensions: PostgreSQL looks for them from where its program is. */
function installWithExtension(root: string): void {
  const bin = dirname(serverProgram("postgres"));
  const version = basename(dirname(bin));
  const theirs = join(root, "lib", "postgresql", version);
  mkdirSync(join(theirs, "bin"), { recursive: true });
  for (const name of ["postgres", "initdb"]) cpSync(join(bin, name), join(theirs, "bin", name));
  symlinkSync(join(dirname(bin), "lib"), join(theirs, "lib"));
  const share = join(root, "share", "postgresql", version);
  cpSync(join("/usr/share/postgresql", version), share, { recursive: true, dereference: true });
  const control = "comment = 'a stand-in'\ndefault_version = '2.24.0'\nrelocatable = false\n";
  writeFileSync(join(share, "extension", "timescaledb.control"), control);
  for (const one of ["2.23.0", "2.24.0"]) {
    writeFileSync(join(share, "extension", `timescaledb--${one}.sql`), standIn);
  }
}

/** Remembers what it was asked, and how many tables there were. */
const standIn = `
CREATE SCHEMA _timescaledb_catalog;
CREATE TABLE _timescaledb_catalog.calls (call text, tables integer);
CREATE FUNCTION timescaledb_pre_restore() RETURNS boolean LANGUAGE sql AS $$
  INSERT INTO _timescaledb_catalog.calls
    SELECT 'pre', count(*) FROM pg_tables WHERE schemaname = 'public' RETURNING true $$;
CREATE FUNCTION timescaledb_post_restore() RETURNS boolean LANGUAGE sql AS $$
  INSERT INTO _timescaledb_catalog.calls
    SELECT 'post', count(*) FROM pg_tables WHERE schemaname = 'public' RETURNING true $$;
`;
