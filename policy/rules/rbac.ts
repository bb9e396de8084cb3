import type { Finding, ObjectRule, Subject } from "../model";
import { get, list } from "../read";
import { finding, isKind } from "../subjects";

/** A rule on each grant of a Role or ClusterRole. */
function ofGrants(
  subject: Subject,
  check: (grant: (key: string) => readonly unknown[], path: string) => readonly Finding[],
): readonly Finding[] {
  if (!isKind(subject, "Role", "ClusterRole")) return [];
  return list(subject.props.rules).flatMap((rule, index) =>
    check((key) => list(get(rule, key)), `rules[${String(index)}]`),
  );
}

const noWildcards: ObjectRule = {
  of: "object",
  name: "no-wildcard-rbac",
  severity: "critical",
  description: "A role names groups, resources and verbs; nobody is bound to the cluster's rulers.",
  check: (subject) => [
    ...ofGrants(subject, (grant, path) =>
      ["apiGroups", "resources", "verbs", "nonResourceURLs"]
        .filter((key) => grant(key).includes("*"))
        .map((key) => finding(subject, `${path}.${key}`, "names")),
    ),
    ...(isKind(subject, "RoleBinding", "ClusterRoleBinding") &&
    ["cluster-admin", "admin", "edit"].includes(String(get(subject.props, "roleRef", "name")))
      ? [finding(subject, "roleRef.name", "a role of this program")]
      : []),
  ],
};

/** Whoever may do one of these can get more than was granted. */
const powers: readonly (readonly [resource: string, verbs: readonly string[]])[] = [
  ["secrets", ["get", "list", "watch"]],
  ["pods/exec", ["create", "get"]],
  ["pods/attach", ["create", "get"]],
  ["serviceaccounts/token", ["create"]],
  ["roles", ["bind", "escalate"]],
  ["clusterroles", ["bind", "escalate"]],
  ["users", ["impersonate"]],
  ["groups", ["impersonate"]],
  ["serviceaccounts", ["impersonate"]],
];

const noSecretReading: ObjectRule = {
  of: "object",
  name: "no-secret-reading-rbac",
  severity: "critical",
  description: "No role reads Secrets, runs commands in pods, or makes itself a greater one.",
  check: (subject) =>
    ofGrants(subject, (grant, path) =>
      powers.some(
        ([resource, verbs]) =>
          grant("resources").includes(resource) &&
          verbs.some((verb) => grant("verbs").includes(verb)),
      )
        ? [finding(subject, path, "no secrets, no commands in pods, no greater roles")]
        : [],
    ),
};

/** What accounts may do. */
export const rbacRules = [noWildcards, noSecretReading] as const;
