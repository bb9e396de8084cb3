import { spawn } from "node:child_process";
import { constants } from "node:os";

/** A program that we ran for the user failed, and has said why. */
export class ChildFailure extends Error {
  constructor(
    readonly program: string,
    readonly exitCode: number,
    /** What it wrote, where that was not shown to the user as it came. */
    readonly output = "",
  ) {
    super(`${program} ended with exit code ${exitCode}.`);
    this.name = "ChildFailure";
  }
}

/** How to run a program that ends by itself when it is asked to. */
export interface ChildOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Lets it write to our own terminal; otherwise its output is kept. */
  readonly show?: boolean;
  /** What it reads from its standard input. */
  readonly input?: string;
}

/** How it ended, and what it wrote unless that was shown. */
export interface ChildResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end and passes on what asks us to end. Unlike a compiler, pulumi has to
 * finish what it began (and to write its state) before it goes, so nothing is killed here: this
 * process stays until the child has gone, and ends then with the signal's exit code.
 */
export async function runChild(
  command: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<ChildResult> {
  const output = options.show === true ? "inherit" : "pipe";
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: [options.input === undefined ? "ignore" : "pipe", output, output],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  if (options.input !== undefined) {
    // A child that ends without reading its input tells why by its exit code.
    child.stdin?.on("error", () => undefined).end(options.input);
  }

  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    received = signal;
    // Ctrl-C reaches the whole foreground process group by itself, and pulumi takes a second one as
    // the wish to stop at once.
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    child.kill("SIGINT");
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status, signal) => {
        resolve(status ?? 128 + (signal === null ? 1 : constants.signals[signal]));
      });
    });
    if (received !== undefined) throw new Interrupted(received);
    return { code, stdout, stderr };
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** We were asked to end, and what we ran has ended. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`Interrupted by ${signal}.`);
    this.name = "Interrupted";
    this.exitCode = 128 + constants.signals[signal];
  }
}
