import type { PlannedResource } from "../plan";
import { fieldsOf } from "./fields";
import { kindOf } from "./model";

const autoscalers = ["HorizontalPodAutoscaler", "ScaledObject"];

/**
 * Whether an autoscaler of the stack sets a resource's number of replicas. That number is in the account
 * of owned fields as if it were declared, once an update has applied the rest of the object with it.
 */
export function isAutoscaled(
  workload: PlannedResource,
  resources: readonly PlannedResource[],
): boolean {
  const { kind, metadata } = identityOf(workload);
  return resources.some((resource) => {
    const autoscaler = identityOf(resource);
    if (!autoscalers.includes(autoscaler.kind)) return false;
    const target = fieldsOf(fieldsOf(inputsOf(resource).spec).scaleTargetRef);
    return (
      autoscaler.metadata.namespace === metadata.namespace &&
      target.name === metadata.name &&
      // What KEDA takes where nothing is said.
      (target.kind ?? "Deployment") === kind
    );
  });
}

function identityOf(resource: PlannedResource) {
  return { kind: kindOf(resource.type), metadata: fieldsOf(inputsOf(resource).metadata) };
}

function inputsOf({ before, after }: PlannedResource): Readonly<Record<string, unknown>> {
  return (before ?? after)?.inputs ?? {};
}
