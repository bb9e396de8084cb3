import type { ResourceState } from "../../plan";
import { fieldsOf, listOf } from "../objects";
import type { Judged } from "./judged";

type Direction = "Ingress" | "Egress";

/**
 * What comes and goes with a policy for all pods of a namespace: it is the wall around those that no
 * other policy is for, whatever it lets through itself.
 */
export function wallTexts({ operation, resource }: Judged): readonly string[] {
  const { before, after } = resource;
  const was = wallsOf(operation === "create" ? undefined : before);
  const is = wallsOf(operation === "delete" ? undefined : after);
  const open = operation === "replace" ? was : was.filter((it) => !is.includes(it));
  const texts = (walls: readonly Direction[], words: typeof opened): readonly string[] =>
    walls.map((it) => words[it](namespaceOf(after ?? before)));
  return [
    ...texts(
      open.filter((it) => !is.includes(it)),
      opened,
    ),
    ...texts(
      open.filter((it) => is.includes(it)),
      openMeanwhile,
    ),
    ...texts(
      is.filter((it) => !was.includes(it)),
      closed,
    ),
  ];
}

const opened = {
  Ingress: (namespace: string) =>
    `everything may reach the pods of ${namespace} that no other policy is for`,
  Egress: (namespace: string) =>
    `the pods of ${namespace} that no other policy is for may reach everything`,
};
const openMeanwhile: typeof opened = {
  Ingress: (namespace) => `meanwhile ${opened.Ingress(namespace)}`,
  Egress: (namespace) => `meanwhile ${opened.Egress(namespace)}`,
};
const closed: typeof opened = {
  Ingress: (namespace) => `only what a policy names may reach the pods of ${namespace}`,
  Egress: (namespace) => `the pods of ${namespace} may only reach what a policy names`,
};

/** Whether a policy lets anything through, before the update or after it. */
export function grants({ resource: { before, after } }: Judged): boolean {
  return [before, after].some((state) => {
    const { ingress, egress } = fieldsOf(state?.inputs.spec);
    return listOf(ingress).length + listOf(egress).length > 0;
  });
}

/** As Kubernetes has it: without types a policy is for what comes in, and for what its rules name. */
function wallsOf(state: ResourceState | undefined): readonly Direction[] {
  if (state === undefined) return [];
  const { podSelector, policyTypes, egress } = fieldsOf(state.inputs.spec);
  const chosen = Object.values(fieldsOf(podSelector)).flatMap((by) => Object.keys(fieldsOf(by)));
  if (chosen.length > 0) return [];
  const types: unknown =
    policyTypes ?? (egress === undefined ? ["Ingress"] : ["Ingress", "Egress"]);
  return (["Ingress", "Egress"] as const).filter(
    (it) => Array.isArray(types) && types.includes(it),
  );
}

function namespaceOf(state: ResourceState | undefined): string {
  const { namespace } = fieldsOf(state?.inputs.metadata);
  return typeof namespace === "string" ? namespace : "its namespace";
}
