/** Which phases of the telemetry stack are refused, on plain data. That kubectl and the state give it is shown by use. */
import type { LiveObject } from "../../../cli/telemetry/live";
import { preflight, type PreflightInput } from "../../../cli/telemetry/preflight";

const deployment = (
  name: string,
  replicas: number,
  metadata: Partial<LiveObject["metadata"]> = {},
): LiveObject => ({ kind: "Deployment", metadata: { name, ...metadata }, spec: { replicas } });

const legacy = { namespace: "old", deployments: [{ name: "bridge", replicas: 2 }] };
const parallel: PreflightInput = {
  settings: { enabled: true, phase: "parallel", parallelSince: "2026-03-01", legacy },
  today: "2026-03-10",
  applied: { phase: undefined, patched: [] },
  live: [deployment("bridge", 2)],
};
const cutover: PreflightInput = {
  ...parallel,
  settings: { ...parallel.settings, phase: "cutover", cutoverOn: "2026-03-10" },
  applied: { phase: "parallel", patched: [] },
};
const back: PreflightInput = {
  ...cutover,
  settings: { ...cutover.settings, phase: "parallel" },
  applied: { phase: "cutover", patched: ["old/bridge"] },
  live: [deployment("bridge", 0)],
};

const nothing = { refusals: [], notices: [] };

it.each([
  ["the first update, in phase parallel", parallel],
  ["a cut-over after it, on the day itself", cutover],
  ["an update after the cut-over", { ...cutover, ...pick(back) }],
  ["the way back", back],
  ["a preview without a cluster", { ...cutover, live: undefined }],
  ["a cut-over where there is nothing old", without(cutover)],
  ["all of it when telemetry is off", off({ ...cutover, today: "2000-01-01", live: [] })],
])("lets through %s", (_, input) => {
  expect(preflight(input)).toEqual(nothing);
});

describe("a day to come is refused", () => {
  it.each(["parallelSince", "cutoverOn"] as const)("in %s, with both days", (key) => {
    const settings = { ...cutover.settings, [key]: "2026-03-11" };
    const [first = "", ...others] = preflight({ ...cutover, settings }).refusals;
    expect(others).toEqual([]);
    expect(first).toMatch(
      new RegExp(`telemetry\\.${key} is 2026-03-11.*2026-03-10.*phase is cutover`),
    );
  });

  it("also as a plan in phase parallel, because an update would set the old replicas", () => {
    const settings = { ...parallel.settings, cutoverOn: "2026-04-01" };
    expect(preflight({ ...parallel, settings }).refusals).toEqual([
      expect.stringContaining("an update sets the replicas of the old stack"),
    ]);
  });
});

it("refuses a cut-over of a stack that never was parallel", () => {
  const applied = { phase: undefined, patched: [] };
  expect(preflight({ ...cutover, applied }).refusals).toEqual([
    expect.stringContaining("never applied with phase parallel"),
  ]);
});

describe("the old Deployments", () => {
  it("have to be there", () => {
    expect(preflight({ ...cutover, live: [] }).refusals).toEqual([
      expect.stringContaining("Deployment old/bridge is not there"),
    ]);
  });

  it("have to have the number of replicas that is listed", () => {
    expect(preflight({ ...cutover, live: [deployment("bridge", 3)] }).refusals).toEqual([
      expect.stringMatching(/has 2 replicas in .*legacy\.deployments and 3 on the cluster/),
    ]);
  });

  it("may have another number once the program has set it", () => {
    const applied = { phase: "parallel", patched: ["old/bridge"] } as const;
    expect(preflight({ ...cutover, applied, live: [deployment("bridge", 3)] })).toEqual(nothing);
  });

  it("must not belong to a GitOps controller, which is named with what to do", () => {
    const labels = { "kustomize.toolkit.fluxcd.io/name": "apps" };
    const live = [deployment("bridge", 2, { labels })];
    expect(preflight({ ...cutover, live }).refusals).toEqual([
      expect.stringMatching(/the Flux kustomization "flux-system\/apps".*flux suspend/),
    ]);
  });

  it("may belong to one on the way back, which wants the same", () => {
    const labels = { "kustomize.toolkit.fluxcd.io/name": "apps" };
    expect(preflight({ ...back, live: [deployment("bridge", 0, { labels })] })).toEqual(nothing);
  });

  it("are only remarked on before a cut-over is asked for", () => {
    expect(preflight({ ...parallel, live: [] })).toEqual({
      refusals: [],
      notices: [expect.stringContaining("is not there")],
    });
  });
});

it("says all at once", () => {
  const input = { ...cutover, today: "2026-02-01", live: [], applied: parallel.applied };
  expect(preflight(input).refusals).toHaveLength(4);
});

function pick({ applied, live }: PreflightInput): Pick<PreflightInput, "applied" | "live"> {
  return { applied, live };
}

function without(input: PreflightInput): PreflightInput {
  const { legacy: none, ...settings } = input.settings;
  return none === undefined ? input : { ...input, settings, applied: parallel.applied };
}

function off(input: PreflightInput): PreflightInput {
  return { ...input, settings: { ...input.settings, enabled: false } };
}
