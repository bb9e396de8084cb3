/**
 * Proves the backup of MLflow's database file, which MLflow of the pod's version has made, while
 * somebody writes to it. Does not prove the images: Python is this machine's.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { run } from "../../cli/toolchain/process";
import {
  BackupJob,
  contentOf,
  countsOf,
  daysAgo,
  python,
  rowsOf,
  smallDisk,
} from "./support/backup";
import { Daemon, succeed, until } from "./support/daemon";
import { pythonCommand } from "./support/python";
import { temporaryFolder } from "./support/world";

jest.setTimeout(900_000);

let folder: string;
let file: string;
let interpreter: string;
let job: BackupJob;
let at: string;
let full: string;

beforeAll(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder, "data"));
  file = join(folder, "data", "mlflow.db");
  interpreter = await python();
  const [mlflow] = await pythonCommand("mlflow");
  await succeed(mlflow, ["-c", record, `sqlite:///${file}`], {
    env: { ...process.env, HOME: folder, MLFLOW_ARTIFACT_ROOT: folder },
    cwd: folder,
  });
  full = await dump(file);
  job = await BackupJob.make({
    folder: join(folder, "job"),
    store: "mlflow",
    kind: "sqlite",
    base: "alpine",
    programs: [interpreter],
    env: { SQLITE_FILE: file },
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a backup has all tables, with their rows counted", async () => {
  const made = await job.taken();
  at = made.at;
  expect(made).toMatchObject({ store: "mlflow" });
  expect(countsOf(contentOf(job.file(at, "rows")))).toMatchObject({
    alembic_version: 1,
    metrics: 300,
    params: 1,
    runs: 1,
  });
  expect(await dump(job.file(at, "database"))).toBe(full);
});

test("a backup is whole although somebody writes", async () => {
  const writer = new Daemon({
    name: "writer",
    command: interpreter,
    args: ["-c", write, file],
    log: join(folder, "writer.log"),
  });
  try {
    const log = join(folder, "writer.log");
    await until("the writer to write", 20, async () => contentOf(log).includes("written"));
    const { at: during } = await job.taken();
    const rows = countsOf(contentOf(job.file(during, "rows")));
    // Each of its transactions adds to both, so that a copy that is torn has unequal numbers.
    expect((rows.metrics ?? 0) - 300).toBe((rows.tags ?? 0) - tagsBefore());
    expect(rows.metrics).toBeGreaterThan(300);
    rmSync(join(job.backups, during), { recursive: true });
  } finally {
    await writer.stop("SIGKILL");
  }
});

test("what a server that was killed has left half done is rolled back, and not in the backup", async () => {
  const before = await dump(file);
  expect((await run(interpreter, ["-c", half, file])).code).not.toBe(0);
  expect(existsSync(`${file}-journal`)).toBe(true);
  const { at: after } = await job.taken();
  expect(await dump(job.file(after, "database"))).toBe(before);
  expect(await dump(file)).toBe(before);
  rmSync(join(job.backups, after), { recursive: true });
});

test("a restore over data is refused, and while somebody uses the file also with leave", async () => {
  const before = await dump(file);
  expect(await job.restore()).toMatchObject({
    code: 3,
    stderr: "restore of mlflow failed: it has data, and OVERWRITE is not yes\n",
  });
  const holder = new Daemon({
    name: "holder",
    command: interpreter,
    args: ["-c", hold, file],
    log: join(folder, "holder.log"),
  });
  try {
    const log = join(folder, "holder.log");
    await until("the holder to hold", 20, async () => contentOf(log).includes("held"));
    const refused = await job.restore({ OVERWRITE: "yes" });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("the database is in use");
  } finally {
    await holder.stop("SIGKILL");
  }
  expect(await dump(file)).toBe(before);
});

test("a damaged file is replaced and kept beside the restored one", async () => {
  const damaged = await dump(file);
  expect(damaged).not.toBe(full);
  const restored = await job.restore({ OVERWRITE: "yes" });
  expect(restored).toMatchObject({ code: 0 });
  expect(rowsOf(restored).metrics).toEqual([300, 300]);
  expect(await dump(file)).toBe(full);
  expect(await dump(`${file}.before-restore`)).toBe(damaged);
});

test("a lost file comes back, and an older one by its time", async () => {
  rmSync(file);
  expect(await job.restored()).toMatchObject({ at });
  expect(await dump(file)).toBe(full);
  expect(existsSync(`${file}.restoring`)).toBe(false);
  const older = daysAgo(3);
  await job.move(at, older);
  await succeed(interpreter, ["-c", clear, file]);
  const { at: newer } = await job.taken();
  await job.restored({ OVERWRITE: "yes", AT: older });
  expect(await dump(file)).toBe(full);
  rmSync(join(job.backups, newer), { recursive: true });
  at = older;
});

test("a restore without room for it is refused, and leaves nothing", async () => {
  const small = join(folder, "small");
  const free = await smallDisk(small, 50_000);
  try {
    const refused = await job.restore({ SQLITE_FILE: join(small, "mlflow.db") });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/bytes are needed beside what is there, and \d+ are free/);
    expect(readdirSync(small)).toEqual([]);
  } finally {
    await free();
  }
});

test("a backup of a file that is not there fails in words, and leaves the last one", async () => {
  const failed = await job.take({ SQLITE_FILE: join(folder, "data", "missing.db") });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("unable to open database file");
  expect(failed.stderr).toContain("backup of mlflow failed: ");
  expect(job.names()).toEqual([at]);
  expect(existsSync(join(folder, "data", "missing.db"))).toBe(false);
});

test("a changed archive is refused before the file is touched", async () => {
  appendFileSync(job.file(at, "database"), "x");
  const failed = await job.restore({ OVERWRITE: "yes" });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain(`the backup of ${at} has changed or cannot be read`);
  expect(await dump(file)).toBe(full);
});

function tagsBefore(): number {
  return countsOf(contentOf(job.file(at, "rows"))).tags ?? 0;
}

/** What MLflow writes of a run, without its server. */
const record = `
import sys
from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient
client = MlflowClient(sys.argv[1])
run = client.create_run(client.create_experiment("thunderline")).info.run_id
metrics = [Metric("loss", 1 / (step + 1), step, step) for step in range(300)]
client.log_batch(run, metrics, [Param("layers", "3")], [RunTag("note", "öl")])
client.set_terminated(run)
`;

/** Adds a metric and a tag in one transaction, again and again. */
const write = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
(run,) = database.execute("SELECT run_uuid FROM runs").fetchone()
for number in range(10**9):
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('more', 1, ?, ?, ?, 0)", (number, run, number))
    database.execute("INSERT INTO tags (key, value, run_uuid) VALUES (?, 'x', ?)", (f"tag {number}", run))
    database.execute("COMMIT")
    if number == 0:
        print("written", flush=True)
`;

/** Is killed when a transaction has reached the file, and not ended. */
const half = `
import os, signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size = 1")
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE metrics SET value = value + 1, key = key || 'x'")
os.kill(os.getpid(), signal.SIGKILL)
`;

/** A server that is writing. */
const hold = `
import sqlite3, sys, threading
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("held", flush=True)
threading.Event().wait()
`;

const clear = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    database.execute("DELETE FROM metrics")
`;

/** Everything in a database, as statements. */
async function dump(path: string): Promise<string> {
  const lines = `import sqlite3, sys\nfor line in sqlite3.connect(f"file:{sys.argv[1]}?mode=rw", uri=True).iterdump(): print(line)`;
  return (await succeed(interpreter, ["-c", lines, path])).stdout;
}
