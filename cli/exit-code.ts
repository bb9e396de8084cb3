import { CommanderError } from "commander";

import { UserError } from "./errors";
import { ChildFailure, Interrupted } from "./process";

/** By convention (sysexits.h) a fault of the program itself. */
const internalFault = 70;

/** What a shell adds to the number of the signal that ended a program, and the highest such number. */
const signals = { from: 128, most: 64 } as const;

/**
 * The exit code that tells of a fault. Codes above 1 mean something of our own, which differs from
 * command to command; pulumi and others have meanings of their own for the same numbers. So a program
 * that we ran has failed with 1, unless a signal has ended it.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ChildFailure) {
    const signal = error.exitCode - signals.from;
    return signal > 0 && signal <= signals.most ? error.exitCode : 1;
  }
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof Interrupted) return error.exitCode;
  return error instanceof UserError ? error.exitCode : internalFault;
}
