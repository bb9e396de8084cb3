/** Days as settings and options write them. */
import { dayAfter, isDay, localDay, utcDay } from "../../../cli/telemetry/day";

it.each(["2026-02-28", "2024-02-29"])("takes %s for a day", (text) => {
  expect(isDay(text)).toBe(true);
});

it.each(["2026-02-29", "2026-13-01", "2026-3-1", "tomorrow", "2026-03-01T00:00:00Z", ""])(
  "refuses %j as a day",
  (text) => {
    expect(isDay(text)).toBe(false);
  },
);

it.each([
  ["2026-02-28", "2026-03-01"],
  ["2026-12-31", "2027-01-01"],
])("knows that after %s comes %s", (day, next) => {
  expect(dayAfter(day)).toBe(next);
});

it("has the day of the place, and that of UTC", () => {
  expect(localDay(new Date(2026, 2, 1, 23, 59))).toBe("2026-03-01");
  expect(utcDay(new Date("2026-03-01T23:59:59Z"))).toBe("2026-03-01");
});
