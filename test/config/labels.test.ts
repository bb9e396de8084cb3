/** Labels and annotations that settings give to objects are such as the API server takes. */
import { faultsOf, saidBy } from "./support";

const maps = ["monitorLabels", "dashboardLabels", "datasourceLabels"];

describe.each(maps)("the %s of a cluster", (map) => {
  it.each([
    ["release", "prometheus"],
    ["example.com/Team_1", ""],
    ["a", "x".repeat(63)],
  ])("may be %s: %j", (name, value) => {
    expect(faultsOf(saidBy("dev", { [`cluster.${map}["${name}"]`]: value }))).toEqual([]);
  });

  it.each(["", "-a", "a/b/c", "/a", "a/", "aſb", "Example.com/a", "a b", "x".repeat(64)])(
    "have no name %j",
    (name) => {
      const [fault, ...others] = faultsOf(saidBy("dev", { [`cluster.${map}["${name}"]`]: "x" }));
      expect(fault).toContain("expected a label whose name is such as release or example.com/name");
      expect(others).toEqual([]);
    },
  );

  it.each([" ", "-", "a/b", "é", "x".repeat(64)])("have no value %j", (value) => {
    expect(faultsOf(saidBy("dev", { [`cluster.${map}.team`]: value }))).toEqual([
      `platform:cluster.${map}.team: got ${JSON.stringify(value)}, expected the value of a label: at most 63 letters, digits, hyphens, underscores and dots`,
    ]);
  });
});

describe("the annotations of an ingress", () => {
  const of = (name: string): string[] =>
    faultsOf(saidBy("staging", { [`thunderline.web.ingress.annotations["${name}"]`]: "any é" }));

  it("may have a name with a prefix", () => {
    expect(of("example.com/name")).toEqual([]);
  });

  it.each(["", "a/b/c", "x".repeat(300), "a\u200b"])("have no name %j", (name) => {
    const [fault, ...others] = of(name);
    expect(fault).toContain("expected an annotation whose name is such as example.com/name");
    expect(others).toEqual([]);
  });
});
