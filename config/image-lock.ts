import { qualified } from "./image-name";
import lock from "./images.lock.json";

/** One image of the lock: of which bytes its tag was, or why that is not known. */
export type LockedImage = {
  /** With its registry and without its tag: `docker.io/library/postgres`. */
  readonly name: string;
  readonly tag: string;
} & (
  | {
      /** As the registry gave it: of the index of all processors, where there is one. */
      readonly digest: string;
      /** The day on which it was read. */
      readonly read: string;
    }
  | {
      /** Why there is no digest. */
      readonly tagOnly: string;
    }
);

/** The images of all stacks. `npm run images -- --lock` writes the file, and nobody else. */
export const lockedImages = lock.images as readonly LockedImage[];

/**
 * An image with the digest that the lock has for its tag. One that has a digest of its own keeps it, and
 * one that the lock does not know stays as it is.
 */
export function pinned(image: string, images: readonly LockedImage[] = lockedImages): string {
  if (image.includes("@")) return image;
  const full = qualified(image);
  const found = images.find(({ name, tag }) => `${name}:${tag}` === full);
  return found !== undefined && "digest" in found ? `${image}@${found.digest}` : image;
}
