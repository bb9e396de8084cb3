import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

/**
 * Refuses to apply a stack to another cluster than its own, before the first resource exists. The
 * provider by itself would fail too, but only after passwords for the wrong place had been made.
 */
export function requireContext(expected: string): void {
  const files = kubeconfigFiles();
  const current = currentContext(files.map(textOf));
  if (current === expected) return;
  const found = current === undefined ? "no current context" : `the context ${current}`;
  throw new pulumi.RunError(
    `This stack is applied to the context ${expected} alone (platform:cluster.context), but ` +
      `${files.join(delimiter)} has ${found}. Nothing was changed. Choose it with: kubectl config use-context ${expected}`,
  );
}

/** The current context of several kubeconfig files: the first one that names any wins, as for kubectl. */
export function currentContext(files: readonly string[]): string | undefined {
  for (const text of files) {
    const config = parsed(text) as { "current-context"?: unknown } | null;
    const context = config?.["current-context"];
    if (typeof context === "string" && context !== "") return context;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    throw new pulumi.RunError(
      `The kubeconfig is not valid YAML: ${reason}. Nothing was changed. See: kubectl config view`,
    );
  }
}

function kubeconfigFiles(): string[] {
  const named = (process.env.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
  return named.length > 0 ? named : [join(homedir(), ".kube", "config")];
}

/** A file that is not there counts as empty: kubectl reads KUBECONFIG the same way. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
