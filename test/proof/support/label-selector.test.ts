/** The semantics of label selectors, by the rules of the documentation of Kubernetes. */
import { selector, selects } from "./label-selector";

describe("an expression of a selector", () => {
  it.each([
    ["In", ["a", "b"], [true, false, false]],
    ["NotIn", ["a", "b"], [false, true, true]],
    ["Exists", [], [true, true, false]],
    ["DoesNotExist", [], [false, false, true]],
  ])("%s takes in one of its values, another, and none as it says", (operator, values, taken) => {
    const some = selector.parse({ matchExpressions: [{ key: "k", operator, values }] });
    expect([{ k: "a" }, { k: "c" }, {}].map((labels) => selects(some, labels))).toEqual(taken);
  });
});

describe("a selector", () => {
  it("takes in what meets all its labels and all its expressions", () => {
    const some = selector.parse({
      matchLabels: { a: "1" },
      matchExpressions: [
        { key: "b", operator: "Exists" },
        { key: "c", operator: "DoesNotExist" },
      ],
    });
    const labels = [{ a: "1", b: "" }, { a: "1" }, { b: "" }, { a: "1", b: "", c: "" }];
    expect(labels.map((one) => selects(some, one))).toEqual([true, false, false, false]);
  });

  it("takes in everything when it asks for nothing", () => {
    expect(selects(selector.parse({}), {})).toBe(true);
  });

  it("is refused with an operator that is not known", () => {
    expect(() => selector.parse({ matchExpressions: [{ key: "a", operator: "Like" }] })).toThrow();
  });
});
