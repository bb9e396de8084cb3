import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ensurePassphrase, placeholderSecret } from "./passphrase";
import { pulumi, type PulumiContext } from "./pulumi";
import { missingEncrypted } from "./settings";
import { deriveStackFile, encryptedValues, encryptionSalt, type Override } from "./stack-file";
import { projectName, readStackFile } from "./stacks";
import { hasState, stateSalt } from "./state";

/** A stack that pulumi can be run on. */
export interface PreparedStack {
  readonly stack: string;
  /** The derived stack file. */
  readonly configFile: string;
  /** The encrypted settings that have a placeholder in it. */
  readonly placeholders: readonly string[];
}

/**
 * Makes sure that the workspace's backend has the stack, and derives its stack file. The committed
 * files are only read: what writes to a stack file runs in a folder of its own.
 */
export async function prepareStack(
  context: PulumiContext,
  stack: string,
  overrides: readonly Override[] = [],
  placeholder: () => string = placeholderSecret,
): Promise<PreparedStack> {
  const { workspace } = context;
  ensurePassphrase(workspace);
  const committed = readStackFile(workspace, stack);
  const configFile = join(workspace.stacks, `Pulumi.${stack}.yaml`);
  const previous =
    hasState(workspace, stack) && existsSync(configFile) ? readFileSync(configFile, "utf8") : "";

  const known = stateSalt(workspace, stack) ?? encryptionSalt(previous);
  const usable =
    known === encryptionSalt(previous) ? encryptedValues(previous) : new Map<string, string>();
  const lacking = missingEncrypted(committed, overrides);
  const wanted = [...encryptedValues(committed).keys(), ...lacking];
  const missing = wanted.filter((id) => !usable.has(id));
  const made =
    known !== undefined && missing.length === 0
      ? { salt: known, values: [] }
      : await encrypt(context, stack, known, missing.map(placeholder));
  missing.forEach((id, i) => usable.set(id, made.values[i] ?? ""));

  const derived = deriveStackFile(committed, {
    salt: made.salt,
    placeholders: usable,
    standIns: new Map(lacking.map((key) => [key, usable.get(key) ?? ""])),
    overrides,
  });
  if (derived !== previous) {
    const aside = `${configFile}.new`;
    writeFileSync(aside, derived, { mode: 0o600 });
    renameSync(aside, configFile);
  }
  return { stack, configFile, placeholders: wanted };
}

/** The arguments by which an operation of pulumi finds the stack and its settings. */
export function operationArguments({ stack, configFile }: PreparedStack): string[] {
  return ["--stack", stack, "--config-file", configFile];
}

/**
 * Encrypts values under the workspace's passphrase, and makes the stack if there is none. Pulumi
 * writes the salt into the stack file of the project that it runs in: here that is a copy.
 */
async function encrypt(
  context: PulumiContext,
  stack: string,
  salt: string | undefined,
  values: readonly string[],
): Promise<{ salt: string | undefined; values: string[] }> {
  const scratch = mkdtempSync(join(context.tmp, "stack-"));
  const project = { name: projectName(context.workspace), runtime: "nodejs" };
  writeFileSync(join(scratch, "Pulumi.yaml"), JSON.stringify(project));
  const file = join(scratch, `Pulumi.${stack}.yaml`);
  if (salt !== undefined) writeFileSync(file, JSON.stringify({ encryptionsalt: salt }));

  if (!hasState(context.workspace, stack)) {
    await pulumi(context, ["stack", "init", stack, "--no-select"], { cwd: scratch });
  }
  const encrypted: string[] = [];
  // Without a value to encrypt, an unknown salt would stay unknown when the stack itself is there.
  const inputs = values.length === 0 && !existsSync(file) ? [placeholderSecret()] : values;
  for (const input of inputs) {
    // Standard input, because arguments can be seen by every user of the machine.
    await pulumi(context, ["config", "set", "placeholder", "--secret", "--stack", stack], {
      cwd: scratch,
      input,
    });
    const key = `${project.name}:placeholder`;
    encrypted.push(encryptedValues(readFileSync(file, "utf8")).get(key) ?? "");
  }
  return { salt: encryptionSalt(readFileSync(file, "utf8")), values: encrypted };
}
