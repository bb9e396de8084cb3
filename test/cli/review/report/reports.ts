import type { Plan, PlannedResource, ResourceState } from "../../../../cli/plan";
import { formats, reportText, reviewOf } from "../../../../cli/review/report";
import fc from "../../../support/fast-check";

const subject = { kind: "preview", target: "real", context: "test" } as const;
const stack = "urn:pulumi:test::platform::platform:systems:Thunderline$";

/** What becomes of one object, with these inputs before and after. */
export function resource(
  type: string,
  operation: PlannedResource["operation"],
  before: object,
  after: object,
): PlannedResource {
  const urn = `${stack}${type}::it`;
  const state = (inputs: object): ResourceState => ({
    ...{ urn, type, protect: false, retainOnDelete: false, outputs: {} },
    inputs: inputs as ResourceState["inputs"],
  });
  return {
    ...{ urn, type, operation, replacedFor: [] },
    ...(operation === "create" ? {} : { before: state(before) }),
    ...(operation === "delete" ? {} : { after: state(after) }),
  };
}

export const metadata = { name: "it", namespace: "shop" };

/** Pods with one variable. */
export function pod(name: string, value: string) {
  return {
    metadata,
    spec: { template: { spec: { containers: [{ name: "it", env: [{ name, value }] }] } } },
  };
}

/** What nothing else in a report looks like. */
export const secret = fc.stringMatching(/^[a-zA-Z0-9]{12,24}$/);

/** What a reviewer reads of these, in each format. */
export function reports(resources: readonly PlannedResource[]): string[] {
  const plan: Plan = { stack: "test", resources, violations: [], errors: [], warnings: [] };
  return formats.map((format) => reportText(reviewOf(plan, subject), format));
}
