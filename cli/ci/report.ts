import { lstatSync, readFileSync } from "node:fs";

import { UserError } from "../errors";
import { markerOf } from "./sticky";

/** What GitHub takes as one comment or issue, less room for what is added below. */
const mostCharacters = 64_000;
/** No character takes more bytes in UTF-8. */
const mostBytes = mostCharacters * 4;

/**
 * The report of a stack that a fork's own code may have written: a plain file of the expected size
 * and first line, and with nothing in it that calls people or links issues; undefined where there is
 * none.
 *
 * @throws UserError that says what is wrong with it, and not what is in it
 */
export function untrustedReport(path: string, stack: string): string | undefined {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return undefined;
  const refuse = (why: string): UserError => new UserError(`The review of stack ${stack} ${why}.`);
  if (!there.isFile()) throw refuse("is not a plain file");
  if (there.size > mostBytes) throw refuse(`has ${there.size} bytes, at most ${mostBytes}`);
  const text = decoded(readFileSync(path));
  if (text === undefined) throw refuse("is not text in UTF-8");
  if (text.length > mostCharacters) {
    throw refuse(`has ${text.length} characters, expected at most ${mostCharacters}`);
  }
  if (text.split("\n", 1)[0]?.trim() !== markerOf("review", stack)) {
    throw refuse("does not begin with the line that marks it");
  }
  return quiet(text);
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** With a mark of no width behind each `@` and `#`, so that GitHub notifies nobody and links nothing. */
export function quiet(text: string): string {
  return text.replace(/[@#](?=\w)/g, "$&\u200B");
}

/** A text that GitHub takes, with its marker in the first line; cut at the end where it is too long. */
export function markedText(marker: string, text: string, footer: string): string {
  const [first = "", ...rest] = text.split("\n");
  const body = first.trim() === marker ? rest.join("\n") : text;
  const cut =
    body.length > mostCharacters
      ? `${body.slice(0, body.lastIndexOf("\n", mostCharacters))}\n\nThe rest is left out here.`
      : body.trimEnd();
  return `${marker}\n${cut}\n\n${footer}\n`;
}
