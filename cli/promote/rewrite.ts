import { isDeepStrictEqual } from "node:util";

import type { Options } from "prettier";
import { type Document, isScalar, isSeq, parseDocument } from "yaml";

import type { Path } from "../../config/faults";
import type { Settings } from "../../config/settings";
import { isRecord, own, valueAt } from "../../config/shape";
import { UserError } from "../errors";
import { settingsIn } from "../workspace/settings";
import type { Promotion } from "./plan";

/** The stack file that is changed. */
export interface Target {
  readonly stack: string;
  readonly text: string;
  readonly settings: Settings;
  /** How this repository formats its files. */
  readonly style: Options;
}

/**
 * The text of a stack file with other images in it, and with its comments and all else as it was.
 *
 * @throws UserError where the file then would not load, or would say anything else than before
 */
export async function withImages(
  { stack, text, settings, style }: Target,
  promotions: readonly Promotion[],
): Promise<string> {
  if (promotions.length === 0) return text;
  const wanted = promotions.reduce<unknown>(
    (root, { path, to }) => replaced(root, path, to),
    settings,
  );
  const changed = await formatted(text, rewritten(stack, text, promotions, wanted), style);
  // An anchor that is used elsewhere too, say, would carry the image there as well.
  if (isDeepStrictEqual(settingsIn(changed, stack), wanted)) return changed;
  throw cannotWrite(stack, "other settings would change too");
}

/** The text with what `wanted` has at the place of each image. */
function rewritten(
  stack: string,
  text: string,
  promotions: readonly Promotion[],
  wanted: unknown,
): string {
  const document = parseDocument(text);
  try {
    for (const { path } of promotions) place(document, path, wanted);
    return document.toString({ lineWidth: 0 });
  } catch (error) {
    // In the place of a map there is something else, or an alias has lost its anchor.
    throw cannotWrite(stack, error instanceof Error ? error.message : String(error));
  }
}

function cannotWrite(stack: string, why: string): UserError {
  return new UserError(
    `The images cannot be written into Pulumi.${stack}.yaml: ${why}.`,
    "Nothing was written. Look for anchors and aliases (& and *) in that file, and write the images by hand.",
  );
}

/** Puts the image at its place in the file, or the list around it where the file has no such list. */
function place(document: Document, path: Path, wanted: unknown): void {
  const [system, ...rest] = path;
  const inFile = ["config", `platform:${String(system)}`, ...rest];
  const list = rest.findIndex(
    (step, index) => typeof step === "number" && !isSeq(document.getIn(inFile.slice(0, index + 2))),
  );
  const depth = list === -1 ? path.length : list + 1;
  const at = inFile.slice(0, depth + 1);
  const value = valueAt(wanted, path.slice(0, depth));
  const there = document.getIn(at, true);
  // A value that is changed in place keeps its quotes and its comment.
  if (isScalar(there)) there.value = value;
  else document.setIn(at, document.createNode(value));
}

/** Formatted as it was: our YAML library has a style of its own for what stands in brackets. */
async function formatted(before: string, after: string, style: Options): Promise<string> {
  // Loaded here, because every command would wait for them at its start.
  const [{ check, format }, yaml] = await Promise.all([
    import("prettier/standalone"),
    import("prettier/plugins/yaml"),
  ]);
  const options: Options = { ...style, parser: "yaml", plugins: [yaml] };
  return (await check(before, options)) ? format(after, options) : after;
}

/** `root` with another value at `path`; the original stays as it is. */
function replaced(root: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const below = replaced(own(root, step), rest, value);
  if (Array.isArray(root)) {
    return root.map((item: unknown, index) => (index === step ? below : item));
  }
  return isRecord(root) ? { ...root, [step]: below } : root;
}
