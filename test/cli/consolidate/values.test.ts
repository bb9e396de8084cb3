/** Proves how the values of releases become one, and which of them become settings of ours. */

import { settingsFrom, withOneSpelling } from "../../../cli/consolidate/mapping";
import { mergeValues } from "../../../cli/consolidate/values";
import { openWorkspace, readSettings } from "../../../cli/workspace";
import fc from "../../support/fast-check";

const kept = (values: unknown) => ({ release: "thunderline/thunderline", values });
const retired = (values: unknown, release = "thunder/thunderline") => ({ release, values });

describe("values of two releases", () => {
  it("that say the same are no conflict", () => {
    const values = { web: { replicas: 2 }, tags: ["a"] };
    expect(mergeValues([kept(values), retired(values)])).toEqual({
      ...{ values, conflicts: [], added: {} },
    });
  });

  it("are taken from the release that is kept where they differ, and shown", () => {
    const { values, conflicts } = mergeValues([
      kept({ web: { replicas: 2 } }),
      retired({ web: { replicas: 1 } }),
    ]);
    expect(values).toEqual({ web: { replicas: 2 } });
    expect(conflicts).toEqual([
      {
        path: "web.replicas",
        said: [
          { release: "thunderline/thunderline", value: 2 },
          { release: "thunder/thunderline", value: 1 },
        ],
        chosen: "thunderline/thunderline",
        why: "the release that is kept is the base",
      },
    ]);
  });

  it.each([
    ["docker.io/thunderline/app:2.9.0", "docker.io/thunderline/app:2.10.0", "thunder/thunderline"],
    ["v2.1.0", "v2.0.9", "thunderline/thunderline"],
    ["docker.io/a/app:1.0", "docker.io/b/app:2.0", "thunderline/thunderline"],
    ["docker.io/a/app:latest", "docker.io/a/app:2.0", "thunderline/thunderline"],
  ])("of images %s and %s are those of the newer version of the same: %s", (a, b, chosen) => {
    const { conflicts } = mergeValues([
      kept({ app: { image: a } }),
      retired({ app: { image: b } }),
    ]);
    expect(conflicts[0]?.chosen).toBe(chosen);
  });

  it("are decided by hand before anything else", () => {
    const both = [kept({ web: { replicas: 2 } }), retired({ web: { replicas: 1 } })];
    const { values, conflicts } = mergeValues(both, { "web.replicas": "thunder/thunderline" });
    expect(values).toEqual({ web: { replicas: 1 } });
    expect(conflicts[0]?.why).toBe("decided by --decide");
  });

  it("are taken along, and named, where only a retired release has them", () => {
    const { values, added } = mergeValues([kept({}), retired({ mlflow: { storage: "5Gi" } })]);
    expect(values).toEqual({ mlflow: { storage: "5Gi" } });
    expect(added).toEqual({ "mlflow.storage": "thunder/thunderline" });
  });

  it("keep the form that the kept release has", () => {
    const { values, conflicts } = mergeValues([
      kept({ image: "a:1" }),
      retired({ image: { repository: "a", tag: "2" } }),
    ]);
    expect(values).toEqual({ image: "a:1" });
    expect(conflicts.map(({ path }) => path)).toEqual(["image.repository", "image.tag"]);
  });

  it("may have dots in their keys", () => {
    const values = { annotations: { "cert-manager.io/cluster-issuer": "a" } };
    expect(mergeValues([kept(values), retired({})]).values).toEqual(values);
  });
});

it("two spellings of one thing are compared", () => {
  const both = [
    kept({ image: "docker.io/a/app:2.0" }),
    retired({ app: { image: "docker.io/a/app:1.0" } }),
  ];
  const { conflicts, values } = mergeValues(both.map(withOneSpelling));
  expect([conflicts.map(({ path }) => path), values]).toEqual([
    ["app.image"],
    { app: { image: "docker.io/a/app:2.0" } },
  ]);
});

describe("whatever the values are", () => {
  const tree = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.integer(),
      fc.string(),
      fc.dictionary(fc.stringMatching(/^[a-z.]{1,3}$/), tie("value"), { minKeys: 1, maxKeys: 3 }),
    ),
  })).value;
  const values = fc.dictionary(fc.stringMatching(/^[a-z]{1,2}$/), tree, { maxKeys: 4 });

  it("a release alone stays as it is", () => {
    fc.assert(
      fc.property(values, (one) => {
        expect(mergeValues([kept(one)]).values).toEqual(one);
      }),
    );
  });

  it("every value of the kept release is in the result, or in a conflict", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const { conflicts, values: merged } = mergeValues([kept(a), retired(b)]);
        const open = new Set(conflicts.map(({ path }) => path));
        const again = mergeValues([kept(a), { release: "merged", values: merged }]);
        expect(again.conflicts.filter(({ path }) => !open.has(path))).toEqual([]);
      }),
    );
  });
});

describe("merged values", () => {
  const { thunderline } = readSettings(openWorkspace(), "dev");

  it("become settings of Thunderline, whole resources and replicas", () => {
    const sizes = { cpu: "500m", memory: "512Mi" };
    const resources = { requests: sizes, limits: { cpu: 1, memory: "1Gi" } };
    const { settings } = settingsFrom(
      { app: { image: "docker.io/thunderline/app:2.0.0" }, web: { replicas: 2, resources } },
      thunderline,
    );
    expect(settings).toEqual([
      { path: ["app", "image"], value: "docker.io/thunderline/app:2.0.0", must: false },
      { path: ["web", "scaling"], value: { type: "fixed", replicas: 2 }, must: false },
      {
        path: ["web", "resources"],
        value: { requests: sizes, limits: { cpu: "1", memory: "1Gi" } },
        must: false,
      },
    ]);
  });

  it("are named where ours has no setting for them, secrets without a word of their value", () => {
    const { settings, left } = settingsFrom(
      { secrets: { password: "hunter2" }, web: { resources: { limits: { cpu: 1 } } } },
      thunderline,
    );
    expect(settings).toEqual([]);
    expect(left).toEqual(["secrets.password", "web.resources.limits.cpu"]);
  });

  it("of a replica count of 0 are left: ours switches a part off instead", () => {
    expect(settingsFrom({ web: { replicas: 0 } }, thunderline)).toEqual({
      settings: [],
      left: ["web.replicas"],
    });
  });
});
