import { Option } from "commander";

import { type Digest, readDigest } from "../review/digest";
import { stopped } from "../review/guard";
import type { StackOptions } from "./stack-option";

/** What a guarded command may be given. */
export interface ReviewedOptions {
  /** A file. */
  readonly reviewed?: string;
}

/** The option that says what was reviewed. */
export function reviewedOption(): Option {
  return new Option(
    "--reviewed <file>",
    "what `review --digest` wrote: stops where the change is another one now",
  );
}

/** The digest that was given; undefined for none. */
export function reviewedDigest({
  stack,
  reviewed,
}: StackOptions & ReviewedOptions): Digest | undefined {
  return reviewed === undefined ? undefined : readDigest(reviewed, stack);
}

/** For the help of a guarded command. */
export const exitCodes = `
Exit codes:
  0  done
  1  it failed, as pulumi or the message says
  ${stopped.byPolicy}  a mandatory rule of the policy pack is not kept; nothing was changed
  ${stopped.byDigest}  the change is another one than was reviewed; nothing was changed`;
