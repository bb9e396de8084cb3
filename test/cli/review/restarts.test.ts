/** Tells whose pods change, and for what, from the declared objects. Does not prove that they do. */
import type { Cause } from "../../../cli/review/causes";
import { reportText, reviewOf } from "../../../cli/review/report";
import { restartsOf } from "../../../cli/review/restarts";
import { type Manifest, planBetween, workload } from "../../support/plans";

const subject = { kind: "revisions", base: "main", head: "the working tree" } as const;

function restart(before: readonly Manifest[], after: readonly Manifest[]) {
  const [first, ...more] = restartsOf(planBetween(before, after));
  expect(more).toEqual([]);
  return first;
}

function causes(before: Parameters<typeof workload>[1], after: typeof before): readonly Cause[] {
  return restart([workload("web", before)], [workload("web", after)])?.causes ?? [];
}

function reads(secret: string, key: string) {
  return { env: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: secret, key } } }] };
}

describe("the cause of a restart", () => {
  test("is a secret that was rotated, and not the variable that reads its next generation", () => {
    expect(
      causes(
        {
          podAnnotations: { "rotation.platform/postgres.password": "1" },
          container: reads("postgres", "password"),
        },
        {
          podAnnotations: { "rotation.platform/postgres.password-2": "2" },
          container: reads("postgres", "password-2"),
        },
      ),
    ).toEqual([{ kind: "rotated", secret: "postgres", key: "password", generation: 2 }]);
  });

  test("is a given secret whose number alone rises", () => {
    const of = (number: string) => ({ podAnnotations: { "rotation.platform/api.key": number } });
    expect(causes(of("1"), of("2"))).toEqual([
      { kind: "rotated", secret: "api", key: "key", generation: 2 },
    ]);
  });

  test("is an earlier generation that a store no longer takes", () => {
    const current = { "rotation.platform/redis.password-2": "2" };
    expect(
      causes(
        { podAnnotations: { "rotation.platform/redis.password": "1", ...current } },
        { podAnnotations: current },
      ),
    ).toEqual([{ kind: "dropped", secret: "redis", key: "password" }]);
  });

  test("is a text around a secret, when its generation stays", () => {
    const of = (value: string) => ({ podAnnotations: { "rotation.platform/redis.url": value } });
    expect(causes(of("2-aaaa"), of("2-bbbb"))).toEqual([
      { kind: "around", secret: "redis", key: "url" },
    ]);
  });

  test("is no rotation, but an earlier value, when the generation falls", () => {
    const of = (value: string) => ({ podAnnotations: { "rotation.platform/api.key": value } });
    expect(causes(of("3"), of("2"))).toEqual([
      { kind: "reverted", secret: "api", key: "key", generation: 2 },
    ]);
  });

  const read = {
    podAnnotations: { "rotation.platform/postgres.password": "1" },
    container: reads("postgres", "password"),
  };

  test("is that a secret is read for the first time, and the variable that reads it", () => {
    expect(causes({}, read)).toEqual([
      { kind: "begins", secret: "postgres", key: "password" },
      { kind: "variables", container: "web", names: ["PASSWORD"] },
    ]);
  });

  test("is that a secret is read no more, and the variable that did", () => {
    expect(causes(read, {})).toEqual([
      { kind: "stops", secret: "postgres", key: "password" },
      { kind: "variables", container: "web", names: ["PASSWORD"] },
    ]);
  });

  test("is, once, that a variable reads another secret", () => {
    const other = {
      podAnnotations: { "rotation.platform/given.pw": "1" },
      container: reads("given", "pw"),
    };
    expect(causes(read, other)).toEqual([
      {
        kind: "source",
        secret: "given",
        key: "pw",
        before: { secret: "postgres", key: "password" },
      },
    ]);
  });

  test("is a file that changed", () => {
    const of = (sum: string) => ({ podAnnotations: { "checksum.platform/setup": sum } });
    expect(causes(of("a"), of("b"))).toEqual([{ kind: "files", configMap: "setup" }]);
  });

  test("is an image, a variable, or whatever else the template has", () => {
    const before = { container: { image: "a:1", env: [{ name: "LEVEL", value: "info" }] } };
    const after = {
      container: { image: "a:2", env: [{ name: "LEVEL", value: "debug" }], args: ["-v"] },
      podSpec: { enableServiceLinks: false },
    };
    expect(causes(before, after)).toEqual([
      { kind: "image", container: "web", before: "a:1", after: "a:2" },
      { kind: "variables", container: "web", names: ["LEVEL"] },
      { kind: "other", what: "args", container: "web" },
      { kind: "other", what: "enableServiceLinks" },
    ]);
  });
});

