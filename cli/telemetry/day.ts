/** The day as its people have it on the wall: `2026-03-01`. */
export function localDay(time: Date): string {
  const parts = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

/** The day in UTC. */
export function utcDay(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** The day after, by the calendar alone. */
export function dayAfter(day: string): string {
  return utcDay(new Date(Date.parse(day) + 86_400_000));
}

/** Whether a text is a day that the calendar has: not 2026-02-30. */
export function isDay(text: string): boolean {
  const time = Date.parse(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && utcDay(new Date(time)) === text;
}
