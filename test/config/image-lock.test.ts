/** Proves which reference comes of the lock. That a registry has these bytes, only a cluster with one can show. */
import { type LockedImage, lockedImages, pinned } from "../../config/image-lock";
import { pulledImage } from "../../config/image-name";

const digest = `sha256:${"ab".repeat(32)}`;
const other = `sha256:${"cd".repeat(32)}`;
const lock: readonly LockedImage[] = [
  { name: "docker.io/library/postgres", tag: "16.10-alpine", digest, read: "2026-03-01" },
  { name: "ghcr.io/acme/app", tag: "1.4.2", tagOnly: "its registry has no such image" },
];

describe("an image whose tag has a digest in the lock", () => {
  it.each(["docker.io/library/postgres:16.10-alpine", "postgres:16.10-alpine"])(
    "is pulled by it: %s",
    (image) => {
      expect(pinned(image, lock)).toBe(`${image}@${digest}`);
    },
  );

  it("keeps the digest that a stack file gives it", () => {
    const image = `docker.io/library/postgres:16.10-alpine@${other}`;
    expect(pinned(image, lock)).toBe(image);
  });

  it("has it behind the stack's registry too", () => {
    expect(pulledImage("mirror.example.com/cache", pinned("postgres:16.10-alpine", lock))).toBe(
      `mirror.example.com/cache/docker.io/library/postgres:16.10-alpine@${digest}`,
    );
  });
});

it.each([
  ["another tag", "docker.io/library/postgres:16.4-alpine"],
  ["another image", "docker.io/acme/postgres:16.10-alpine"],
  ["an image that is in it by its tag only", "ghcr.io/acme/app:1.4.2"],
])("says nothing of %s", (_what, image) => {
  expect(pinned(image, lock)).toBe(image);
});

it("has for each image either the digest and its day, or why there is none", () => {
  const said = lockedImages.map((one) =>
    "digest" in one ? `${one.digest} read ${one.read}` : one.tagOnly,
  );
  expect(said).not.toEqual([]);
  for (const line of said) {
    expect(line).toMatch(/^(sha256:[0-9a-f]{64} read \d{4}-\d{2}-\d{2}|its registry .+)$/);
  }
});
