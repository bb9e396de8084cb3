/**
 * Proves the backup of a bucket with the real MinIO and its client: objects come back, unchanged ones
 * cost no space, and a backup that fails leaves the last one. Does not prove the images: both programs
 * are built from their modules, and the programs around them are Debian's.
 */
import { appendFileSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { BackupJob, contentOf, countsOf, daysAgo, rowsOf, smallDisk } from "./support/backup";
import { freePort, succeed } from "./support/daemon";
import { Minio } from "./support/minio";
import { temporaryFolder } from "./support/world";

jest.setTimeout(300_000);

let folder: string;
let minio: Minio;
let job: BackupJob;
let bucket: string;
let host: string;
let full: string;

beforeAll(async () => {
  folder = temporaryFolder();
  minio = await Minio.start(join(folder, "server"));
});
afterAll(async () => {
  await minio.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  bucket = `bucket-${String(buckets++)}`;
  host = await minio.bucket(bucket);
  const files = join(folder, bucket);
  mkdirSync(join(files, "models", "first run"), { recursive: true });
  for (let n = 1; n <= 120; n++) writeFileSync(join(files, "models", `${String(n)}.bin`), `v${n}`);
  writeFileSync(join(files, "models", "first run", "ö & 'weights'"), Buffer.alloc(300_000, "ab"));
  writeFileSync(join(files, ".hidden"), Buffer.from([0, 255]));
  writeFileSync(join(files, "empty"), "");
  await minio.ask("cp", "--recursive", `${files}/`, `it/${bucket}/`);
  full = await minio.content(bucket);
  job = await makeJob();
});

test("a backup has all objects, counted and with checksums", async () => {
  const made = await job.taken();
  expect(made).toMatchObject({ store: "minio", rows: 123 });
  expect(contentOf(job.file(made.at, "SHA256SUMS")).trim().split("\n")).toHaveLength(125);
  expect(countsOf(contentOf(job.file(made.at, "rows")))).toEqual({
    objects: 123,
    "(bytes)": 300_000 + 2 + 9 * 2 + 90 * 3 + 21 * 4,
  });
});

test("unchanged objects are links to the last copy, and changed ones leave it as it was", async () => {
  const first = await job.taken();
  const last = daysAgo(1);
  await job.move(first.at, last);
  // An hour goes by: what had changed within an hour of a copy would be copied again.
  await succeed("sh", ["-c", "find . -type f -exec touch {} +"], { cwd: join(job.backups, last) });
  // Of the same size: only its time says that it is another one.
  await put("models/1.bin", "w1");
  await minio.ask("rm", `it/${bucket}/models/2.bin`);
  await put("models/new.bin", "new");
  const { at, rows } = await job.taken();
  expect(rows).toBe(123);
  const inode = (of: string, name: string): number => statSync(job.file(of, `objects/${name}`)).ino;
  expect(inode(at, "models/3.bin")).toBe(inode(last, "models/3.bin"));
  expect(inode(at, "models/1.bin")).not.toBe(inode(last, "models/1.bin"));
  expect(contentOf(job.file(at, "objects/models/1.bin"))).toBe("w1");
  expect(contentOf(job.file(last, "objects/models/1.bin"))).toBe("v1");
  await succeed("sha256sum", ["--check", "--quiet", "SHA256SUMS"], {
    cwd: join(job.backups, last),
  });

  const now = await minio.content(bucket);
  await job.restored({ OVERWRITE: "yes", AT: last });
  expect(await minio.content(bucket)).toBe(full);
  await job.restored({ OVERWRITE: "yes", AT: at });
  expect(await minio.content(bucket)).toBe(now);
});

test("nothing is taken from a copy that has changed", async () => {
  const { at } = await job.taken();
  const last = daysAgo(1);
  await job.move(at, last);
  writeFileSync(job.file(last, "objects/models/1.bin"), "x1");
  const { at: next } = await job.taken();
  expect(contentOf(job.file(next, "objects/models/1.bin"))).toBe("v1");
  expect((await job.restore({ OVERWRITE: "yes", AT: last })).stderr).toContain("has changed");
  expect(await minio.content(bucket)).toBe(full);
});

test("a bucket with objects is left alone without leave", async () => {
  await job.taken();
  await put("later", "1");
  const before = await minio.content(bucket);
  expect(await job.restore()).toMatchObject({
    code: 3,
    stderr: "restore of minio failed: it has data, and OVERWRITE is not yes\n",
  });
  expect(await minio.content(bucket)).toBe(before);
});

test("that a bucket has objects is known without counting them", async () => {
  await job.taken();
  const uncounted = 'case "$*" in *" du "*) exit 1 ;; esac\nexec "$real" "$@"';
  expect(await job.restore(job.shadow("mc", uncounted))).toMatchObject({ code: 3 });
});

test("a client that says nothing does not make a bucket empty", async () => {
  await job.taken();
  const silent = 'case "$*" in *" ls "*) exit 1 ;; esac\nexec "$real" "$@"';
  const failed = await job.restore(job.shadow("mc", silent));
  expect(failed.stderr).toContain("the store does not say whether it has data");
});

test("an emptied bucket gets all objects back", async () => {
  const { at } = await job.taken();
  await minio.ask("rm", "--recursive", "--force", `it/${bucket}/`);
  const restored = await job.restore();
  expect(restored).toMatchObject({ code: 0 });
  expect(rowsOf(restored)).toMatchObject({ objects: [123, 123] });
  expect(restored.stdout).toContain(`RESTORED {"store":"minio","at":"${at}","rows":123}`);
  expect(await minio.content(bucket)).toBe(full);
});

test("an empty bucket is backed up too, and restored over a full one", async () => {
  await minio.ask("rm", "--recursive", "--force", `it/${bucket}/`);
  expect(await job.taken()).toMatchObject({ rows: 0 });
  await put("later", "1");
  await job.restored({ OVERWRITE: "yes" });
  expect(await minio.content(bucket)).toBe("");
});

test("a changed archive is refused before the bucket is touched", async () => {
  const { at } = await job.taken();
  appendFileSync(job.file(at, "objects/models/7.bin"), "x");
  const refused = await job.restore({ OVERWRITE: "yes" });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`the backup of ${at} has changed`);
  expect(await minio.content(bucket)).toBe(full);
});

