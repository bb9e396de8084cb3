/** Whether the time until which something is kept has come. One that nobody can read never comes. */
export function isDue(until: string | undefined, at: Date): boolean {
  const end = Date.parse(until ?? "");
  return !Number.isNaN(end) && at.getTime() >= end;
}
