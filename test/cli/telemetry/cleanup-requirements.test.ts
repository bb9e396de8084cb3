/** What has to hold before the old stack may be removed. That the facts are read as they are is shown by use. */
import { type Requirements, unmet } from "../../../cli/telemetry/cleanup/requirements";
import { settingsOf } from "../../support/settings";

const telemetry = {
  phase: "cutover",
  parallelSince: "2026-03-01",
  cutoverOn: "2026-03-10",
  comparison: { from: "2026-03-01", to: "2026-03-09", passed: true, record: "records/a.json" },
  legacy: { namespace: "old", deployments: [{ name: "bridge", replicas: 1 }] },
};
const backup = { verified: true, at: "2026-03-11T07:00:00Z", stack: "prod" };

const check = (over: Partial<Requirements> = {}, settings: object = {}): readonly string[] =>
  unmet({
    stack: "prod",
    settings: settingsOf("prod", { telemetry: { ...telemetry, ...settings } }),
    applied: "cutover",
    backup,
    now: new Date("2026-03-12T07:00:00Z"),
    ...over,
  });

it("asks for nothing more after a cut-over that was compared and backed up", () => {
  expect(check()).toEqual([]);
});

it.each([
  ["the cut-over is not applied", { applied: "parallel" }, {}, "is parallel, expected cutover"],
  ["nothing is applied", { applied: undefined }, {}, "is none, expected cutover"],
  ["the settings want to go back", {}, { phase: "parallel" }, "phase is parallel"],
  [
    "the comparison is waived",
    {},
    { comparison: undefined, overrides: { comparison: "there is no old database" } },
    "is not one that passed",
  ],
  [
    "the comparison did not pass",
    {},
    {
      comparison: { ...telemetry.comparison, passed: false },
      overrides: { comparison: "the meter was off" },
    },
    "is not one that passed",
  ],
  ["nothing old is listed", {}, { legacy: undefined }, "legacy is not set"],
] as const)("refuses when %s", (_, over, settings, expected) => {
  expect(check(over, settings)).toEqual([expect.stringContaining(expected)]);
});

it.each(["thunderline", "faultmaven", "philotes"])(
  "refuses the namespace of the program's own %s",
  (namespace) => {
    expect(check({}, { legacy: { ...telemetry.legacy, namespace } })).toEqual([
      expect.stringContaining(`Namespace ${namespace} belongs to this program`),
    ]);
  },
);

it.each(["default", "kube-system"])("refuses the cluster's own namespace %s", (namespace) => {
  expect(check({}, { legacy: { ...telemetry.legacy, namespace } })).toEqual([
    expect.stringContaining("objects of the cluster itself"),
  ]);
});

describe("a backup record", () => {
  it.each([
    ["another stack", { ...backup, stack: "staging" }, 'of stack "staging"'],
    ["no verification", { ...backup, verified: "true" }, '"verified": true'],
    ["no time", { verified: true, stack: "prod" }, "is of none"],
    ["a day without a time", { ...backup, at: "2026-03-11" }, '"at" with a time'],
    ["more than seven days ago", { ...backup, at: "2026-03-05T06:59:59Z" }, "last 7 days"],
    ["a time to come", { ...backup, at: "2026-03-12T07:00:01Z" }, "last 7 days"],
  ])("of %s is refused", (_, record, expected) => {
    expect(check({ backup: record })).toEqual([expect.stringContaining(expected)]);
  });

  it.each([null, [], "yes", 7])("is not %j, which lacks all three", (record) => {
    expect(check({ backup: record })).toHaveLength(3);
  });

  it("of seven days ago to the second is taken", () => {
    expect(check({ backup: { ...backup, at: "2026-03-05T07:00:00Z" } })).toEqual([]);
  });
});
