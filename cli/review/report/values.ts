import type { PropertyChange } from "../model";
import { type JsonDifference, jsonDifference } from "./documents";
import { secretMark } from "./secrecy";
import {
  code,
  counted,
  type Line,
  shortened,
  shortenedPair,
  type Span,
  some,
  visible,
} from "./spans";
import { textDifference } from "./texts";

/** One property in a report: a line, and for a text of several lines what differs in it. */
export interface PropertyLine {
  readonly line: Line;
  /** What differs inside of it, where it is a document. @default nothing is told of */
  readonly parts?: readonly Line[];
  /** Lines with `+` or `-` before them; none where there are too many to read here. */
  readonly difference: readonly string[];
}

/** Characters of a value, of a path, of a line of a text. */
const most = { value: 90, path: 160, line: 160 } as const;
/** Lines of a text, and properties of a document, that are shown; of more only the count. */
const mostLines = 8;

/** The engine's stand-in for what only the update will know. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A property as one line, `path: old → new`. Its values are safe to show already. */
export function propertyLine({ path, before, after }: PropertyChange): PropertyLine {
  const name = code(shortened(visible(path), most.path));
  if (typeof before === "string" && typeof after === "string") {
    const documents = before === after ? undefined : jsonDifference(before, after);
    if (documents !== undefined) return ofDocuments(name, documents);
    if (before !== after && (before.includes("\n") || after.includes("\n"))) {
      return ofTexts(name, before, after);
    }
  }
  return { line: [name, ": ", ...sides(path, before, after)], difference: [] };
}

const secretlyOther = ", and what differs in it is secret";

/** `old → new` */
function sides(path: string, before: unknown, after: unknown): Span[] {
  const [was, is] = [textOf(path, before), textOf(path, after)];
  if (typeof before === "string" && before === after && before !== secretMark) {
    return [short(was), secretlyOther];
  }
  if (typeof was === "object" || typeof is === "object") return [short(was), " → ", short(is)];
  if (was === is) return [short(was), secretlyOther];
  const [old, next] = shortenedPair(was, is, most.value);
  return [code(old), " → ", code(next)];
}

/** A document with few differences is told by each, one with many by where they are. */
function ofDocuments(name: Span, { values, places, properties }: JsonDifference): PropertyLine {
  if (values === 0) {
    return { line: [name, ": the same JSON document, written otherwise"], difference: [] };
  }
  const count = `: ${counted(values, "value")} of a JSON document`;
  if (properties.length === 0 || properties.length > mostLines) {
    const where = places.map((it) => shortened(visible(it), most.path));
    return { line: [name, `${count}, in `, ...some(where, 4)], difference: [] };
  }
  const parts = properties.map(({ path, before, after }) => {
    const inner = code(shortened(visible(path === "" ? "all of it" : path), most.path));
    return [inner, ": ", ...sides(path, before, after)];
  });
  return { line: [name, count], parts, difference: [] };
}

function ofTexts(name: Span, before: string, after: string): PropertyLine {
  const { added, removed, lines } = textDifference(before, after);
  const count = `: ${counted(added, "line")} added, ${removed} removed`;
  return {
    line: [name, count],
    difference:
      lines.length > mostLines ? [] : lines.map((line) => shortened(visible(line), most.line)),
  };
}

/** What is not to be shown as it stands, in words. */
interface Words {
  readonly words: string;
}

function short(text: string | Words): Span {
  return typeof text === "string" ? code(shortened(text, most.value)) : text.words;
}

function textOf(path: string, value: unknown): string | Words {
  if (value === undefined) return { words: "none" };
  if (value === secretMark) return { words: "(secret)" };
  if (value === unknown) return { words: "(known after the update)" };
  if (value === "") return { words: "(empty)" };
  if (typeof value === "string" && value.includes("\n")) {
    return { words: `a text of ${counted(value.split("\n").length, "line")}` };
  }
  const own = withoutKey(path, value);
  const text = typeof own === "string" ? own : JSON.stringify(own);
  return visible(text.replaceAll(unknown, "…"));
}

/** An entry of a list, without the field that the path has told: `env[FOO]` is the value alone. */
function withoutKey(path: string, value: unknown): unknown {
  const [, key] = /\[([^\]]+)\]$/.exec(path) ?? [];
  if (key === undefined || typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  const rest = Object.entries(value).filter(([name, text]) => name !== "name" || text !== key);
  const [only] = rest;
  return rest.length === 1 && only?.[0] === "value" ? only[1] : Object.fromEntries(rest);
}
