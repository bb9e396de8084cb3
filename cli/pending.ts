import { join } from "node:path";

import type { Session } from "./session";
import { pendingCreations, pulumi, stateResources, type PendingCreation } from "./workspace";

/**
 * Forgets what an earlier update was making when it was cut off, once a whole update has succeeded: what
 * the program asks for is made by then, also where it was there already, and pulumi would warn of it for
 * ever. What the program asks for no more may be on the cluster and is in no state: that is named, once.
 */
export async function settleCreations({
  context,
  stack,
}: Pick<Session, "context" | "stack">): Promise<void> {
  const pending = pendingCreations(context.workspace, stack);
  if (pending.length === 0) return;
  const made = new Set(stateResources(context.workspace, stack).map(({ urn }) => urn));
  const lost = pending.filter(({ urn, type }) => type.startsWith("kubernetes:") && !made.has(urn));
  if (lost.length > 0) console.error(wordsFor(lost));
  // An import leaves pending operations out.
  const file = join(context.tmp, "settled.json");
  for (const way of ["export", "import"]) {
    await pulumi(context, ["stack", way, "--stack", stack, "--file", file]);
  }
}

function wordsFor(lost: readonly PendingCreation[]): string {
  return [
    "An earlier update was cut off while it made what the settings ask for no more. If it is on the",
    "cluster, no update will delete it: look for it, and delete it by hand.",
    ...lost.map((it) => `  ${describe(it)}`),
  ].join("\n");
}

/** As kubectl takes it: `kubectl -n demo get Job migrate-1a2b`. */
function describe({ type, inputs }: PendingCreation): string {
  const { name = "", namespace } = inputs?.metadata ?? {};
  const where = namespace === undefined ? "" : `-n ${namespace} `;
  return `kubectl ${where}get ${type.slice(type.lastIndexOf(":") + 1)} ${name}`;
}
