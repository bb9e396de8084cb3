/**
 * Reads events that the real engine wrote: of a preview in which an image, a volume's size and the
 * generation of a password change and Livebook goes, of a refresh after changes by hand, and of a
 * preview of four random ids whose state has a copy of each that is marked as to be deleted. They are
 * shortened to what changes and a few that do not.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plan, PlannedResource } from "../../../cli/plan";
import { readPlan } from "../../../cli/plan";

const recorded = (name: string): string => join(__dirname, "../../fixtures/plans", `${name}.jsonl`);

function find(plan: Plan, kind: string, name: string): PlannedResource {
  const found = plan.resources.find(
    ({ type, urn }) => type.endsWith(`:${kind}`) && urn.endsWith(`::${name}`),
  );
  if (found === undefined) throw new Error(`There is no ${kind} ${name} in the plan.`);
  return found;
}

describe("the plan of an update", () => {
  const plan = readPlan("dev", recorded("update"));

  test("has each resource once, whatever the number of its steps", () => {
    const urns = plan.resources.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
  });

  test.each([
    ["create", "RandomPassword", "thunderline-postgres-credentials-password-2"],
    ["update", "Deployment", "thunderline-web"],
    ["replace", "Job", "thunderline-migration"],
    ["delete", "PersistentVolumeClaim", "thunderline-livebook-data"],
    ["same", "StatefulSet", "thunderline-postgres"],
  ])("says what becomes of it: %s %s", (operation, kind, name) => {
    expect(find(plan, kind, name).operation).toBe(operation);
  });

  test("has both states of what is replaced, and for which properties it is", () => {
    const { before, after, replacedFor } = find(plan, "Job", "thunderline-migration");
    const nameOf = (state: typeof before) => (state?.inputs.metadata as { name: string }).name;
    expect(nameOf(before)).not.toBe(nameOf(after));
    expect(replacedFor).toContain("metadata.name");
  });

  test("has one state of what comes and of what goes", () => {
    const coming = find(plan, "RandomPassword", "thunderline-postgres-credentials-password-2");
    const going = find(plan, "PersistentVolumeClaim", "thunderline-livebook-data");
    expect([coming.before, coming.after?.type]).toEqual([undefined, coming.type]);
    expect([going.before?.type, going.after]).toEqual([going.type, undefined]);
  });

  test("has no value of a Secret, and not the mark that the engine puts on it", () => {
    const { before, after } = find(plan, "Secret", "thunderline-postgres-credentials");
    expect(before?.inputs.data).toBe("[secret]");
    expect(after?.inputs.stringData).toBe("[secret]");
    expect(JSON.stringify(plan)).not.toContain("ciphertext");
  });

  test("has the program's warnings once", () => {
    expect(plan.warnings).toContain(
      "Undefined value (faultmaven) will not show as a stack output.",
    );
    expect(new Set(plan.warnings).size).toBe(plan.warnings.length);
    expect(plan.errors).toEqual([]);
  });
});

describe("the plan of a refresh", () => {
  const plan = readPlan("dev", recorded("drift"));

  test("tells what somebody deleted", () => {
    const gone = find(plan, "ConfigMap", "thunderline-otelcol-config");
    expect([gone.operation, gone.after]).toEqual(["delete", undefined]);
  });

  test("tells what somebody changed, with what the cluster has now", () => {
    const { operation, before, after } = find(plan, "Deployment", "thunderline-mlflow");
    expect(operation).toBe("update");
    expect(JSON.stringify(after?.outputs)).toContain("example.com/other:1");
    expect(JSON.stringify(before?.outputs)).not.toContain("example.com/other:1");
  });
});

describe("what an interrupted update left to be deleted", () => {
  const plan = readPlan("dev", recorded("leftover"));
  const told = (name: string) => plan.warnings.filter((text) => text.includes(`RandomId ${name} `));

  test.each([
    ["same", "stays"],
    ["replace", "replaced"],
    ["delete", "gone"],
  ])(
    "leaves the operation on the resource as it is: %s, and is told beside it",
    (operation, name) => {
      const { operation: planned, before } = find(plan, "RandomId", name);
      expect([planned, before?.id]).toEqual([operation, expect.not.stringMatching(/^old-/)]);
      expect(told(name)).toEqual([expect.stringContaining(", old-")]);
    },
  );

  test("is a deletion where the program no longer has the resource", () => {
    const { operation, before, after } = find(plan, "RandomId", "only");
    expect([operation, before?.id, after]).toEqual([
      "delete",
      expect.stringMatching(/^old-/),
      undefined,
    ]);
    expect(told("only")).toEqual([]);
  });
});

test("what a rule of the policy pack says comes without the rule's own description", () => {
  const folder = join(__dirname, "../../fixtures/plans/violation.jsonl");
  expect(readPlan("dev", folder).violations).toEqual([
    {
      policy: "probe",
      level: "mandatory",
      urn: expect.stringMatching(/::philotes-namespace$/) as string,
      message: "namespace philotes-namespace",
    },
  ]);
  expect(readFileSync(folder, "utf8")).toContain('"message":"x\\nnamespace philotes-namespace');
});
