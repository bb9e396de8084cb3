import { constants } from "node:os";
import { createInterface } from "node:readline/promises";

import { UserError } from "../errors";

/** Goes on where somebody at a terminal agrees, or has agreed beforehand. */
export async function agree(agreed: boolean): Promise<void> {
  if (agreed) return;
  if (!process.stdin.isTTY) throw new UserError("Nothing is done without --yes.");
  // Not as an editor of lines, which would keep an interrupt to itself.
  const terminal = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: false,
  });
  try {
    const answer = await terminal.question("Go on? (yes/no) ");
    if (!/^y(es)?$/i.test(answer.trim())) throw new UserError("Nothing is done.");
  } finally {
    terminal.close();
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Says on an interrupt what stays as it is, and ends at once: what has been stopped remembers on the
 * cluster how it was, and a task that was begun is at work there, whether we watch it or not.
 */
export async function interruptible<T>(hint: string, work: () => Promise<T>): Promise<T> {
  const onSignal = (signal: NodeJS.Signals): void => {
    console.error(`\nInterrupted by ${signal}. ${hint}`);
    process.exit(128 + constants.signals[signal]);
  };
  // Before those that a child process waits for.
  for (const signal of signals) process.prependListener(signal, onSignal);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
