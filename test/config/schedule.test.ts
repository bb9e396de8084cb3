/** Proves how long a schedule may be silent, by which a late run is told from one that is not due. */
import { longestGapMinutes } from "../../config/schedule";

const hour = 60;
const day = 24 * hour;

it.each([
  ["every day", "0 2 * * *", day],
  ["every quarter of an hour", "*/15 * * * *", 15],
  ["every six hours", "0 */6 * * *", 6 * hour],
  ["by day alone", "0 8-18 * * *", 14 * hour],
  ["twice a day", "0 2,14 * * *", 12 * hour],
  ["on workdays", "30 1 * * 1-5", 3 * day],
  ["on workdays, by name", "30 1 * * MON-FRI", 3 * day],
  ["on Sundays, as cron's seventh day", "0 3 * * 7", 7 * day],
  ["on the first of each month", "0 0 1 * *", 31 * day],
  ["in one month, by name", "0 0 1 JAN *", 366 * day],
  ["on a date or a weekday, whichever comes", "0 0 1 * 1", 7 * day],
  ["from an hour on, by steps", "0 1/6 * * *", 6 * hour],
  ["on a leap day", "0 0 29 2 *", (4 * 365 + 1) * day],
])("%s: %s", (_words, schedule, gap) => {
  expect(longestGapMinutes(schedule)).toBe(gap);
});

it.each([
  ["a day that no month has", "0 0 31 2 *"],
  ["what is no number", "0 0 * FOO *"],
])("%s never comes: %s", (_words, schedule) => {
  expect(longestGapMinutes(schedule)).toBeUndefined();
});

it("comes to an end with a step of nothing", () => {
  expect(longestGapMinutes("*/0 2 * * *")).toBe(day);
});
