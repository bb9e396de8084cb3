/** Proves when an exception counts, and when it is a violation itself. */
import { check } from "../../policy/check";
import { factsIn } from "../../policy/facts";
import { exceptionKey, ruleNames } from "../../policy/names";
import { type FixtureStack, goodStack, subjectsOf } from "./fixtures";

const capabilities = {
  certManager: true,
  keda: true,
  prometheusOperator: true,
  volumeSnapshots: true,
};

function held(edit: (stack: FixtureStack) => void) {
  const stack = goodStack();
  edit(stack);
  const outcome = check(subjectsOf(Object.values(stack)), { ...factsIn(undefined), capabilities });
  return {
    violations: outcome.violations.map(({ rule, message }) => `${rule}: ${message}`),
    exceptions: outcome.exceptions.map(({ rule, reason }) => `${rule}: ${reason}`),
  };
}

/** Opens the Service of the fixtures, and says something about it. */
function opened(annotations: Record<string, string>) {
  return held(({ service }) => {
    service.props.spec.type = "NodePort";
    Object.assign(service.props.metadata.annotations, annotations);
  });
}

const reason = "the settings open it";

describe("an exception", () => {
  it("excuses the object that it stands at, and is listed with its reason", () => {
    expect(opened({ "policy.platform/service-type-declared": reason })).toEqual({
      violations: [],
      exceptions: [`service-type-declared: ${reason}`],
    });
  });

  it("excuses from no other rule", () => {
    const { violations } = opened({ "policy.platform/owner-labels": reason });
    expect(violations.map((one) => one.split(":")[0])).toEqual([
      "service-type-declared",
      "exception-justified",
    ]);
  });

  it.each(["", " ", "because"])("is refused with the reason %p", (poor) => {
    const { violations } = opened({ "policy.platform/service-type-declared": poor });
    expect(violations).toEqual([
      'exception-justified: metadata.annotations["policy.platform/service-type-declared"]: ' +
        "expected a reason of 10 characters or more",
    ]);
  });

  it("is refused for a rule that there is not, whose name is not shown", () => {
    const { violations } = held(({ service }) => {
      service.props.metadata.annotations["policy.platform/no-such-rule"] = reason;
    });
    expect(violations).toEqual([
      "exception-justified: metadata.annotations: expected the name of a rule after policy.platform/",
    ]);
  });

  it("is refused where it excuses nothing", () => {
    const { violations } = held(({ service }) => {
      service.props.metadata.annotations["policy.platform/service-type-declared"] = reason;
    });
    expect(violations).toEqual([
      'exception-justified: metadata.annotations["policy.platform/service-type-declared"]: ' +
        "expected to be removed: it excuses nothing",
    ]);
  });

  it("has a key that Kubernetes takes, for every rule", () => {
    const names = ruleNames.map((rule) => exceptionKey(rule).split("/")[1] ?? "");
    expect(names.filter((name) => !/^[a-z][a-z0-9.-]{0,61}[a-z0-9]$/.test(name))).toEqual([]);
  });
});

describe("data that the settings let go", () => {
  it("goes with its namespace", () => {
    const { violations, exceptions } = held(({ namespace, claim, password, secret }) => {
      for (const one of [namespace, claim, password, secret]) one.protect = false;
      namespace.props.metadata.annotations["policy.platform/data-protected"] = "they let it go";
    });
    expect([violations, exceptions]).toEqual([[], ["data-protected: they let it go"]]);
  });

  it("is one value of a Secret, and not the others", () => {
    const { violations } = held(({ password, secret }) => {
      password.protect = false;
      secret.props.metadata.annotations["policy.platform/data-protected.another"] =
        "the settings release it";
    });
    expect(violations.map((one) => one.split(":")[0])).toEqual([
      "data-protected",
      "exception-justified",
    ]);
  });
});
