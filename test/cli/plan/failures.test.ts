import type { EngineEvent } from "@pulumi/pulumi/automation";

import { failuresIn, planOf } from "../../../cli/plan";

const urn = "urn:pulumi:dev::platform::kubernetes:core/v1:Service::acme-web";
const inputs = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "acme" } };
const step = {
  resourcePreEvent: { metadata: { op: "create", urn, type: "", new: { urn, type: "", inputs } } },
};

function error(of: string, message: string): object {
  return { diagnosticEvent: { severity: "error", urn: of, message } };
}

const failures = (...events: readonly object[]) =>
  failuresIn(events as unknown as readonly EngineEvent[]);

it("tells which object an error is about, without colours", () => {
  expect(failures(step, error(urn, "<{%fg 1%}>error: <{%reset%}>refused\n"))).toMatchObject([
    {
      kind: "Service",
      name: "web",
      namespace: "acme",
      message: "error: refused",
      declared: inputs,
    },
  ]);
});

it("puts several errors of one object together", () => {
  expect(failures(step, error(urn, "one"), error(urn, "two"))).toMatchObject([
    { message: "one\ntwo" },
  ]);
});

it("leaves out errors of what is no object of a cluster", () => {
  const program = "urn:pulumi:dev::platform::pulumi:pulumi:Stack::platform-dev";
  expect(failures(step, error(program, "the program failed"))).toEqual([]);
});

describe("where one object has failed, and others were cut off by it", () => {
  const other = `${urn}-other`;
  const events = [
    step,
    { resourcePreEvent: { metadata: { op: "same", urn: other, type: "", new: { urn, inputs } } } },
    error(urn, "refused"),
    error(other, "failed to run policy: context canceled"),
  ];

  it("tells of the one alone", () => {
    expect(failures(...events).map(({ message }) => message)).toEqual(["refused"]);
    const { errors } = planOf("dev", events as unknown as readonly EngineEvent[]);
    expect(errors).toEqual(["refused"]);
  });

  it("leaves no update without an error that was cut off by somebody", () => {
    const cut = [step, error(urn, "failed to run policy: context canceled")];
    const { errors } = planOf("dev", cut as unknown as readonly EngineEvent[]);
    expect(errors).toHaveLength(1);
  });
});
