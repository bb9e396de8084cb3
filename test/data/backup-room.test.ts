/**
 * Proves that backups go on when the volume that they are on is full, and that a restore without room
 * ends before it has touched anything. Does not prove the image: Python and the shells are this
 * machine's.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { BackupJob, contentOf, daysAgo, smallDisk } from "./support/backup";
import { succeed } from "./support/daemon";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

let folder: string;
let files: string;
let job: BackupJob;

describe.each(["alpine", "ubi"] as const)("with the shell and the programs of %s", (base) => {
  beforeEach(async () => {
    folder = temporaryFolder();
    files = join(folder, "files");
    mkdirSync(files);
    writeFileSync(join(files, "notebook"), "first");
    job = await BackupJob.ofFiles(folder, base, files);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("those that are too old make room for the new one on a volume that is full", async () => {
    const free = await smallDisk(job.backups, 1_000_000);
    try {
      writeFileSync(join(files, "large"), Buffer.alloc(280_000));
      for (const days of [9, 8, 1]) {
        const { at: made } = await job.taken({ KEEP_DAYS: "1000" });
        await job.move(made, daysAgo(days));
      }
      const young = job.names().at(-1);
      const { at } = await job.taken({ KEEP_DAYS: "7" });
      expect(job.names()).toEqual([young, at]);
    } finally {
      await free();
    }
  });

  test("the names of many files need no room in the temporary folder", async () => {
    const temporary = join(folder, "temporary");
    const free = await smallDisk(temporary, 4096);
    try {
      for (let n = 0; n < 60; n++) writeFileSync(join(files, `${"n".repeat(200)}${n}`), "");
      // The store's own kind makes one file of all; here the names are those of the backup.
      const { at } = await job.taken({
        TMPDIR: temporary,
        ...job.shadow("python3", `"$real" "$@" || exit\n${spread}`),
      });
      expect(contentOf(job.file(at, "SHA256SUMS")).split("\n").length).toBeGreaterThan(60);
    } finally {
      await free();
    }
  });

  test("a restore needs no room beside the backups", async () => {
    const free = await smallDisk(job.backups, 100_000);
    try {
      const { at } = await job.taken();
      await succeed("sh", ["-c", `cat /dev/zero 2>/dev/null >'${job.backups}/full' || true`]);
      expect(await job.restored({ OVERWRITE: "yes" })).toMatchObject({ at });
    } finally {
      await free();
    }
  });

  test.each([
    ["is refused", 1, 600_000, /about \d+ bytes are needed beside what is there, and \d+ are free/],
    // Each takes more room on the disk than in the archive.
    ["that fails leaves nothing", 200, 10, /No space left on device/],
  ])("a restore without room for it %s", async (_what, number, size, words) => {
    for (let n = 0; n < number; n++) writeFileSync(join(files, `file ${n}`), "x".repeat(size));
    await job.taken();
    const small = join(folder, "small");
    const free = await smallDisk(small, 500_000);
    try {
      writeFileSync(join(small, "live"), "");
      const failed = await job.restore({ OVERWRITE: "yes", FILES_DIR: small });
      expect(failed.code).toBe(1);
      expect(failed.stderr).toMatch(words);
      expect(readdirSync(small)).toEqual(["live"]);
    } finally {
      await free();
    }
  });
});

/** Adds files to the archive's folder, with long names. */
const spread = `case "$1 $2" in
  *" dump") for one in "$FILES_DIR"/nnn*; do : >"$(dirname "$4")/$(basename "$one")"; done ;;
esac`;
