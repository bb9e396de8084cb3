import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  stringify,
  type YAMLMap,
} from "yaml";

import type { Path } from "../../config/faults";

type Entry = Pair<Node, Node | null>;

/** A change of a text: what stands between two offsets becomes something else. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * A text of YAML with another value at `path`, and every other character as it was: the library would
 * write all of it anew, in a style of its own. `valueAt` gives what belongs at the first so many steps
 * of the path, because a list that the text lacks is written with all of its items.
 *
 * @throws Error where there is an alias on the way, or nothing that could hold the value
 */
export function withValue(text: string, path: Path, valueAt: (depth: number) => unknown): string {
  const { from, to, text: between } = editOf(text, path, valueAt);
  return `${text.slice(0, from)}${between}${text.slice(to)}`;
}

function editOf(text: string, path: Path, valueAt: (depth: number) => unknown): Edit {
  const lines = new LineCounter();
  let node = parseDocument(text, { lineCounter: lines }).contents as Node | null | undefined;
  for (const [index, step] of path.entries()) {
    const depth = index + 1;
    if (isMap(node)) {
      const map = node as YAMLMap<Node, Node | null>;
      const entry = map.items.find(({ key }) => isScalar(key) && key.value === step);
      if (entry === undefined) {
        const [first] = map.items;
        const column = first === undefined ? 0 : lines.linePos(rangeOf(first.key)[0]).col - 1;
        return added(text, map, column, { [step]: valueBelow(path, depth, valueAt) });
      }
      if (isNothing(entry)) return filled(text, entry, valueBelow(path, depth, valueAt));
      node = entry.value;
    } else {
      node = isSeq(node) ? node.get(step, true) : undefined;
    }
    const here = path.slice(0, depth).join(".");
    if (node === undefined) throw new Error(`there is no place for ${here}`);
    if (isAlias(node)) throw new Error(`${here} is an alias`);
  }
  if (!isScalar(node)) throw new Error(`${path.join(".")} is no text`);
  return replaced(node, path, valueAt(path.length));
}

/** What belongs at a step that the text lacks: the value itself, or the first list on the way to it. */
function valueBelow(path: Path, depth: number, valueAt: (depth: number) => unknown): unknown {
  const list = path.findIndex((step, index) => index >= depth && typeof step === "number");
  const end = list === -1 ? path.length : list;
  return path
    .slice(depth, end)
    .reduceRight<unknown>((value, step) => ({ [step]: value }), valueAt(end));
}

/** A further entry of a map, behind its last one. */
function added(text: string, map: YAMLMap, column: number, entry: object): Edit {
  const last = map.items.at(-1) as Entry | undefined;
  if (last === undefined) {
    const from = rangeOf(map)[0];
    return { from, to: rangeOf(map)[1], text: flow(entry) };
  }
  const end = endOf(last.value ?? last.key);
  if (map.flow === true) {
    return { from: end, to: end, text: `, ${flow(entry).slice(1, -1).trim()}` };
  }
  const indent = " ".repeat(column);
  const block = stringify(entry, { lineWidth: 0 }).replace(/^(?=.)/gm, indent);
  const line = text[end - 1] === "\n" ? end - 1 : text.indexOf("\n", end);
  if (line === -1) return { from: text.length, to: text.length, text: `\n${block}` };
  return { from: line + 1, to: line + 1, text: block };
}

/** Whether there is a key and no value. */
function isNothing({ value }: Entry): boolean {
  return value === null || (isScalar(value) && value.value === null);
}

/** The value of a key that has none. */
function filled(text: string, { key, value }: Entry, wanted: unknown): Edit {
  const [from, to] = value === null ? [0, 0] : rangeOf(value);
  if (to > from) return { from, to, text: flow(wanted) };
  const colon = text.indexOf(":", rangeOf(key)[1]) + 1;
  return { from: colon, to: colon, text: ` ${flow(wanted)}` };
}

/** A text in the quotes that it had. */
function replaced(scalar: Scalar, path: Path, wanted: unknown): Edit {
  if (scalar.anchor !== undefined) throw new Error(`${path.join(".")} has an anchor`);
  const [from, to] = rangeOf(scalar);
  if (scalar.type === "PLAIN") return { from, to, text: flow(wanted) };
  if (scalar.type === "QUOTE_DOUBLE") return { from, to, text: JSON.stringify(wanted) };
  if (scalar.type === "QUOTE_SINGLE") {
    return { from, to, text: `'${String(wanted).replaceAll("'", "''")}'` };
  }
  throw new Error(`${path.join(".")} is a block of text`);
}

/** On one line, as it may stand between brackets. */
function flow(value: unknown): string {
  return stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();
}

/** Where the last thing in a node ends, before comments and empty lines behind it. */
function endOf(node: Node): number {
  if (isCollection(node) && node.flow !== true) {
    const last = node.items.at(-1) as Entry | Node | undefined;
    if (last !== undefined) return endOf("key" in last ? (last.value ?? last.key) : last);
  }
  return rangeOf(node)[1];
}

function rangeOf({ range }: Node): readonly [number, number] {
  if (!range) throw new Error("a node of a text that was parsed has no place in it");
  return [range[0], range[1]];
}
