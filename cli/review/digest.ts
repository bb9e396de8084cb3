import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { z } from "zod";

import { UserError } from "../errors";
import { type Change, risks } from "./model";
import { kindOf, logicalName } from "./system";

/**
 * What was reviewed, so that it can be known again: operations, risks and their reasons, and no
 * values. A Job has its logical name here, because its own ends with a hash of its content.
 */
export interface Digest {
  readonly stack: string;
  /** SHA-256 of the changes, in hexadecimal. */
  readonly digest: string;
  /** Worst first; see {@link lineOf}. */
  readonly changes: readonly string[];
  /** The commit that was reviewed. @default not said */
  readonly revision?: string;
}

const schema = z.strictObject({
  stack: z.string(),
  digest: z.string(),
  changes: z.array(z.string()),
  revision: z.string().optional(),
});

/** The digest of what a plan changes; the same whatever order the engine told it in. */
export function digestOf(stack: string, changes: readonly Change[], revision?: string): Digest {
  const lines = risks.flatMap((risk) =>
    changes
      .filter((change) => change.risk === risk)
      .map(lineOf)
      .sort(),
  );
  const digest = hash(stack, lines);
  return { stack, digest, changes: lines, ...(revision === undefined ? {} : { revision }) };
}

const separator = "; ";

/**
 * `restart update Deployment web; in platform:systems:A; restart: its pods are made anew`. Where it
 * is tells two apart that have one name in two systems.
 */
function lineOf({ risk, operation, resource, reasons }: Change): string {
  const [, , types = ""] = resource.urn.split("::");
  return [
    [risk, operation, kindOf(resource), logicalName(resource)].join(" "),
    `in ${types}`,
    ...reasons.map((reason) => `${reason.risk}: ${reason.text}`).sort(),
  ].join(separator);
}

/** Writes a digest, for {@link readDigest}. */
export function writeDigest(file: string, digest: Digest): void {
  writeFileSync(file, `${JSON.stringify(digest, undefined, 2)}\n`);
}

/**
 * Reads a digest.
 *
 * @throws UserError for a file that is none, that is of another stack, or that was changed by hand
 */
export function readDigest(file: string, stack: string): Digest {
  const { revision, ...rest } = parsed(file);
  if (rest.stack !== stack) {
    throw new UserError(`${file} is the digest of stack ${rest.stack}, expected stack ${stack}.`);
  }
  if (hash(rest.stack, rest.changes) !== rest.digest) {
    throw new UserError(
      `${file} was changed after it was written: its digest is not that of its changes.`,
      "Review the change again, and write the digest anew.",
    );
  }
  return { ...rest, ...(revision === undefined ? {} : { revision }) };
}

/** What two digests differ in, side by side; undefined where they are the same. */
export function sideBySide(reviewed: Digest, now: Digest): string | undefined {
  if (reviewed.digest === now.digest) return undefined;
  const left = without(reviewed.changes, now.changes);
  const right = without(now.changes, reviewed.changes);
  const rows = [
    ["reviewed", "now"] as const,
    ...left.flatMap(cellsOf),
    ...right.flatMap(cellsOf).map(([cell, beside]) => [beside, cell] as const),
  ];
  const width = Math.max(...rows.map(([cell]) => cell.length));
  const same = reviewed.changes.length - left.length;
  return [
    ...rows.map(([was, is]) => `  ${was.padEnd(width)}  |  ${is}`.trimEnd()),
    `  ${same} ${same === 1 ? "change is" : "changes are"} the same.`,
  ].join("\n");
}

/** A line in its parts, each with what stands beside it. */
function cellsOf(line: string): readonly (readonly [cell: string, beside: string])[] {
  return line
    .split(separator)
    .map((part, i) => (i === 0 ? ([part, "–"] as const) : ([`  ${part}`, ""] as const)));
}

/** The lines that are not in the others, each counted as often as it occurs. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function parsed(file: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new UserError(
      `The reviewed digest ${file} cannot be read: ${why}`,
      "Write one: npm run review -- --stack STACK --digest FILE",
    );
  }
}

function hash(stack: string, lines: readonly string[]): string {
  return createHash("sha256")
    .update([stack, ...lines].join("\n"))
    .digest("hex");
}