describe("what happens to the pods", () => {
  const newer = { container: { image: "a:2" } };

  test("is told with the number of replicas and the strategy", () => {
    const rolling = {
      spec: {
        replicas: 2,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      },
    };
    const [before, after] = [workload("web", rolling), workload("web", { ...rolling, ...newer })];
    expect(restart([before], [after])).toMatchObject({
      ...{ kind: "Deployment", name: "shop/web", what: "rolls", down: false },
      ...{ replicas: { least: 2, most: 2 }, strategy: "meanwhile up to 1 more and 0 fewer" },
    });
  });

  test.each([
    ["a Deployment that is recreated", { spec: { strategy: { type: "Recreate" } } }],
    ["a StatefulSet of one pod", { kind: "StatefulSet" }],
  ])("is that %s is away meanwhile", (_, kind) => {
    const [before, after] = [workload("web", kind), workload("web", { ...kind, ...newer })];
    expect(restart([before], [after])).toMatchObject({ what: "rolls", down: true });
  });

  test("is bounded by an autoscaler where there is one", () => {
    const scaler: Manifest = {
      kind: "HorizontalPodAutoscaler",
      name: "web",
      spec: {
        scaleTargetRef: { kind: "Deployment", name: "web" },
        ...{ minReplicas: 2, maxReplicas: 4 },
      },
    };
    const plan = planBetween([workload("web"), scaler], [workload("web", newer), scaler]);
    expect(restartsOf(plan)[0]?.replicas).toEqual({ least: 2, most: 4 });
  });

  test("is nothing but another number where only that changes", () => {
    const of = (replicas: number) => workload("web", { spec: { replicas } });
    expect(restart([of(1)], [of(3)])).toMatchObject({ what: "scales", causes: [] });
  });

  test("is that a new Job runs, and that one that goes does not", () => {
    const job = workload("migration", { kind: "Job" });
    expect(restart([], [job])?.what).toBe("runs");
    expect(restart([job], [])).toBeUndefined();
  });

  test("is nothing where only the object's own labels change", () => {
    expect(
      restart([workload("web")], [{ ...workload("web"), labels: { a: "b" } }]),
    ).toBeUndefined();
  });

  test("is nothing where the program only lets go of a workload", () => {
    expect(restart([{ ...workload("web"), retained: true }], [])).toBeUndefined();
  });

  describe("of a workload that somebody else has made, whose replicas alone are set,", () => {
    const patch = (replicas: number): Manifest => ({
      ...{ kind: "Deployment", name: "old", patch: true, retained: true, spec: { replicas } },
    });

    test("is that they stop when the number is 0", () => {
      expect(restart([], [patch(0)])).toMatchObject({ what: "stops", name: "shop/old" });
      expect(restart([patch(2)], [patch(0)])).toMatchObject({ what: "stops" });
    });

    test("is another number when it is not", () => {
      expect(restart([patch(0)], [patch(2)])).toMatchObject({
        ...{ what: "scales", replicas: { least: 2, most: 2 } },
      });
    });

    test("is nothing when the program lets go of the number", () => {
      expect(restart([patch(0)], [])).toBeUndefined();
    });

    test("is the default number when the field is given back", () => {
      expect(restart([{ ...patch(0), retained: false }], [])).toMatchObject({
        ...{ what: "scales", replicas: { least: 1, most: 1 } },
      });
    });

    test("is told in words", () => {
      const review = reviewOf(planBetween([], [patch(0)]), subject);
      expect(reportText(review, "text")).toContain(
        "1 Deployment is set to 0 replicas, so that its pods stop: shop/old",
      );
    });
  });

  test("comes in the order of the plan, which is that of dependencies", () => {
    const names = ["postgres-setup", "web", "a"];
    const plan = planBetween(
      [],
      names.map((name) => workload(name)),
    );
    expect(restartsOf(plan).map(({ name }) => name)).toEqual(names.map((name) => `shop/${name}`));
  });
});
