import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { guard, killGroup, release, run, type RunResult } from "../../../cli/toolchain/process";

export interface DaemonOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly log: string;
  /** Another user to run as, for servers that refuse to be root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** A server of a test, in a process group of its own that dies with the test. */
export class Daemon {
  readonly #child: ChildProcess;
  readonly ended: Promise<void>;
  readonly #options: DaemonOptions;
  #running = true;

  constructor(options: DaemonOptions) {
    this.#options = options;
    const log = openSync(options.log, "a");
    this.#child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", log, log],
      detached: true,
      ...options.user,
    });
    closeSync(log);
    guard(this.#child.pid);
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#running = false;
        release(this.#child.pid);
        resolve();
      };
      this.#child.on("exit", end).on("error", end);
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** Asks it to end, or kills it, and waits until it has. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.#child.kill(signal);
    await this.ended;
  }

  /** Kills it with all that it started, for a server that leaves its workers when it ends. */
  async stopGroup(): Promise<void> {
    killGroup(this.#child.pid);
    await this.ended;
  }

  /** Waits until the server answers; a server that ended instead fails with what it wrote. */
  async until(check: () => Promise<boolean>, seconds = 60): Promise<void> {
    await until(`${this.#options.name} to answer`, seconds, async () => {
      if (!this.#running) throw new Error(`${this.#options.name} ended:\n${this.#tail()}`);
      return check();
    });
  }

  #tail(): string {
    return readFileSync(this.#options.log, "utf8").slice(-3000);
  }
}

/** Waits until something is true, and says what it waited for in vain. */
export async function until(
  what: string,
  seconds: number,
  check: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await sleep(100);
  }
}

/** Runs a program to its end; one that fails throws with what it wrote. */
export async function succeed(
  command: string,
  args: readonly string[],
  options: Parameters<typeof run>[2] = {},
): Promise<RunResult> {
  const result = await run(command, args, { timeoutMs: 120_000, ...options });
  if (result.code !== 0) {
    throw new Error(`${command} ended with ${result.code}:\n${result.stdout}${result.stderr}`);
  }
  return result;
}

/** Says in one sentence which package of Debian's is missing. */
export async function requireProgram(program: string, debianPackage: string): Promise<void> {
  if ((await run(program, ["--version"], { timeoutMs: 10_000, env: process.env })).absent) {
    throw new Error(`no ${program}: apt-get install ${debianPackage}`);
  }
}

/** A port of the loopback address that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no port"));
        else resolve(address.port);
      });
    });
  });
}
