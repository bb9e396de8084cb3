import type { ObjectRule, StackRule, Subject } from "../model";
import type { RuleName } from "../names";
import { fields, get, list } from "../read";
import { finding, homeOf, isKind, labelsOf, nameOf, takesAll } from "../subjects";

const modes = ["enforce", "audit", "warn"] as const;

const podSecurity: ObjectRule = {
  of: "object",
  name: "namespace-pod-security",
  severity: "critical",
  description: "The API server holds each namespace to the restricted Pod Security Standard.",
  check: (subject) =>
    isKind(subject, "Namespace")
      ? modes
          .map((mode) => `pod-security.kubernetes.io/${mode}`)
          .filter((label) => labelsOf(subject)[label] !== "restricted")
          .map((label) => finding(subject, `metadata.labels["${label}"]`, "restricted"))
      : [],
};

/** A rule that each namespace of the stack has an object of some sort. */
function everyNamespaceHas(
  name: RuleName,
  description: string,
  expected: string,
  fits: (subject: Subject) => boolean,
): StackRule {
  return {
    of: "stack",
    name,
    severity: "high",
    description,
    check: (subjects) => {
      const provided = subjects.filter(fits).map(homeOf);
      return subjects
        .filter((subject) => isKind(subject, "Namespace"))
        .filter((subject) => !provided.includes(nameOf(subject)))
        .map((subject) => finding(subject, "metadata.name", expected));
    },
  };
}

const limits = ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory", "pods"];

const quota = everyNamespaceHas(
  "namespace-quota",
  "Each namespace has a quota of CPU, memory and pods.",
  "a ResourceQuota with requests, limits and pods",
  (subject) => {
    const hard = fields(get(subject.props, "spec", "hard"));
    return isKind(subject, "ResourceQuota") && limits.every((key) => hard[key] !== undefined);
  },
);

const limitRange = everyNamespaceHas(
  "namespace-limit-range",
  "Each namespace has defaults for containers that nobody has sized.",
  "a LimitRange with defaults for containers",
  (subject) =>
    isKind(subject, "LimitRange") &&
    list(get(subject.props, "spec", "limits")).some((one) => {
      const { type, default: most, defaultRequest } = fields(one);
      return type === "Container" && most !== undefined && defaultRequest !== undefined;
    }),
);

const defaultDeny = everyNamespaceHas(
  "namespace-default-deny",
  "Each namespace denies all traffic, in and out, that no other policy allows.",
  "a NetworkPolicy that takes all pods, both directions, and allows nothing",
  (subject) => {
    const { podSelector, policyTypes, ingress, egress } = fields(subject.props.spec);
    return (
      isKind(subject, "NetworkPolicy") &&
      takesAll(podSelector) &&
      ["Ingress", "Egress"].every((one) => list(policyTypes).includes(one)) &&
      list(ingress).length + list(egress).length === 0
    );
  },
);

/** What every namespace has. */
export const namespaceRules = [podSecurity, quota, limitRange, defaultDeny] as const;
