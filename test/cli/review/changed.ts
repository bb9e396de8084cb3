import type { PlannedResource, ResourceState } from "../../../cli/plan";
import { changesOf } from "../../../cli/review/changes";
import type { Change } from "../../../cli/review/model";

export type Inputs = Readonly<Record<string, unknown>>;

/** One resource of a plan. */
export interface Made {
  readonly type: string;
  readonly operation: PlannedResource["operation"];
  readonly before: Inputs | undefined;
  readonly after: Inputs | undefined;
  readonly retainOnDelete?: boolean;
  readonly differs?: NonNullable<PlannedResource["differs"]>;
}

/** What a reviewer is told of a plan in which only this resource changes. */
export function changeOf({
  type,
  operation,
  before,
  after,
  retainOnDelete = false,
  differs,
}: Made): Change {
  const urn = `urn:pulumi:dev::platform::${type}::one`;
  const state = (inputs: Inputs): ResourceState => ({
    ...{ urn, type, protect: false, retainOnDelete, outputs: {} },
    inputs,
  });
  const resource: PlannedResource = {
    ...{ urn, type, operation, replacedFor: [] },
    ...(before === undefined ? {} : { before: state(before) }),
    ...(after === undefined ? {} : { after: state(after) }),
    ...(differs === undefined ? {} : { differs }),
  };
  const plan = { stack: "dev", resources: [resource], violations: [], errors: [], warnings: [] };
  const [change] = changesOf(plan);
  if (change === undefined) throw new Error("Nothing changes.");
  return change;
}
