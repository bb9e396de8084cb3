import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse } from "yaml";

import type { KubernetesObject } from "../../../cli/docs";
import { run, type RunResult } from "../../../cli/toolchain/process";
import type { ScanException, Scanner } from "../../../policy/tools";

/** What a scanner found wrong with an object. */
export interface Finding {
  readonly check: string;
  /** `KIND/NAMESPACE/NAME`, a Job without its hash. */
  readonly object: string;
}

/** What a scanner made of a folder: which objects it judged, and what it found. */
export interface Scan {
  readonly judged: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

const golden = join(__dirname, "..", "..", "golden");

/** The folder with the rendered objects of a stack, which the golden test holds against the engine's. */
export const goldenFolder = (stack: string): string => join(golden, stack);

/** The files with objects in a folder and those below. */
export function objectFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => join(folder, file))
    .sort();
}

/** How findings and exceptions name the object in a file. */
export function objectIn(file: string): string {
  const { kind, metadata } = parse(readFileSync(file, "utf8")) as KubernetesObject;
  return objectName(kind, metadata.namespace, metadata.name);
}

export function objectName(kind: string, namespace: string | undefined, name: string): string {
  const lasting = kind === "Job" ? name.replace(/-[0-9a-f]{10}$/, "") : name;
  return `${kind}/${namespace ?? ""}/${lasting}`;
}

/**
 * Runs a scanner to its end, in a home of its own and without a way to the network: a proxy where
 * nobody listens is all that it is told.
 */
export async function runScanner(command: string, args: readonly string[]): Promise<RunResult> {
  const home = mkdtempSync(join(tmpdir(), "scanner-"));
  const nowhere = "http://127.0.0.1:9";
  try {
    return await run(command, args, {
      cwd: home,
      timeoutMs: 120_000,
      env: { PATH: process.env.PATH, HOME: home, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere },
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** What a scanner printed as JSON; a scanner that failed to scan prints none. */
export function printed(tool: Scanner, { stdout, stderr }: RunResult): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${tool} did not scan:\n${stderr || stdout}`);
  }
}

/** Whether an entry speaks of an object; `*` stands for any text within a part of its name. */
export function speaksOf(pattern: string, object: string): boolean {
  const parts = pattern.split("/").map((part) =>
    part
      .split("*")
      .map((text) => text.replace(/[.]/g, "\\."))
      .join("[^/]*"),
  );
  return new RegExp(`^${parts.join("/")}$`).test(object);
}

/** The exceptions that count in a stack. */
export function exceptionsOf(
  exceptions: readonly ScanException[],
  tool: Scanner,
  stack: string,
): ScanException[] {
  return exceptions.filter(
    (one) => one.tool === tool && (one.stacks === undefined || one.stacks.includes(stack)),
  );
}
