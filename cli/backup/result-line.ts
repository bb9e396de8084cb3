/** What a Job says of what it has written. */
export interface ResultLine {
  readonly bytes: number;
  readonly sha256: string;
  /** Whether files have changed while they were copied. */
  readonly changed: boolean;
  /** Whether the server's roles are there without their passwords. */
  readonly withoutPasswords: boolean;
}

/**
 * The line by which a Job says that it has written something, the last one of its log:
 * `backup-result CLAIM BYTES SHA256`, with a word on what it lacks. Undefined where there is none for this claim, or nothing was
 * written: whatever else the Job says of itself, that is no backup.
 */
export function resultIn(log: string, claim: string): ResultLine | undefined {
  const last = log.trimEnd().split("\n").at(-1) ?? "";
  const found =
    /^backup-result (\S+) ([1-9]\d{0,14}) ([0-9a-f]{64})( changed| no-passwords)?$/.exec(
      last.trimEnd(),
    );
  if (found?.[1] !== claim) return undefined;
  const [, , bytes, sha256 = "", word] = found;
  return {
    ...{ bytes: Number(bytes), sha256 },
    ...{ changed: word === " changed", withoutPasswords: word === " no-passwords" },
  };
}
