import { readFileSync } from "node:fs";

import { UserError } from "../errors";

/** Where it is, where no file is named. */
export const passphraseVariable = "PLATFORM_BACKUP_PASSPHRASE";

/** Whoever has the file may guess as long as they like. */
const shortest = 12;

/** The passphrase, without the line break at the end of its file; undefined where there is none. */
export function readPassphrase(
  file: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  if (file === undefined) return env[passphraseVariable] || undefined;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`The passphrase cannot be read: ${why}`);
  }
  const passphrase = text.replace(/\r?\n$/, "");
  if (passphrase === "") throw new UserError(`${file} is empty.`);
  return passphrase;
}

/** @throws UserError where there is none, or one that is quickly guessed */
export function requirePassphrase(passphrase: string | undefined): string {
  const hint = `Give --passphrase-file FILE, or set ${passphraseVariable}: \`openssl rand -base64 24\` makes one. Keep it elsewhere than the archive; without it nobody can open that.`;
  if (passphrase === undefined) throw new UserError("There is no passphrase.", hint);
  if (passphrase.length < shortest) {
    throw new UserError(`The passphrase has fewer than ${String(shortest)} letters.`, hint);
  }
  return passphrase;
}
