/**
 * Proves the backup of a folder's files, and by it what all backups have in common: what is pruned and
 * what stays, that a changed archive is refused, and which messages and exit codes there are. Does not
 * prove the image: Python and the shells are this machine's.
 */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { BackupJob, contentOf, daysAgo } from "./support/backup";
import { succeed } from "./support/daemon";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

let folder: string;
let files: string;
let job: BackupJob;

beforeEach(async () => {
  folder = temporaryFolder();
  files = join(folder, "files");
  mkdirSync(join(files, "deep", "er"), { recursive: true });
  mkdirSync(join(files, "lost+found"));
  mkdirSync(join(files, "empty"));
  writeFileSync(join(files, "notebook one.livemd"), "# first\n");
  writeFileSync(join(files, ".hidden"), "hidden");
  writeFileSync(join(files, "deep", "er", "ö 'quoted'"), Buffer.from([0, 255, 10, 13]));
  writeFileSync(join(files, "deep", "run.sh"), "echo\n");
  chmodSync(join(files, "deep", "run.sh"), 0o750);
  symlinkSync("notebook one.livemd", join(files, "link"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each(["alpine", "ubi"] as const)("with the shell and the programs of %s", (base) => {
  beforeEach(async () => {
    job = await BackupJob.ofFiles(folder, base, files);
  });

  test("files come back with their contents, modes and links", async () => {
    const before = await listing();
    const made = await job.taken();
    expect(made).toMatchObject({ store: "livebook", rows: 5 });
    await damage();
    expect(await job.restored({ OVERWRITE: "yes" })).toEqual({
      store: "livebook",
      at: made.at,
      rows: 5,
    });
    expect(await listing()).toEqual(before);
    expect(statSync(join(files, "deep", "run.sh")).mode & 0o777).toBe(0o750);
  });

  test("what a restore replaces is kept beside it, and no backup has it", async () => {
    await job.taken();
    await damage();
    await job.restored({ OVERWRITE: "yes" });
    expect(contentOf(join(files, ".before-restore", "notebook one.livemd"))).toBe("changed\n");
    expect(existsSync(join(files, ".before-restore", ".hidden"))).toBe(false);
    await renameOlder(1);
    expect(await job.taken()).toMatchObject({ rows: 5 });
    await job.restored({ OVERWRITE: "yes" });
    expect(contentOf(join(files, ".before-restore", "notebook one.livemd"))).toBe("# first\n");
    expect(readdirSync(files)).toContain(".before-restore");
  });

  test("a restore into an empty folder needs no leave", async () => {
    const before = await listing();
    await job.taken();
    rmSync(files, { recursive: true });
    mkdirSync(join(files, "lost+found"), { recursive: true });
    await job.restored();
    expect(await listing()).toEqual(before);
  });

  test("a restore that was cut short while it swapped is completed by the next one", async () => {
    const before = await listing();
    await job.taken();
    await damage();
    // Killed when some of the old ones were aside and some of the new ones in place.
    await succeed("sh", [
      "-c",
      `cd '${files}' && mkdir .replaced .restoring && mv 'notebook one.livemd' added .replaced/ &&
       echo new >'notebook one.livemd'`,
    ]);
    await job.restored({ OVERWRITE: "yes" });
    expect(await listing()).toEqual(before);
    expect(contentOf(join(files, ".before-restore", "notebook one.livemd"))).toBe("changed\n");
    expect(existsSync(join(files, ".before-restore", "added"))).toBe(true);
  });

  test("data is not overwritten without leave", async () => {
    await job.taken();
    await damage();
    const before = await listing();
    const refused = await job.restore();
    expect(refused).toMatchObject({ code: 3, stdout: "" });
    expect(refused.stderr).toBe(
      "restore of livebook failed: it has data, and OVERWRITE is not yes\n",
    );
    expect(await listing()).toEqual(before);
  });

  test("an older one is restored by its time", async () => {
    await job.taken();
    const older = await renameOlder(2);
    await damage();
    await job.taken();
    expect(await job.restored({ OVERWRITE: "yes", AT: older })).toMatchObject({ at: older });
    expect(contentOf(join(files, "notebook one.livemd"))).toBe("# first\n");
    expect(await job.restored({ OVERWRITE: "yes" })).not.toMatchObject({ at: older });
    expect(contentOf(join(files, "notebook one.livemd"))).toBe("changed\n");
  });

  test("of one that is not there it says which ones are", async () => {
    expect(await job.restore()).toMatchObject({
      code: 4,
      stderr: "restore of livebook failed: there is no backup\n",
    });
    const { at } = await job.taken();
    expect(await job.restore({ AT: "20200101T000000Z", OVERWRITE: "yes" })).toMatchObject({
      code: 4,
      stderr: `restore of livebook failed: there is no backup of 20200101T000000Z; there are: ${at}\n`,
    });
  });

  test("a changed archive is refused before anything is touched", async () => {
    const { at } = await job.taken();
    appendFileSync(job.file(at, "files.tar"), "more");
    const before = await listing();
    const refused = await job.restore({ OVERWRITE: "yes" });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      `restore of livebook failed: the backup of ${at} has changed or cannot be read`,
    );
    expect(await listing()).toEqual(before);
  });

  test("the list has complete ones alone, oldest first", async () => {
    expect(await job.list()).toMatchObject({ code: 0, stdout: "BACKUPS 0\n" });
    const made = await job.taken();
    const older = await renameOlder(2);
    const newer = await job.taken();
    mkdirSync(join(job.backups, ".unfinished-20260101T000000Z"));
    mkdirSync(join(job.backups, "20260101T000000Z"));
    expect(await job.list()).toMatchObject({
      code: 0,
      stdout: [{ ...made, at: older }, newer]
        .map((one) => `BACKUP ${JSON.stringify(one)}\n`)
        .concat("BACKUPS 2\n")
        .join(""),
    });
  });

  test("one that is told to end does so at once, and leaves nothing", async () => {
    const { at } = await job.taken();
    const ended = await job.take(job.shadow("python3", toldToEnd));
    expect(ended).toMatchObject({
      code: 143,
      stderr: expect.stringContaining("backup of livebook failed: it was told to end\n") as string,
    });
    expect(job.names()).toEqual([at]);
  });

  test("says that it was done when only its rows cannot be counted", async () => {
    await job.taken();
    const failed = await job.restore({ OVERWRITE: "yes", ...job.shadow("python3", uncounted()) });
    expect(failed.code).toBe(2);
    expect(failed.stderr).toMatch(
      /failed: the backup of \w+ is in the store, but its rows could not be counted$/m,
    );
  });

  describe("pruning", () => {
    test("removes what is too old, and what an earlier run has left", async () => {
      await job.taken();
      await renameOlder(8);
      await job.taken();
      const young = await renameOlder(6);
      mkdirSync(join(job.backups, ".unfinished-20260101T000000Z"));
      const { at } = await job.taken({ KEEP_DAYS: "7" });
      expect(job.names()).toEqual([young, at]);
    });

    test("removes nothing when the new one fails, however old the others are", async () => {
      await job.taken();
      const old = await renameOlder(400);
      const failed = await job.take(job.shadow("python3", "exit 2"));
      expect(failed.code).toBe(2);
      expect(failed.stderr).toContain("backup of livebook failed: ");
      expect(job.names()).toEqual([old]);
      expect((await job.list()).stdout).toContain(`"at":"${old}"`);
    });

    test("keeps a good one when the newest is damaged, and the new one fails", async () => {
      const olds: string[] = [];
      for (const days of [402, 401, 400]) {
        await job.taken({ KEEP_DAYS: "1000" });
        olds.push(await renameOlder(days));
      }
      const [, good = "", damaged = ""] = olds;
      appendFileSync(job.file(damaged, "files.tar"), "more");
      await job.take(job.shadow("python3", "exit 2"));
      expect(job.names()).toEqual([good, damaged]);
    });

    test("keeps the newest complete one, although it is too old", async () => {
      await job.taken();
      await renameOlder(500);
      await job.taken();
      const newest = await renameOlder(400);
      // The clock was wrong once: the newest name is not the one that was just made.
      const wrong = 'case "$*" in "-u +"*) echo 20200101T000000Z ;; *) /usr/bin/date "$@" ;; esac';
      await job.taken(job.shadow("date", wrong));
      expect(job.names()).toEqual(["20200101T000000Z", newest]);
    });
  });
});

/** Asks the script to end, as the kubelet does, and would go on for long. */
const toldToEnd = `parent() { read -r _ _ _ number _ <"/proc/$1/stat"; echo "$number"; }
kill -TERM "$(parent "$PPID")"
exec sleep 600`;

/** Nothing is counted once a restore is done. */
function uncounted(): string {
  const done = `[ -e '${join(files, ".before-restore")}' ]`;
  return `case "$*" in *" count "*) if ${done}; then exit 2; fi ;; esac\nexec "$real" "$@"`;
}

/** Gives the newest backup another time. */
async function renameOlder(days: number): Promise<string> {
  const [at = ""] = job.names().slice(-1);
  const older = daysAgo(days);
  await job.move(at, older);
  return older;
}

async function damage(): Promise<void> {
  writeFileSync(join(files, "notebook one.livemd"), "changed\n");
  writeFileSync(join(files, "added"), "added\n");
  rmSync(join(files, ".hidden"));
  await succeed("rm", ["-r", join(files, "deep", "er")]);
}

/** All that is there but what backups leave out, with checksums. */
async function listing(): Promise<string> {
  const { stdout } = await succeed("sh", [
    "-c",
    `cd '${files}' && find . -path ./.before-restore -prune -o -printf '%P %y %m %l\\n' | sort &&
     find . -path ./.before-restore -prune -o -type f -print0 | sort -z | xargs -0 sha256sum`,
  ]);
  return stdout;
}
