import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";

import { run, type RunResult } from "../../../cli/toolchain/process";
import { backupScripts, type StoreKind } from "../../../components/services/backup/source";
import { succeed, until } from "./daemon";
import { writeFiles } from "./rendered";

const busybox = "/usr/bin/busybox";

/** What the images of the jobs are built on: their shell, and the programs that go with it. */
export type Base = "alpine" | "debian" | "ubi";

export interface JobOptions {
  readonly folder: string;
  readonly store: string;
  readonly kind: StoreKind;
  readonly env: NodeJS.ProcessEnv;
  /** @default "claim" */
  readonly target?: "claim" | "object-store";
  readonly base: Base;
  /** The store's own programs, by their paths. */
  readonly programs: readonly string[];
}

/** What a complete backup, or a restored one, says of itself. */
export interface Summary {
  readonly store: string;
  readonly at: string;
  readonly bytes: number;
  readonly rows: number;
}

/** The scripts of a backup as its ConfigMap lays them out, run as in its pod. */
export class BackupJob {
  readonly backups: string;
  readonly #path: string;
  readonly #scripts: string;

  private constructor(
    private readonly options: JobOptions,
    path: string,
  ) {
    const { folder, kind, target = "claim" } = options;
    this.backups = join(folder, "backups");
    this.#path = path;
    this.#scripts = join(folder, "backup");
    mkdirSync(this.backups, { recursive: true });
    writeFiles(this.#scripts, backupScripts(kind, target));
  }

  static async make(options: JobOptions): Promise<BackupJob> {
    mkdirSync(options.folder, { recursive: true });
    return new BackupJob(options, await imageOf(options));
  }

  /** That of Livebook's folder, `files`. */
  static async ofFiles(folder: string, base: Base, files: string): Promise<BackupJob> {
    return BackupJob.make({
      folder: join(folder, "job"),
      store: "livebook",
      kind: "files",
      base,
      programs: [await python()],
      env: { FILES_DIR: files },
    });
  }

  /** Makes a backup; the later variables win. There can be one a second, and tests are quick. */
  async take(env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    await until("the next second", 5, async () => !this.names().includes(daysAgo(0)));
    return this.script("take.sh", env);
  }

  list(): Promise<RunResult> {
    return this.script("list.sh", {});
  }

  restore(env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    return this.script("restore.sh", env);
  }

  /** Runs what the container of a Job runs, as the command `restore` makes it. */
  command(line: readonly string[], env: NodeJS.ProcessEnv): Promise<RunResult> {
    const here = line.map((text) => text.replaceAll(/\/backup(?=[/ ])/g, this.#scripts));
    return this.shell(here.slice(1), env);
  }

  /** Makes a backup that has to succeed, and gives its last line. */
  async taken(env: NodeJS.ProcessEnv = {}): Promise<Summary> {
    return summary("BACKUP", await this.take(env));
  }

  async restored(env: NodeJS.ProcessEnv = {}): Promise<Pick<Summary, "at" | "rows" | "store">> {
    return summary("RESTORED", await this.restore(env));
  }

  /** The names on the claim, those of unfinished ones too. */
  names(): readonly string[] {
    return readdirSync(this.backups).sort();
  }

  file(at: string, name: string): string {
    return join(this.backups, at, name);
  }

  /** Gives a complete backup another time, and another name with it. */
  async move(at: string, other: string): Promise<void> {
    await succeed("mv", [join(this.backups, at), join(this.backups, other)]);
  }

  /** Puts a program of ours before those of the image: lines of sh, which find the real one as `$real`. */
  shadow(program: string, lines: string): NodeJS.ProcessEnv {
    const folder = join(this.options.folder, `shadow-${String(this.#shadows++)}`);
    const real = this.options.programs.find((one) => basename(one) === program) ?? program;
    mkdirSync(folder);
    const text = `#!/bin/sh\nreal='${real}'\n${lines}\n`;
    writeFileSync(join(folder, program), text, { mode: 0o755 });
    return { PATH: [folder, this.#path].join(delimiter) };
  }

  #shadows = 0;

  private script(name: string, env: NodeJS.ProcessEnv): Promise<RunResult> {
    return this.shell([join(this.#scripts, name)], env);
  }

  private shell(line: readonly string[], env: NodeJS.ProcessEnv): Promise<RunResult> {
    const { store, base, env: own } = this.options;
    const [shell = "", ...args] = shells[base];
    const variables = { STORE: store, KEEP_DAYS: "7", BACKUPS: this.backups, HOME: "/tmp" };
    return run(shell, [...args, ...line], {
      env: { PATH: this.#path, ...variables, ...own, ...env },
      timeoutMs: 120_000,
    });
  }
}

/** The pods run /bin/sh. */
const shells: Readonly<Record<Base, readonly string[]>> = {
  alpine: [busybox, "sh"],
  debian: ["/usr/bin/dash"],
  ubi: ["/usr/bin/bash", "--posix"],
};

/** A folder with the programs that such an image has, and no others. */
async function imageOf({ folder, base, programs }: JobOptions): Promise<string> {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  // The later ones of the same name win.
  const all = [
    ...(await baseOf[base]()),
    ...programs.map((path) => [basename(path), path] as const),
  ];
  for (const [name, path] of new Map(all)) symlinkSync(path, join(bin, name));
  return bin;
}

type Link = readonly [name: string, path: string];

const baseOf: Readonly<Record<Base, () => Promise<readonly Link[]>>> = {
  alpine: async () => {
    const { stdout } = await succeed(busybox, ["--list"]);
    return stdout
      .trim()
      .split("\n")
      .map((name) => [name, busybox]);
  },
  debian: () => packaged(["coreutils", "dash"]),
  ubi: () => packaged(["coreutils", "bash"]),
};

async function packaged(names: readonly string[]): Promise<readonly Link[]> {
  const { stdout } = await succeed("dpkg", ["--listfiles", ...names]);
  return stdout
    .split("\n")
    .filter((path) => /^(\/usr)?\/bin\/[^/]+$/.test(path))
    .map((path) => [basename(path), path]);
}

/** Stands for the image with Python in it. */
export async function python(): Promise<string> {
  const { stdout } = await succeed("python3", ["-c", "import sys; print(sys.executable)"]);
  return stdout.trim();
}

function summary(word: string, { code, stdout, stderr }: RunResult): Summary {
  const [last = ""] = stdout.trim().split("\n").slice(-1);
  if (code !== 0 || !last.startsWith(`${word} {`)) {
    throw new Error(`it ended with ${String(code)}:\n${stdout}${stderr}`);
  }
  return JSON.parse(last.slice(word.length + 1)) as Summary;
}

/** The lines ROWS of a restore, by their names. */
export function rowsOf({ stdout }: Pick<RunResult, "stdout">): Record<string, [number, number]> {
  const lines = stdout.matchAll(/^ROWS (\S+) (\d+) (\d+)$/gm);
  return Object.fromEntries(
    [...lines].map(([, name = "", expected, found]) => [name, [Number(expected), Number(found)]]),
  );
}

/** The lines NAME COUNT of an archive. */
export function countsOf(text: string): Record<string, number> {
  const lines = text.matchAll(/^(\S+) (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, name = "", count]) => [name, Number(count)]));
}

export const contentOf = (path: string): string => readFileSync(path, "utf8");

/** A name as of some days ago. */
export function daysAgo(days: number): string {
  const time = new Date(Date.now() - days * 86_400_000);
  return `${time.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** A place that is full after so many bytes; only root may mount it. Gives how to end it. */
export async function smallDisk(folder: string, bytes: number): Promise<() => Promise<void>> {
  mkdirSync(folder, { recursive: true });
  await succeed("mount", ["-t", "tmpfs", "-o", `size=${String(bytes)}`, "tmpfs", folder]);
  return async () => {
    // busybox's timeout looks once a second whether what it watches has ended.
    await succeed("umount", ["--lazy", folder]);
  };
}
