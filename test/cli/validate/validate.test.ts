/**
 * Proves how checks are chosen, repeated and reported, on a cluster in memory. What is rendered and what
 * an API server answers is in test/cluster.
 */
import { UserError } from "../../../cli/errors";
import type { KubernetesObject } from "../../../cli/kubernetes";
import type { Result } from "../../../cli/preflight";
import type { StackObject } from "../../../cli/preflight/objects";
import type { Target } from "../../../cli/target";
import { checks, validate } from "../../../cli/validate";
import { runChecks } from "../../../cli/validate/checks";
import { ago, some } from "../../../cli/validate/model";
import { renewed } from "../../../cli/validate/validate";
import { fakeApi } from "../../support/fake-api";
import { contextOf, object } from "./support";

const target = (kind: Target["kind"] = "real"): Target => ({ kind, stack: "acme" }) as Target;
const labelled = (kind: string, name: string, system: string): StackObject & KubernetesObject =>
  object(kind, name, { metadata: { labels: { "app.kubernetes.io/part-of": system } } });
const files = labelled("ConfigMap", "files", "thunderline");
const others = labelled("ConfigMap", "others", "philotes");

const subjects = (results: readonly Result[], status: string): string[] =>
  results.filter((it) => it.status === status).map(({ subject }) => subject);

it("looks at the objects of the systems that are asked for", async () => {
  const declared = [files, others];
  const api = fakeApi([files]);
  const all = await validate(target(), api, { declared });
  expect(subjects(all, "failed")).toEqual(["ConfigMap acme/others"]);
  const own = await validate(target(), api, { declared, systems: ["thunderline"] });
  expect(subjects(own, "failed")).toEqual([]);
});

it("refuses where there is no cluster, or no such object", async () => {
  const declared = [files];
  await expect(validate(target("none"), fakeApi(), { declared })).rejects.toThrow(UserError);
  await expect(validate(target(), fakeApi(), { declared, systems: ["philotes"] })).rejects.toThrow(
    "Stack acme has no object of philotes.",
  );
});

it("changes nothing on the cluster", async () => {
  const api = fakeApi([files]);
  await validate(target(), api, { declared: [files, others] });
  expect(api.calls).toEqual([]);
});

it("a check that cannot be made is unchecked, with why, and hides no other", async () => {
  const context = contextOf([files], [files]);
  const forbidden = async (): Promise<never> => {
    throw new Error("networkpolicies is forbidden");
  };
  jest.spyOn(context.live, "list").mockImplementation(forbidden);
  const results = await runChecks(context);
  const policies = results.find(({ check }) => check === "policies");
  expect(policies).toMatchObject({ status: "unchecked", evidence: "networkpolicies is forbidden" });
  expect(subjects(results, "failed").filter((it) => it.startsWith("ConfigMap"))).toEqual([]);
});

it("what is left out is unchecked, each by --skip, and all together by --only", async () => {
  const context = contextOf([files], [files]);
  const skipped = await runChecks(context, { skip: ["objects"] });
  expect(skipped).toContainEqual({
    ...{ check: "objects", status: "unchecked", subject: "All of objects" },
    evidence: "left out by --skip",
  });
  const only = await runChecks(context, { only: ["objects"] });
  const names = checks.map(({ name }) => name).filter((name) => name !== "objects");
  expect(only).toEqual([
    { check: "objects", status: "passed", subject: "ConfigMap", evidence: "1 of 1 there" },
    {
      ...{ check: "others", status: "unchecked", subject: "Other checks" },
      evidence: `left out: ${names.join(", ")}`,
    },
  ]);
});

describe("waiting", () => {
  /** A clock that goes on when somebody waits; `then` happens after so many waits. */
  const clockOf = (after: number, then: () => Promise<unknown>) => {
    let waits = 0;
    return {
      now: () => new Date(waits * 5_000),
      sleep: async () => {
        waits += 1;
        if (waits === after) await then();
      },
    };
  };

  it("looks again at what has failed, and at that alone, until it is well", async () => {
    const api = fakeApi([files]);
    const listed = jest.spyOn(api, "list");
    let before = 0;
    const clock = clockOf(2, async () => {
      before = listed.mock.calls.length;
      await api.create(others);
    });
    const results = await validate(target(), api, {
      ...{ declared: [files, others], waitSeconds: 60, clock },
    });
    expect(subjects(results, "failed")).toEqual([]);
    expect(subjects(results, "passed")).toContain("ConfigMap");
    expect(listed.mock.calls.slice(before).map(([{ kind }]) => kind)).toEqual(["ConfigMap"]);
  });

  it("gives up when the time is over", async () => {
    const given = jest.fn(async () => undefined);
    const clock = clockOf(2, given);
    const results = await validate(target(), fakeApi([files]), {
      ...{ declared: [files, others], waitSeconds: 12, clock },
    });
    expect(subjects(results, "failed")).toEqual(["ConfigMap acme/others"]);
    expect(given).toHaveBeenCalledTimes(1);
    expect(clock.now()).toEqual(new Date(10_000));
  });
});

it("results of a second look take the place of the first, also where nothing is left to say", () => {
  const result = (check: string, subject: string): Result => ({
    ...{ check, status: "failed", subject, evidence: "" },
  });
  const before = [result("a", "1"), result("b", "2"), result("c", "3")];
  const names = renewed(before, ["a", "c"], [result("a", "4")]).map(({ subject }) => subject);
  expect(names).toEqual(["4", "2"]);
});

it("times and lists are told briefly", () => {
  expect([ago(4_000), ago(90_000), ago(3 * 3_600_000), ago(72 * 3_600_000)]).toEqual([
    ...["4 s", "1 min", "3 h", "3 days"],
  ]);
  expect(some(["a", "b", "c"], 2)).toBe("a, b and 1 more");
});
