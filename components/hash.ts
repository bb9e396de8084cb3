import { createHash } from "node:crypto";

/** Ten hexadecimal digits of the SHA-256 of a plain value: enough to tell versions of one object apart. */
export function shortHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10);
}
