import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { LockedImage } from "../../config/image-lock";
import { pulledImage } from "../../config/image-name";
import { parseImage } from "../preflight/image-name";
import { Limit } from "../preflight/limit";
import { type DigestAnswer, readDigest } from "../preflight/registry";
import { nameOf } from "./wanted";

/** How the registries are asked. */
export interface ReadOptions {
  /** For one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** A registry that has the images of all others, as `cluster.imageRegistry` names it. */
  readonly through?: string | undefined;
  /** The day that is noted, `2026-03-01`. */
  readonly today: string;
}

/** What came of asking for one image. */
export interface Reading {
  readonly image: LockedImage;
  readonly outcome:
    /** The registry gave its digest: the first one, or another one than before. */
    | { readonly kind: "read"; readonly before: string | undefined }
    /** It gave the digest that the lock has. */
    | { readonly kind: "same" }
    /** It gave none; the digest of an earlier day stays. */
    | { readonly kind: "kept"; readonly why: string }
    | { readonly kind: "tag only"; readonly why: string };
}

const atOnce = 6;

/** Asks the registries for the digests of images; what one does not tell stays as the lock had it. */
export async function readImages(
  wanted: readonly string[],
  locked: readonly LockedImage[],
  options: ReadOptions,
): Promise<readonly Reading[]> {
  const limit = new Limit(atOnce);
  return Promise.all(
    wanted.map((name) =>
      limit.run(async () => {
        const asked = parseImage(pulledImage(options.through, name));
        const answer = await readDigest(asked, undefined, options);
        const before = locked.find((it) => nameOf(it) === name);
        return readingOf(name, before, answer, options.today);
      }),
    ),
  );
}

function readingOf(
  reference: string,
  before: LockedImage | undefined,
  answer: DigestAnswer,
  today: string,
): Reading {
  const colon = reference.lastIndexOf(":");
  const named = { name: reference.slice(0, colon), tag: reference.slice(colon + 1) };
  const known = before !== undefined && "digest" in before ? before : undefined;
  if (answer.kind === "read") {
    const { digest } = answer;
    if (known?.digest === digest) return { image: known, outcome: { kind: "same" } };
    const image = { ...named, digest, read: today };
    return { image, outcome: { kind: "read", before: known?.digest } };
  }
  const { reason, why } = wordsOf(answer);
  if (known !== undefined) return { image: known, outcome: { kind: "kept", why } };
  return { image: { ...named, tagOnly: reason }, outcome: { kind: "tag only", why } };
}

/** For the lock a reason that stays the same from run to run; for the one who looks on, all of it. */
function wordsOf(answer: Exclude<DigestAnswer, { readonly kind: "read" }>): {
  readonly reason: string;
  readonly why: string;
} {
  switch (answer.kind) {
    case "absent": {
      const reason = "its registry has no such image";
      return { reason, why: reason };
    }
    case "refused": {
      const reason = "its registry gives it to nobody without credentials";
      return { reason, why: `${reason} (${answer.status})` };
    }
    case "unknown": {
      const reason = "its registry could not be asked";
      return { reason, why: `${reason}: ${answer.why}` };
    }
  }
}

/** Where the lock is in a repository. */
function lockFile(repository: string): string {
  return join(repository, "config", "images.lock.json");
}

export function writeLock(repository: string, images: readonly LockedImage[]): void {
  writeFileSync(lockFile(repository), `${JSON.stringify({ images }, undefined, 2)}\n`);
}
