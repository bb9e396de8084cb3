/** What counts as a difference of two databases, on plain data. That PostgreSQL gives such data is shown by use. */
import {
  compareTable,
  type Hour,
  type TableData,
  type Tolerances,
} from "../../../cli/telemetry/compare/comparison";

const tolerances: Tolerances = { count: 0.01, sum: 0.01, newestMinutes: 5 };

const hour = (at: number, over: Partial<Hour> = {}): Hour => ({
  device: "meter",
  hour: `2026-03-01T0${at}:00Z`,
  newest: `2026-03-01T0${at}:59:30Z`,
  rows: 100,
  sums: [1000, -40],
  scales: [1000, 60],
  ...over,
});

const day = [hour(1), hour(2), hour(3)];

const compare = (over: Partial<TableData>, within = tolerances) =>
  compareTable(
    { name: "energy", columns: ["power", "celsius"], old: day, new: day, ...over },
    within,
  );

it("passes what is the same, in whatever order it comes", () => {
  expect(compare({ new: [...day].reverse() })).toEqual({
    name: "energy",
    passed: true,
    rows: { old: 300, new: 300, passed: true },
    newest: { old: "2026-03-01T03:59:30Z", new: "2026-03-01T03:59:30Z", passed: true },
    gaps: { old: [], new: [] },
    sums: { compared: 6, differing: [] },
  });
});

describe("the number of rows", () => {
  it.each([
    [97, true],
    [96, false],
    [103, true],
    [104, false],
  ])("of %d instead of 100 in one of three hours passes: %s", (rows, passed) => {
    expect(compare({ new: [hour(1, { rows }), hour(2), hour(3)] }).rows.passed).toBe(passed);
  });

  it("must not be none on both sides: that would show nothing", () => {
    expect(compare({ old: [], new: [] })).toMatchObject({ passed: false, rows: { passed: false } });
  });
});

describe("an hour without rows", () => {
  it("in the new database fails", () => {
    const { passed, gaps } = compare({ new: [hour(1), hour(3)] });
    expect(passed).toBe(false);
    expect(gaps).toEqual({ old: [], new: [{ device: "meter", hour: "2026-03-01T02:00Z" }] });
  });

  it("in the old one is told and does not fail by itself", () => {
    const { passed, gaps } = compare({ old: [hour(1), hour(3)] }, { ...tolerances, count: 1 });
    expect(passed).toBe(true);
    expect(gaps.old).toEqual([{ device: "meter", hour: "2026-03-01T02:00Z" }]);
  });

  it("in both is none that can be seen", () => {
    const both = [hour(1), hour(3)];
    expect(compare({ old: both, new: both }).gaps).toEqual({ old: [], new: [] });
  });

  it("is one of a device: another device does not fill it", () => {
    const other = hour(2, { device: "other" });
    expect(compare({ new: [hour(1), other, hour(3)] }).gaps).toEqual({
      old: [{ device: "other", hour: "2026-03-01T02:00Z" }],
      new: [{ device: "meter", hour: "2026-03-01T02:00Z" }],
    });
  });
});

describe("the newest row", () => {
  it.each([
    ["2026-03-01T03:54:30Z", true],
    ["2026-03-01T03:54:29Z", false],
    ["2026-03-01T03:59:59Z", true],
  ])("of %s instead of 03:59:30 passes: %s", (newest, passed) => {
    expect(compare({ new: [hour(1), hour(2), hour(3, { newest })] }).newest.passed).toBe(passed);
  });

  it("has to be there when the old database has one", () => {
    expect(compare({ new: [] }).newest).toMatchObject({ new: null, passed: false });
  });
});

describe("a sum", () => {
  const sums = (...values: Hour["sums"]) =>
    compare({ new: [hour(1), hour(2, { sums: values }), hour(3)] }).sums.differing;

  it("may differ by the tolerance", () => {
    expect(sums(1010, -40)).toEqual([]);
  });

  it("that differs by more is told with device, hour and column", () => {
    expect(sums(1020, -40)).toEqual([
      { device: "meter", hour: "2026-03-01T02:00Z", column: "power", old: 1000, new: 1020 },
    ]);
  });

  it("is measured by the absolute values, so that what cancels out is not taken for small", () => {
    expect(sums(1000, -40.5)).toEqual([]);
    expect(sums(1000, -41)).toMatchObject([{ column: "celsius" }]);
  });

  it.each([[null], ["NaN"]])("of %s is another than a number", (value) => {
    expect(sums(value, -40)).toMatchObject([{ column: "power", new: value }]);
  });

  it.each([[null], ["NaN"]])("of %s on both sides is the same", (value) => {
    const both = [hour(1, { sums: [value, 1], scales: [value, 1] })];
    expect(compare({ old: both, new: both }).sums.differing).toEqual([]);
  });

  it("shows a doubled row that the number of rows has room for", () => {
    const once = hour(2, { rows: 6, sums: [60, 6], scales: [60, 6] });
    const twice = hour(2, { rows: 7, sums: [70, 7], scales: [70, 7] });
    const many = Array.from({ length: 9 }, (_, at) => hour(at, { device: "busy" }));
    const { rows, sums: found } = compare({ old: [...many, once], new: [...many, twice] });
    expect(rows.passed).toBe(true);
    expect(found.differing).toHaveLength(2);
  });
});
