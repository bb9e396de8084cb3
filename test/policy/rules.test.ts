/**
 * Proves of each rule what it takes and what it finds, on plain objects. That the engine stops an update
 * for it is in test/engine; that our stacks keep to it, in stacks.test.ts.
 */
import { check, exceptionJustified } from "../../policy/check";
import { type Facts, factsIn } from "../../policy/facts";
import { ruleNames, type RuleName } from "../../policy/names";
import { rules } from "../../policy/rules";
import { fixtures, goodStack, type Resource, subjectsOf } from "./fixtures";

const installed = {
  certManager: true,
  keda: true,
  prometheusOperator: true,
  volumeSnapshots: true,
};
const prod: Facts = { ...factsIn(undefined), capabilities: installed };

function found(resources: readonly Resource[], facts = prod): RuleName[] {
  const { violations } = check(subjectsOf(resources), facts);
  return [...new Set(violations.map(({ rule }) => rule))];
}

it("has a rule for each name, and a name for each rule", () => {
  const named = [...rules, exceptionJustified].map(({ name }) => name);
  expect(named.sort()).toEqual([...ruleNames].sort());
});

it("has fixtures for each rule", () => {
  expect(Object.keys(fixtures).sort()).toEqual([...ruleNames].sort());
});

describe.each(Object.entries(fixtures))("%s", (name, { passing, failing }) => {
  it("takes what is right", () => {
    const stack = goodStack();
    passing(stack);
    expect(found(Object.values(stack))).toEqual([]);
  });

  it("finds what is wrong, and no other rule does", () => {
    const stack = goodStack();
    failing(stack);
    expect(found(Object.values(stack))).toEqual([name]);
  });
});

describe("what an environment is", () => {
  it.each([
    "data-protected",
    "disruption-budget-present",
    "spread-over-nodes",
    "ingress-tls",
  ] as const)("does not ask for %s in dev", (name) => {
    const stack = goodStack();
    fixtures[name]?.failing(stack);
    const dev = factsIn({ config: { "platform:environment": "dev" } });
    expect(found(Object.values(stack), { ...dev, capabilities: installed })).toEqual([]);
  });
});

describe("the settings of a stack", () => {
  it("decide which operators' objects there may be", () => {
    const capabilities = { ...installed, prometheusOperator: false };
    expect(found(Object.values(goodStack()), { ...prod, capabilities })).toEqual([
      "custom-resource-with-capability",
    ]);
  });

  it("decide from which registry images come, where they name one", () => {
    const facts = { ...prod, imageRegistry: "mirror.example.com/cache" };
    expect(found(Object.values(goodStack()), facts)).toEqual(["image-registry-allowed"]);
  });

  it("are those of production, with no operators, for a stack that is not known", () => {
    expect(factsIn(undefined)).toMatchObject({
      environment: "prod",
      protectsData: true,
      capabilities: { certManager: false, keda: false },
    });
  });
});
