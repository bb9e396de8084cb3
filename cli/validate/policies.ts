import { isDeepStrictEqual } from "node:util";

import { kinds, nameOf, type NetworkPolicy } from "../kubernetes";
import { failed, type Finding, passed, warning } from "../preflight/model";
import { some, type ValidationContext } from "./model";
import { byNamespace, counterpart, declaredOf } from "./objects";

/** Whether each namespace is closed but for what is declared. */
export async function policies({
  declared,
  live,
  again,
}: ValidationContext): Promise<readonly Finding[]> {
  const found = await live.list(kinds.networkPolicies);
  return byNamespace(declaredOf(declared, kinds.networkPolicies)).flatMap(([namespace, those]) =>
    policyFindings(
      namespace,
      those,
      found.filter(({ metadata }) => metadata.namespace === namespace),
      again,
    ),
  );
}

/** What is missing in one namespace, and what somebody has added, which opens more than is declared. */
export function policyFindings(
  namespace: string,
  declared: readonly NetworkPolicy[],
  live: readonly NetworkPolicy[],
  again: string,
): readonly Finding[] {
  const pairs = declared.map((policy) => [policy, counterpart(live, policy)] as const);
  const faults = pairs.flatMap(([policy, now]) => {
    const subject = nameOf(policy);
    if (now === undefined) {
      const evidence = isDenyAll(policy)
        ? "not on the cluster: every pod of the namespace is open to all"
        : "not on the cluster: the connection is denied";
      return [failed(subject, evidence, again)];
    }
    if (isDenyAll(policy) && !isDenyAll(now)) {
      return [failed(subject, "it no longer denies everything", again)];
    }
    return [];
  });
  const added = live.filter((policy) => counterpart(declared, policy) === undefined);
  const names = some(added.map(({ metadata }) => metadata.name));
  const deny = declared.some(isDenyAll) ? ", one of which denies all the rest" : "";
  return [
    ...(faults.length > 0
      ? faults
      : [passed(`NetworkPolicies of ${namespace}`, `all ${declared.length} are there${deny}`)]),
    ...(added.length === 0
      ? []
      : [
          warning(
            `NetworkPolicies of ${namespace}`,
            `${names} is not declared, and can only open what is closed`,
            `Look at it: kubectl -n ${namespace} describe networkpolicy`,
          ),
        ]),
  ];
}

/** Whether a policy takes all pods and lets nothing in and nothing out. */
function isDenyAll({ spec }: NetworkPolicy): boolean {
  return (
    isDeepStrictEqual(spec?.podSelector ?? {}, {}) &&
    isDeepStrictEqual([...(spec?.policyTypes ?? [])].sort(), ["Egress", "Ingress"]) &&
    (spec?.ingress ?? []).length + (spec?.egress ?? []).length === 0
  );
}
