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

/** A mark of no width. */
const mark = "\u200B";

/** Entities of HTML that an honest report uses; others could stand for what is made quiet here. */
const plainEntities = "amp|lt|gt|quot|nbsp";

/**
 * With a mark of no width in each `@name`, `#12` and `GH-12`, in each address, and in what could stand
 * for them, so that GitHub notifies nobody and links nothing.
 */
export function quiet(text: string): string {
  return text
    .replace(/[@#](?=\w)/g, `$&${mark}`)
    .replace(/\bGH(?=\\?-)/gi, `$&${mark}`)
    .replace(/\/(?=\\?\/)/g, `$&${mark}`)
    .replace(/\bwww(?=\\?\.)/gi, `$&${mark}`)
    .replace(new RegExp(`&(?!(?:${plainEntities});)(?=[a-z]+;)`, "gi"), `$&${mark}`);
}

/**
 * A text that GitHub takes: its marker in the first line, a note right below, since what is open at the
 * end of the text would hide all that follows it, and the text, cut where it is too long.
 */
export function markedText(marker: string, text: string, note: string): string {
  const [first = "", ...rest] = text.split("\n");
  const body = first.trim() === marker ? rest.join("\n") : text;
  const head = `${marker}\n${note}\n\n`;
  const most = mostCharacters - head.length;
  return `${head}${body.trimEnd().length > most ? cut(body, most) : body.trimEnd()}\n`;
}

/** At most so many characters, whole lines where there are any. */
function cut(text: string, most: number): string {
  const rest = "\n\nThe rest is left out here.";
  const room = most - rest.length;
  const line = text.lastIndexOf("\n", room);
  if (line > 0) return `${text.slice(0, line)}${rest}`;
  const code = text.charCodeAt(room - 1);
  // Half of a character that takes two places is none.
  const half = code >= 0xd800 && code <= 0xdbff;
  return `${text.slice(0, half ? room - 1 : room)}${rest}`;
}
