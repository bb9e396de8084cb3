import { spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { constants } from "node:os";

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A file that gets all of the output. */
  readonly log?: string;
  /** Called with each line of standard error. */
  readonly onLine?: (line: string) => void;
  readonly timeoutMs?: number;
}

/** How a program ended. */
export interface RunResult {
  /** Not zero also when it could not be started or was stopped. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** There is no such program. */
  readonly absent: boolean;
}

/**
 * Runs a program to its end. It has a process group of its own, which dies with this process: a
 * compiler that goes on after an interrupt would write where the next set-up works.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const log = options.log === undefined ? undefined : openSync(options.log, "a");
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  guard(child.pid);
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          killGroup(child.pid);
        }, options.timeoutMs);

  let stdout = "";
  let stderr = "";
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (log !== undefined) writeSync(log, text);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (log !== undefined) writeSync(log, text);
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach((line) => options.onLine?.(line));
  });

  try {
    return await new Promise<RunResult>((resolve) => {
      child.on("error", (error: NodeJS.ErrnoException) => {
        const absent = error.code === "ENOENT";
        resolve({ code: 127, stdout, stderr: stderr || error.message, absent });
      });
      child.on("close", (code) => {
        resolve({ code: code ?? 1, stdout, stderr, absent: false });
      });
    });
  } finally {
    clearTimeout(timer);
    release(child.pid);
    if (log !== undefined) closeSync(log);
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const groups = new Set<number>();

/** Makes a process group die with this process. */
export function guard(pid: number | undefined): void {
  if (pid === undefined) return;
  if (groups.size === 0) {
    for (const signal of signals) process.on(signal, onSignal);
    process.on("exit", killAll);
  }
  groups.add(pid);
}

/** Ends {@link guard}. */
export function release(pid: number | undefined): void {
  if (pid === undefined || !groups.delete(pid) || groups.size > 0) return;
  for (const signal of signals) process.off(signal, onSignal);
  process.off("exit", killAll);
}

/** Kills a process group that {@link guard} knows. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function killAll(): void {
  groups.forEach(killGroup);
}

function onSignal(signal: NodeJS.Signals): void {
  killAll();
  process.exit(128 + constants.signals[signal]);
}
