/**
 * The names of all rules of the policy pack, and how an object says that it is excepted from one. This
 * file uses nothing, so that components can use it.
 */
export const ruleNames = [
  // What a container is made of and may do.
  "image-pinned",
  "image-registry-allowed",
  "resources-declared",
  "security-context-restricted",
  "read-only-root-filesystem",
  "scratch-sized",
  "no-host-access",
  "no-service-account-token",
  "no-secret-in-env",
  "no-secret-in-config-map",
  "no-secret-elsewhere",
  // How a workload starts, stops and stays up.
  "probes-declared",
  "liveness-independent",
  "grace-period-bounded",
  "autoscaled-without-replicas",
  "disruption-budget-present",
  "disruption-budget-allows-drain",
  "spread-over-nodes",
  "volume-shared-across-nodes",
  "job-without-ttl",
  "job-bounded",
  // Who reaches what.
  "service-type-declared",
  "ingress-tls",
  "network-policy-per-workload",
  "network-policy-aimed",
  "network-policy-narrow",
  "no-wildcard-rbac",
  "no-secret-reading-rbac",
  "role-of-the-stack",
  // What every namespace has.
  "namespace-pod-security",
  "namespace-quota",
  "namespace-limit-range",
  "namespace-default-deny",
  // Data and secrets.
  "data-protected",
  "claims-declared",
  "backup-for-each-store",
  "generated-secret-rotates",
  // How objects are declared.
  "known-kind",
  "name-declared",
  "owner-labels",
  "wait-skipped-with-reason",
  "custom-resource-with-capability",
  "exception-justified",
] as const;

export type RuleName = (typeof ruleNames)[number];

const prefix = "policy.platform/";

/**
 * The annotation by which an object is excepted from a rule; its value is the reason. `part` names one
 * of several resources that the object speaks for, where those have no annotations.
 */
export function exceptionKey(rule: RuleName, part?: string): string {
  return part === undefined ? `${prefix}${rule}` : `${prefix}${rule}.${part}`;
}

/** The rule and the part in the key of an annotation; undefined where it is about something else. */
export function exceptionIn(key: string): { rule: string; part?: string } | undefined {
  if (!key.startsWith(prefix)) return undefined;
  const [rule = "", ...part] = key.slice(prefix.length).split(".");
  return part.length === 0 ? { rule } : { rule, part: part.join(".") };
}

export function isRuleName(name: string): name is RuleName {
  return ruleNames.some((known) => known === name);
}
