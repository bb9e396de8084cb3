/** How the result of a comparison is shown, and how it gets into a stack file. */
import { parse } from "yaml";

import type { TableComparison } from "../../../cli/telemetry/compare/comparison";
import {
  type ComparisonRecord,
  report,
  settingBlock,
  withComparison,
} from "../../../cli/telemetry/compare/report";
import { telemetry } from "../../../config/systems/telemetry";

const setting = { from: "2026-03-01", to: "2026-03-07", passed: true, record: "records/a.json" };

const gap = (at: number) => ({ device: "meter", hour: `2026-03-01T${at}:00Z` });
const table = (missing: number): TableComparison => ({
  name: "energy",
  passed: false,
  rows: { old: 10, new: 9, passed: false },
  newest: { old: "2026-03-01T09:59:30Z", new: null, passed: false },
  gaps: { old: [], new: Array.from({ length: missing }, (_, at) => gap(at)) },
  sums: { compared: 1, differing: [{ ...gap(9), column: "power", old: 0.1 + 0.2, new: null }] },
});
const record = (missing: number, notCompared: readonly string[] = []): ComparisonRecord => ({
  stack: "prod",
  from: setting.from,
  to: setting.to,
  at: "2026-03-08T07:00:00.000Z",
  tolerances: { count: 0.01, sum: 0.01, newestMinutes: 5 },
  passed: false,
  tables: [table(missing)],
  notCompared,
});

describe("the report", () => {
  it("has a line for each check and one for each difference", () => {
    expect(report(record(1, ["energy.later"])).split("\n")).toEqual([
      "table   check             old                   new     result",
      "energy  rows              10                    9       failed",
      "energy  newest row        2026-03-01T09:59:30Z  –       failed",
      "energy  hours missing     0                     1       failed",
      "energy  sums that differ                        1 of 1  failed",
      "",
      "table   device  hour              what   old   new",
      "energy  meter   2026-03-01T0:00Z  hour   rows  none",
      "energy  meter   2026-03-01T9:00Z  power  0.3   no value",
      "",
      "Not compared, because the old database has none of it: energy.later",
    ]);
  });

  it("leaves what no screen holds to the record, and says how much", () => {
    expect(report(record(30))).toContain("and 11 more, which are in the record");
  });
});

describe("the setting", () => {
  it("is one that the settings take", () => {
    const { config } = parse(settingBlock(setting)) as {
      config: { "platform:telemetry": { comparison: unknown } };
    };
    const { comparison } = config["platform:telemetry"];
    expect(telemetry.shape.comparison.parse(comparison)).toEqual(setting);
  });

  it("has its days in quotes, because pulumi takes bare ones for points in time", () => {
    expect(settingBlock(setting)).toContain('from: "2026-03-01"\n      to: "2026-03-07"\n');
  });

  it("comes into a stack file beside what is there, comments included", () => {
    const text = [
      "# the stack",
      "config:",
      "  platform:environment: prod # for good",
      "  platform:telemetry:",
      "    # since spring",
      "    phase: parallel",
      "",
    ].join("\n");
    expect(withComparison(text, setting)).toBe(
      `${text}    comparison:\n      from: "2026-03-01"\n      to: "2026-03-07"\n` +
        "      passed: true\n      record: records/a.json\n",
    );
  });

  it("takes the place of an earlier one", () => {
    const earlier = withComparison("config:\n  platform:environment: dev\n", setting);
    const later = withComparison(earlier, { ...setting, passed: false });
    expect(later).toBe(earlier.replace("passed: true", "passed: false"));
  });

  it("is refused where the stack file has something else", () => {
    expect(() => withComparison("config: { platform:telemetry: no }", setting)).toThrow(
      "is not a map",
    );
  });
});