describe("a backup that fails", () => {
  test.each([
    ["misses objects", async () => job.shadow("mc", cut), "objects"],
    ["has its client killed", async () => job.shadow("mc", killed), ""],
    [
      "has the wrong key",
      async () => ({ MC_HOST_store: minio.host("wrong-secret-key") }),
      "signature",
    ],
    [
      "finds no server",
      async () => ({ MC_HOST_store: minio.host(undefined, await freePort()) }),
      "connection refused",
    ],
  ])("because it %s says so, and leaves the last one", async (_why, env, words) => {
    const last = await goodOne();
    const failed = await job.take(await env());
    expect(failed.code).not.toBe(0);
    expect(failed.stdout).not.toContain("BACKUP {");
    expect(failed.stderr).toContain("backup of minio failed: ");
    expect(failed.stderr).toContain(words);
    expect(failed.stdout + failed.stderr).not.toContain(Minio.password);
    expect(job.names()).toEqual([last]);
    await minio.ask("rm", "--recursive", "--force", `it/${bucket}/`);
    await job.restored();
    expect(await minio.content(bucket)).toBe(full);
  });

  test("because the volume is full says so, and leaves the last one", async () => {
    const free = await smallDisk(job.backups, 2_000_000);
    try {
      const last = await goodOne();
      await put("large", "x".repeat(3_000_000));
      const failed = await job.take();
      expect(failed.code).not.toBe(0);
      expect(failed.stderr).toContain("no space left on device");
      expect(failed.stderr).toContain("backup of minio failed: ");
      expect(job.names()).toEqual([last]);
      await succeed("sha256sum", ["--check", "--quiet", "SHA256SUMS"], {
        cwd: join(job.backups, last),
      });
    } finally {
      await free();
    }
  });
});

let buckets = 0;

/** Ends well, but has left out an object. */
const cut = `"$real" "$@" || exit
case "$*" in *mirror*) for folder; do :; done; rm "$folder/models/5.bin" ;; esac`;

const killed = `case "$*" in *mirror*) ;; *) exec "$real" "$@" ;; esac
"$real" "$@" || exit
kill -9 $$`;

/** A backup that is there, and so old that the next one would remove it were it not the newest. */
async function goodOne(): Promise<string> {
  const { at } = await job.taken();
  const last = daysAgo(300);
  await job.move(at, last);
  return last;
}

async function put(key: string, text: string): Promise<void> {
  const file = join(folder, "put");
  writeFileSync(file, text);
  await minio.ask("cp", file, `it/${bucket}/${key}`);
}

function makeJob(): Promise<BackupJob> {
  return BackupJob.make({
    folder: join(folder, `job-${bucket}`),
    store: "minio",
    kind: "objects",
    base: "ubi",
    programs: [minio.client],
    env: {
      BUCKET: bucket,
      MC_CONFIG_DIR: join(folder, `job-${bucket}`, "client"),
      MC_HOST_store: host,
    },
  });
}
