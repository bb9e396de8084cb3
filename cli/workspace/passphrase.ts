import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors";
import type { Workspace } from "./workspace";

/** Makes the passphrase that encrypts secrets in the workspace's state, unless there is one. */
export function ensurePassphrase(workspace: Workspace): void {
  const { passphrase, state } = workspace;
  if (existsSync(passphrase)) return;
  const projects = join(state, ".pulumi", "stacks");
  if (existsSync(projects) && readdirSync(projects).length > 0) {
    throw new UserError(
      `${passphrase} is missing, and the secrets in ${state} cannot be read without it.`,
      `Put the file back, or start anew: remove ${workspace.base} (what is on the embedded ` +
        `clusters is simulated and goes with it).`,
    );
  }
  const aside = `${passphrase}.${process.pid}`;
  writeFileSync(aside, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  try {
    // Whole or not at all, and never in place of one that another process made meanwhile.
    linkSync(aside, passphrase);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(aside);
  }
}

/** A value that no one knows, fit wherever a password is asked for. */
export function placeholderSecret(): string {
  // Letters and digits alone go unquoted into URLs; `Aa0` satisfies rules on kinds of characters.
  const text = randomBytes(48)
    .toString("base64")
    .replace(/[^A-Za-z0-9]/g, "");
  return `Aa0${text.slice(0, 29)}`;
}
