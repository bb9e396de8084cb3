export const dayMs = 86_400_000;

/** Since when something is kept, and until when by its mark. */
interface Kept {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/**
 * Until when something is kept: as long as its mark says, or as the settings of today say, whichever is
 * later. Undefined where nobody can read the marks.
 */
export function endOf({ since, until }: Kept, keepDays: number): Date | undefined {
  const end = Math.max(Date.parse(until ?? ""), Date.parse(since ?? "") + keepDays * dayMs);
  return Number.isNaN(end) ? undefined : new Date(end);
}

/** Whether the time until which something is kept has come. One that nobody can read never comes. */
export function isDue(kept: Kept, keepDays: number, at: Date): boolean {
  const end = endOf(kept, keepDays);
  return end !== undefined && at.getTime() >= end.getTime();
}
