import { type LockedImage, lockedImages } from "../../config/image-lock";
import { qualified } from "../../config/image-name";
import { image } from "../../config/scalars";
import { type Settings, settingsSchema } from "../../config/settings";
import { identity, walk } from "../../config/shape";
import { usualCopyImage } from "../backup";

/**
 * The images that the lock has to have, by their full names: those of the settings, also of parts that
 * are off, and those that commands bring along. An image that a stack file itself gives a digest needs
 * no lock.
 */
export function wantedImages(all: readonly Settings[]): readonly string[] {
  const found = new Set([usualCopyImage, ...all.flatMap(imagesIn)].flatMap(lockable));
  return [...found].sort();
}

function imagesIn(settings: Settings): readonly string[] {
  const images: string[] = [];
  walk(settingsSchema, settings, (schema, value) => {
    if (identity(schema) === identity(image) && typeof value === "string") images.push(value);
  });
  return images;
}

/** The name and tag of an image whose digest, if it has one, is the lock's. */
function lockable(reference: string): readonly string[] {
  const [named = "", digest] = reference.split("@");
  const name = qualified(named);
  const entry = lockedImages.find((it) => nameOf(it) === name);
  const own = digest !== undefined && !(entry !== undefined && "digest" in entry);
  return own ? [] : [name];
}

/** `docker.io/library/postgres:16.10-alpine` of an entry of the lock. */
export function nameOf({ name, tag }: LockedImage): string {
  return `${name}:${tag}`;
}
