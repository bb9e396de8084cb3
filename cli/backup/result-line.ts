/** What a Job says of what it has written. */
export interface ResultLine {
  readonly bytes: number;
  readonly sha256: string;
  /** Whether files have changed while they were copied. */
  readonly changed: boolean;
}

/**
 * The line by which a Job says that it has written something, the last one of its log:
 * `backup-result CLAIM BYTES SHA256`. Undefined where there is none for this claim, or nothing was
 * written: whatever else the Job says of itself, that is no backup.
 */
export function resultIn(log: string, claim: string): ResultLine | undefined {
  const last = log.trimEnd().split("\n").at(-1) ?? "";
  const found = /^backup-result (\S+) ([1-9]\d{0,14}) ([0-9a-f]{64})( changed)?$/.exec(
    last.trimEnd(),
  );
  if (found?.[1] !== claim) return undefined;
  return { bytes: Number(found[2]), sha256: found[3] ?? "", changed: found[4] !== undefined };
}
