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
    const changed = changesOf(policy, now);
    if (changed.length === 0) return [];
    const were = changed.length === 1 ? "was" : "were";
    return [failed(subject, `not as declared: its ${changed.join(", ")} ${were} changed`, again)];
  });
  const added = live.filter((policy) => counterpart(declared, policy) === undefined);
  const names = some(added.map(({ metadata }) => metadata.name));
  const deny = declared.some(isDenyAll) ? ", one of which denies all the rest" : "";
  return [
    ...(faults.length > 0
      ? faults
      : [
          passed(
            `NetworkPolicies of ${namespace}`,
            `all ${declared.length} are there, as declared${deny}`,
          ),
        ]),
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

/** The fields of a policy that are not as they are declared. */
function changesOf(declared: NetworkPolicy, live: NetworkPolicy): readonly string[] {
  const [wanted, found] = [rulesOf(declared), rulesOf(live)];
  return Object.keys(wanted)
    .filter((field) => !isDeepStrictEqual(wanted[field], found[field]))
    .sort();
}

/** What a policy says, as the API server keeps it. */
function rulesOf({ spec }: NetworkPolicy): Readonly<Record<string, unknown>> {
  const { podSelector = {}, ingress = [], egress = [], policyTypes = [] } = spec ?? {};
  const implied = ["Ingress", ...(egress.length > 0 ? ["Egress"] : [])];
  return {
    podSelector: stored(podSelector),
    ingress: stored(ingress),
    egress: stored(egress),
    policyTypes: [...(policyTypes.length > 0 ? policyTypes : implied)].sort(),
  };
}

/** Empty lists and empty labels are not kept, and a port without a protocol is one of TCP. */
function stored(value: unknown, field = ""): unknown {
  if (Array.isArray(value)) return value.map((it) => stored(it, field));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value)
    .filter(([name, it]) => !isLeftOut(name, it))
    .map(([name, it]) => [name, stored(it, name)]);
  return { ...(field === "ports" ? { protocol: "TCP" } : {}), ...Object.fromEntries(kept) };
}

function isLeftOut(field: string, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return field === "matchLabels" && isDeepStrictEqual(value, {});
}
