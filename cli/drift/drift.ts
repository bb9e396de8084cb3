import { UserError } from "../errors";
import { type Plan, type PlannedResource, planUpdate } from "../plan";
import type { Target } from "../target";
import { isAutoscaled } from "./autoscaled";
import { fieldsOf } from "./fields";
import { type Drift, type DriftedObject, kindOf } from "./model";
import { driftedFields } from "./objects";

/** All Secrets of a stack, in the words of the engine's option `--exclude`. */
const allSecrets = "**kubernetes:core/v1:Secret::**";

/** Compares a stack's state with its cluster. Neither is changed. */
export async function findDrift(target: Target): Promise<Drift> {
  const first = await planUpdate(target, { operation: "refresh" });
  const withoutSecrets = first.errors.some(forbidsSecrets);
  const plan = withoutSecrets
    ? await planUpdate(target, { operation: "refresh", args: ["--exclude", allSecrets] })
    : first;
  if (plan.errors.length > 0) {
    throw new UserError(
      `The cluster could not be compared with the state of stack ${target.stack}:\n${plan.errors.join("\n")}`,
      "Nothing was changed. Which rights it needs, rbac/previewer.yaml says.",
    );
  }
  const { stack, kind, context } = target;
  const drift = driftOf(plan, { cluster: kind, context, withoutSecrets });
  if (drift.objects === 0) {
    throw new UserError(
      `The state of stack ${stack} has no objects: nothing was applied, so nothing can have drifted.`,
      `Bring it up first: npm run up -- --stack ${stack}`,
    );
  }
  return drift;
}

/** What a refresh that changed nothing has found. */
export function driftOf(
  { stack, resources, warnings }: Plan,
  where: Pick<Drift, "cluster" | "context" | "withoutSecrets">,
): Drift {
  const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  return {
    stack,
    ...where,
    objects: objects.length,
    deleted: objects.filter(({ operation }) => operation === "delete").map(objectOf),
    changed: objects
      .map((resource) => ({
        ...objectOf(resource),
        fields: driftedFields(resource).filter(
          ({ path }) => path !== "spec.replicas" || !isAutoscaled(resource, objects),
        ),
      }))
      .filter(({ fields }) => fields.length > 0),
    warnings,
  };
}

function objectOf({ urn, type, before, after }: PlannedResource): DriftedObject {
  const { metadata } = (before ?? after)?.inputs ?? {};
  const { name, namespace } = fieldsOf(metadata);
  return {
    kind: kindOf(type),
    name: typeof name === "string" ? name : urn.slice(urn.lastIndexOf("::") + 2),
    ...(typeof namespace === "string" ? { namespace } : {}),
    urn,
  };
}

function forbidsSecrets(error: string): boolean {
  return /secrets .* is forbidden/.test(error);
}
