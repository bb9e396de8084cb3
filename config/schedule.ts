/** The names that cron knows instead of numbers; both lists begin where their field does. */
const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const dayMinutes = 24 * 60;

/** Eight years have every combination of weekday and date, the 29th of February twice. */
const days = 8 * 366;
const firstDay = Date.UTC(2024, 0, 1);

/**
 * The longest time, in minutes, between two runs of a schedule of five cron fields; undefined for one
 * that never comes, such as the 31st of February. By it others tell a late run from one that is not due.
 */
export function longestGapMinutes(schedule: string): number | undefined {
  const [minute = "", hour = "", date = "", month = "", weekday = ""] = schedule.split(" ");
  const times = values(hour, 0, 23).flatMap((h) => values(minute, 0, 59).map((m) => h * 60 + m));
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const fits = dayFits(date, month, weekday);
  let longest = Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
  let previous: number | undefined;
  for (let day = 0; day < days; day++) {
    if (!fits(new Date(firstDay + day * dayMinutes * 60_000))) continue;
    if (previous !== undefined) {
      longest = Math.max(longest, (day - previous) * dayMinutes + first - last);
    }
    previous = day;
  }
  return previous === undefined ? undefined : longest;
}

/** Where both date and weekday are restricted, cron takes a day that fits either. */
function dayFits(date: string, month: string, weekday: string): (day: Date) => boolean {
  const inMonths = new Set(values(month, 1, 12, months));
  const onDates = new Set(values(date, 1, 31));
  const onWeekdays = new Set(values(weekday, 0, 7, weekdays).map((number) => number % 7));
  const either = !date.startsWith("*") && !weekday.startsWith("*");
  return (day) => {
    const byDate = onDates.has(day.getUTCDate());
    const byWeekday = onWeekdays.has(day.getUTCDay());
    return (
      inMonths.has(day.getUTCMonth() + 1) && (either ? byDate || byWeekday : byDate && byWeekday)
    );
  };
}

/** The numbers that a field stands for, in order. */
function values(
  field: string,
  lowest: number,
  highest: number,
  names: readonly string[] = [],
): number[] {
  const numberOf = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    return named < 0 ? Number(text) : named + lowest;
  };
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step] = part.split("/");
    const [from = "", to] = range.split("-");
    const start = from === "*" ? lowest : numberOf(from);
    const end =
      to !== undefined ? numberOf(to) : from === "*" || step !== undefined ? highest : start;
    const stride = Number(step ?? 1) || highest + 1;
    for (let value = start; value <= Math.min(end, highest); value += stride) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}
