import { isDeepStrictEqual } from "node:util";

import type { Path } from "../../config/faults";
import type { Settings } from "../../config/settings";
import { isRecord, own, valueAt } from "../../config/shape";
import { UserError } from "../errors";
import { settingsIn } from "../workspace/settings";
import { withValue } from "./edit";
import type { Promotion } from "./plan";

/** The stack file that is changed. */
export interface Target {
  readonly stack: string;
  readonly text: string;
  readonly settings: Settings;
}

/**
 * The text of a stack file with other images in it, and with every other character as it was.
 *
 * @throws UserError where the file then would not load, or would say anything else than before
 */
export function withImages(
  { stack, text, settings }: Target,
  promotions: readonly Promotion[],
): string {
  if (promotions.length === 0) return text;
  const wanted = promotions.reduce<unknown>(
    (root, { path, to }) => replaced(root, path, to),
    settings,
  );
  const changed = rewritten(stack, text, promotions, wanted);
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
  const inFile = ([system, ...rest]: Path): Path => [
    "config",
    `platform:${String(system)}`,
    ...rest,
  ];
  try {
    return promotions.reduce(
      (now, { path }) =>
        withValue(now, inFile(path), (depth) => valueAt(wanted, path.slice(0, depth - 1))),
      text,
    );
  } catch (error) {
    // In the place of a map there is something else, or an alias.
    throw cannotWrite(stack, error instanceof Error ? error.message : String(error));
  }
}

function cannotWrite(stack: string, why: string): UserError {
  return new UserError(
    `The images cannot be written into Pulumi.${stack}.yaml: ${why}.`,
    "Nothing was written. Look for anchors and aliases (& and *) in that file, and write the images by hand.",
  );
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
