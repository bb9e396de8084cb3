/**
 * Proves what a comparison of two revisions says of the old telemetry stack, by their settings, and what a
 * reviewer reads of it. That an update does so, is in test/cluster/telemetry-phases.
 */
import type { Plan } from "../../../cli/plan";
import { legacyPatches } from "../../../cli/plan/legacy";
import { reportText, reviewOf } from "../../../cli/review/report";

const legacy = { namespace: "mqtt-input", deployments: [{ name: "bridge", replicas: 2 }] };
const parallel = { phase: "parallel", legacy };
const cutover = { phase: "cutover", cutoverOn: "2026-11-20", legacy };
const back = { ...parallel, cutoverOn: "2026-11-20" };

const told = (before: unknown, after: unknown): string[] =>
  legacyPatches("prod", before, after).map(({ operation, after: is }) => {
    const { replicas } = (is?.inputs.spec ?? {}) as { replicas?: number };
    return `${operation} ${String(replicas)}`;
  });

it("a cut-over takes the old Deployments to none, and going back to what the settings list", () => {
  expect(told(parallel, cutover)).toEqual(["create 0"]);
  expect(told(cutover, back)).toEqual(["update 2"]);
  expect(told(back, cutover)).toEqual(["update 0"]);
  expect(told(cutover, cutover)).toEqual(["same 0"]);
});

it("nothing of them is touched while both stacks run for the first time, or telemetry is off", () => {
  expect(told(parallel, parallel)).toEqual([]);
  expect(told(undefined, { ...cutover, enabled: false })).toEqual([]);
  expect(told(undefined, undefined)).toEqual([]);
});

describe("a reviewer", () => {
  function report(before: unknown, after: unknown): string {
    const resources = legacyPatches("prod", before, after);
    const plan: Plan = { stack: "prod", resources, violations: [], errors: [], warnings: [] };
    return reportText(reviewOf(plan, { kind: "revisions", base: "main", head: "it" }), "text");
  }

  it("reads that their pods stop", () => {
    expect(report(parallel, cutover)).toContain(
      "Deployment mqtt-input/bridge is set to 0 replicas, so that its pods stop",
    );
  });

  it("reads that they stay as they are once the settings no longer name them", () => {
    expect(report(cutover, { ...cutover, legacy: undefined })).toContain(
      "lets go of fields of Deployment mqtt-input/bridge, which stay as they are",
    );
  });
});
