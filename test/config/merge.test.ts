import { queueScaling } from "../../config/blocks";
import { environments } from "../../config/environment";
import { merge } from "../../config/merge";
import { profile } from "../../config/profiles";
import { settingsSchema } from "../../config/settings";
import { isRecord, valueAt } from "../../config/shape";
import fc from "../support/fast-check";
import { put } from "./support";

/** Any tree of maps, lists and plain values, with the keys that every JavaScript object has. */
const key = fc.oneof(
  fc.constantFrom("a", "b", "c"),
  fc.constantFrom("__proto__", "constructor", "toString"),
);
const plain = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    plain,
    fc.array(tie("tree"), { maxLength: 2 }),
    fc
      .uniqueArray(fc.tuple(key, tie("tree")), { selector: ([name]) => name, maxLength: 3 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
}));

describe("what a stack says", () => {
  it("comes on top of a default", () => {
    expect(merge(undefined, { a: 1, b: { c: 2, d: 3 } }, { b: { c: 4 } })).toEqual({
      a: 1,
      b: { c: 4, d: 3 },
    });
  });

  it("replaces a list as a whole", () => {
    expect(merge(undefined, { a: [1, 2, 3] }, { a: [4] })).toEqual({ a: [4] });
  });

  it.each([
    ["a map by a plain value", { a: { b: 1 } }, { a: 2 }],
    ["a plain value by a map", { a: 2 }, { a: { b: 1 } }],
    ["a map by a list", { a: { b: 1 } }, { a: [1] }],
    ["a map by null", { a: { b: 1 } }, { a: null }],
  ])("replaces %s", (_what, defaults, overrides) => {
    expect(merge(undefined, defaults, overrides)).toEqual(overrides);
  });

  it("is the default where it is nothing", () => {
    expect(merge(undefined, { a: 1 }, undefined)).toEqual({ a: 1 });
  });

  it("wins at every depth", () => {
    fc.assert(
      fc.property(
        tree,
        tree,
        fc.array(key, { minLength: 1, maxLength: 3 }),
        plain,
        (defaults, overrides, path, value) => {
          const merged = merge(undefined, defaults, put(overrides, path, value));
          expect(valueAt(merged, path)).toBe(value);
        },
      ),
    );
  });

  it("changes nothing where it is empty", () => {
    fc.assert(
      fc.property(tree.filter(isRecord), (defaults) => {
        expect(merge(undefined, defaults, {})).toEqual(defaults);
      }),
    );
  });

  it("changes nothing where it repeats the defaults", () => {
    fc.assert(
      fc.property(tree, (defaults) => {
        expect(merge(undefined, defaults, defaults)).toEqual(defaults);
      }),
    );
  });

  it("is left as it was, and so are the defaults", () => {
    fc.assert(
      fc.property(tree, tree, (defaults, overrides) => {
        const before = JSON.stringify([defaults, overrides]);
        merge(undefined, defaults, overrides);
        expect(JSON.stringify([defaults, overrides])).toBe(before);
      }),
    );
  });

  it.each(["__proto__", "constructor", "toString"])(
    "is a setting like any other where its name is %s",
    (name) => {
      const merged = merge(undefined, { a: 1 }, put({}, [name], { b: 2 }));
      expect(Object.entries(merged as object)).toEqual([
        ["a", 1],
        [name, { b: 2 }],
      ]);
    },
  );
});

describe.each(environments)("the defaults of %s", (environment) => {
  it("are what comes out where a stack says nothing", () => {
    const defaults = profile(environment);
    expect(merge(settingsSchema, defaults, {})).toEqual(defaults);
  });
});

describe("the choice of another option of a union", () => {
  const hpa = { type: "hpa", minReplicas: 2, maxReplicas: 4, cpuPercent: 70 };

  it("drops the defaults that only the old option knows", () => {
    expect(merge(queueScaling, hpa, { type: "fixed", replicas: 3 })).toEqual({
      type: "fixed",
      replicas: 3,
    });
  });

  it("keeps the defaults that both options know", () => {
    expect(merge(queueScaling, hpa, { type: "keda", jobsPerReplica: 10 })).toEqual({
      type: "keda",
      minReplicas: 2,
      maxReplicas: 4,
      jobsPerReplica: 10,
    });
  });

  it("keeps what the stack itself says, known or not", () => {
    expect(merge(queueScaling, hpa, { type: "fixed", maxReplicas: 9 })).toEqual({
      type: "fixed",
      maxReplicas: 9,
    });
  });

  it("drops all defaults where there is no such option", () => {
    expect(merge(queueScaling, hpa, { type: "toString" })).toEqual({ type: "toString" });
  });

  it.each([
    ["repeats it", { type: "hpa", maxReplicas: 9 }],
    ["does not name it", { maxReplicas: 9 }],
  ])("is none where the stack %s", (_what, overrides) => {
    expect(merge(queueScaling, hpa, overrides)).toEqual({ ...hpa, maxReplicas: 9 });
  });

  it("works deep inside the settings", () => {
    const merged = merge(settingsSchema, profile("prod"), {
      thunderline: { web: { scaling: { type: "fixed", replicas: 5 } } },
    });
    expect(merged).toHaveProperty("thunderline.web.scaling", { type: "fixed", replicas: 5 });
  });

  it("keeps the parts of a job that was a schedule", () => {
    const merged = merge(settingsSchema, profile("dev"), {
      thunderline: { cerebros: { type: "job" } },
    });
    expect(merged).not.toHaveProperty("thunderline.cerebros.schedule");
    expect(merged).toHaveProperty("thunderline.cerebros.image");
  });
});
