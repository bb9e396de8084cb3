/** Adds up what is declared. Does not prove what nodes have room for. */

import { amountOf, bytesText, coresText } from "../../../cli/review/amount";
import { totalsOf } from "../../../cli/review/totals";
import fc from "../../support/fast-check";
import { type Manifest, planBetween, workload } from "../../support/plans";

const Gi = 2 ** 30;

function asking(cpu: string, memory: string, limits: object = { cpu, memory }) {
  return { resources: { requests: { cpu, memory }, limits } };
}

function claim(name: string, storage: string): Manifest {
  return {
    kind: "PersistentVolumeClaim",
    name,
    spec: { resources: { requests: { storage } } },
  };
}

function sums(objects: readonly Manifest[]) {
  return totalsOf(planBetween([], objects)).at(-1)?.after;
}

describe("the sums of what is asked for", () => {
  test("count replicas, and volumes", () => {
    const web = workload("web", {
      container: asking("500m", "1Gi", { cpu: "1", memory: "2Gi" }),
      spec: { replicas: 3 },
    });
    expect(sums([web, claim("data", "10Gi"), claim("more", "5Gi")])?.most).toEqual({
      ...{ cpuRequests: 1500, cpuLimits: 3000, memoryRequests: 3 * Gi, memoryLimits: 6 * Gi },
      storage: 15 * Gi,
    });
  });

  test("have an autoscaler's minimum and maximum", () => {
    const scaler: Manifest = {
      kind: "ScaledObject",
      name: "web",
      spec: { scaleTargetRef: { name: "web" }, minReplicaCount: 0, maxReplicaCount: 4 },
    };
    const both = sums([workload("web", { container: asking("1", "1Gi") }), scaler]);
    expect([both?.least.cpuRequests, both?.most.cpuRequests]).toEqual([0, 4000]);
  });

  test("take the largest init container where that asks for more than the others together", () => {
    const first = { name: "first", ...asking("2", "1Gi") };
    const web = workload("web", {
      container: asking("1", "2Gi"),
      podSpec: { initContainers: [first] },
    });
    expect(sums([web])?.most).toMatchObject({ cpuRequests: 2000, memoryRequests: 2 * Gi });
  });

  test("have what the program only lets go of, and nothing of a patch", () => {
    const data = claim("data", "10Gi");
    const patch = { ...workload("old", { container: asking("1", "1Gi") }), patch: true };
    const plan = planBetween([{ ...data, retained: true }, claim("more", "5Gi")], [patch]);
    expect(totalsOf(plan).at(-1)?.after.most).toMatchObject({ cpuRequests: 0, storage: 10 * Gi });
  });

  test("leave out programs that end", () => {
    const job = workload("setup", { kind: "Job", container: asking("4", "8Gi") });
    expect(sums([job])?.most.cpuRequests).toBe(0);
  });

  test("are those of each system and of all, before and after", () => {
    const of = (system: string, cpu: string) =>
      workload("web", { system, namespace: system, container: asking(cpu, "1Gi") });
    const plan = planBetween(
      [of("Thunderline", "1"), of("Philotes", "1")],
      [of("Thunderline", "2"), of("Philotes", "1")],
    );
    const cpu = totalsOf(plan).map(({ system, before, after }) => [
      ...[system, before.most.cpuRequests, after.most.cpuRequests],
    ]);
    expect(cpu).toEqual([
      ["philotes", 1000, 1000],
      ["thunderline", 1000, 2000],
      ["all", 2000, 3000],
    ]);
  });

  test("of all are the sum of the systems', whatever they are", () => {
    const some = fc.array(
      fc.record({
        system: fc.constantFrom("Thunderline", "Philotes", "FaultMaven"),
        cpu: fc.integer({ min: 1, max: 9000 }).map((milli) => `${String(milli)}m`),
        replicas: fc.nat(9),
      }),
    );
    fc.assert(
      fc.property(some, (list) => {
        const objects = list.map(({ system, cpu, replicas }, i) =>
          workload(`w${String(i)}`, { system, container: asking(cpu, "1Gi"), spec: { replicas } }),
        );
        const totals = totalsOf(planBetween([], objects)).map(
          ({ after }) => after.most.cpuRequests,
        );
        const parts = totals.slice(0, -1).reduce((a, b) => a + b, 0);
        expect(totals.at(-1)).toBe(parts);
      }),
    );
  });
});

describe("a quantity", () => {
  test.each([
    ["500m", 0.5],
    ["2", 2],
    ["1.5Gi", 1.5 * Gi],
    ["1e3", 1000],
    [3, 3],
    ["lots", 0],
    [undefined, 0],
  ])("%p counts as %p", (quantity, amount) => {
    expect(amountOf(quantity)).toBe(amount);
  });

  test("is shown in cores, and in the unit that fits", () => {
    expect([coresText(2450), coresText(3000)]).toEqual(["2.45", "3"]);
    expect([bytesText(0), bytesText(512), bytesText(1.5 * Gi), bytesText(800 * Gi)]).toEqual([
      ...["0", "512", "1.5 Gi", "800 Gi"],
    ]);
  });
});
