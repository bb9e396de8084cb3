/** Proves the sums that quotas, limits and nodes are held to; a real API server's quota is in test/cluster. */

import { amount, amountText } from "../../../cli/preflight/amounts";
import { othersUse, steadyDemand } from "../../../cli/preflight/demand";
import { podAmounts, type StackObject } from "../../../cli/preflight/objects";
import { quotaFindings } from "../../../cli/preflight/quota";
import fc from "../../support/fast-check";

const gibi = 2 ** 30;

const container = (cpu: string, memory = "1Gi", more: object = {}) => ({
  ...{ name: "web", image: "acme/web:1.0" },
  resources: { requests: { cpu, memory }, limits: { cpu, memory } },
  ...more,
});

const deployment = (spec: object, name = "web"): StackObject => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: "acme" } },
  spec: {
    ...spec,
    template: {
      metadata: { labels: { "app.kubernetes.io/name": name } },
      spec: { containers: [container("500m")] },
    },
  },
});

it.each([
  ["100m", 0.1],
  ["2", 2],
  ["1e3", 1000],
  ["1.5Gi", 1.5 * gibi],
  ["128974848", 128974848],
  ["2k", 2000],
  ["500n", 5e-7],
])("the amount of %s is %d", (text, value) => {
  expect(amount(text)).toBeCloseTo(value, 10);
});

it("what is no amount is no number", () => {
  expect(amount("1Qi")).toBeNaN();
  expect(amount("much")).toBeNaN();
});

it("an amount is read back as it was written, whatever its unit", () => {
  const unit = fc.constantFrom("", "k", "M", "Ki", "Mi", "Gi");
  fc.assert(
    fc.property(fc.nat(1e6), unit, (count, suffix) => {
      expect(amount(`${count}${suffix}`)).toBe(count * amount(`1${suffix}`));
    }),
  );
});

it("amounts are told in units that people know", () => {
  expect(amountText("requests.cpu", 1.5)).toBe("1.5 cores");
  expect(amountText("requests.memory", 512 * 2 ** 20)).toBe("512 MiB");
  expect(amountText("pods", 3)).toBe("3");
});

it("a pod asks for its containers and sidecars together, or for its largest first step", () => {
  const sidecar = container("100m", "1Gi", { restartPolicy: "Always" });
  const containers = [container("200m"), container("300m")];
  expect(podAmounts({ containers, initContainers: [sidecar] })["requests.cpu"]).toBeCloseTo(0.6);
  expect(podAmounts({ containers, initContainers: [container("2")] })["requests.cpu"]).toBe(2);
});

it("a workload holds what its replicas do; where a scaler says how many, the least of them", () => {
  expect(steadyDemand([deployment({ replicas: 3 })])).toMatchObject({
    pods: 3,
    "requests.cpu": 1.5,
    "limits.memory": 3 * gibi,
  });
  const scaler: StackObject = {
    ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" },
    metadata: { name: "web", namespace: "acme" },
    spec: { scaleTargetRef: { kind: "Deployment", name: "web" }, minReplicas: 2, maxReplicas: 9 },
  };
  expect(steadyDemand([deployment({}), scaler]).pods).toBe(2);
});

it("others hold what is neither of the stack's pods nor over", () => {
  const pod = (name: string, phase = "Running") => ({
    metadata: { name, labels: { "app.kubernetes.io/name": name } },
    spec: { containers: [container("1")] },
    status: { phase },
  });
  const pods = [pod("web"), pod("other"), pod("over", "Succeeded")];
  expect(othersUse(pods, [], [deployment({})])).toMatchObject({ pods: 1, "requests.cpu": 1 });
});

describe("a quota", () => {
  const findings = (hard: Record<string, string>, spec: object = {}) =>
    quotaFindings(
      { metadata: { name: "theirs", namespace: "acme" }, spec: { hard, ...spec } },
      {
        steady: { "requests.cpu": 2, pods: 4 },
        peak: { "requests.cpu": 3, pods: 6 },
        others: { "requests.cpu": 1 },
      },
    ).map(({ status, evidence }) => `${status}: ${evidence}`);

  it("passes with room for the stack beside the others", () => {
    expect(findings({ "requests.cpu": "4", pods: "6" })).toEqual([
      expect.stringMatching(/^passed: has room/),
    ]);
  });

  it("is warned of where only an update's peak does not fit", () => {
    expect(findings({ "requests.cpu": "3" })[0]).toMatch(
      /^warning: .*3 cores with rolling updates/,
    );
  });

  it("has failed where the stack itself does not fit", () => {
    expect(findings({ cpu: "2" })[0]).toMatch(
      /^failed: cpu is 2 cores, others hold 1 cores; the stack needs 2 cores all the time: 1 cores too much/,
    );
  });

  it("is unchecked in what is not worked out, and in its scopes", () => {
    expect(findings({ "count/secrets": "1", pods: "9" })).toEqual([
      expect.stringMatching(/^unchecked/),
      expect.stringMatching(/^passed/),
    ]);
    expect(findings({ pods: "1" }, { scopes: ["BestEffort"] })[0]).toMatch(/^unchecked/);
  });
});
