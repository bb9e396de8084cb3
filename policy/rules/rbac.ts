import type { Finding, ObjectRule, StackRule, Subject } from "../model";
import { fields, get, list, text } from "../read";
import { finding, homeOf, isKind, kindSet, nameOf } from "../subjects";

const isRole = (subject: Subject): boolean =>
  ["Role", "ClusterRole"].includes(kindSet(subject) ?? "");
const isBinding = (subject: Subject): boolean =>
  ["RoleBinding", "ClusterRoleBinding"].includes(kindSet(subject) ?? "");

/** A rule on each grant of a Role or ClusterRole, also of one that is patched in. */
function ofGrants(
  subject: Subject,
  check: (grant: (key: string) => readonly unknown[], path: string) => readonly Finding[],
): readonly Finding[] {
  if (!isRole(subject)) return [];
  return list(subject.props.rules).flatMap((rule, index) =>
    check((key) => list(get(rule, key)), `rules[${String(index)}]`),
  );
}

const noWildcards: ObjectRule = {
  of: "object",
  name: "no-wildcard-rbac",
  severity: "critical",
  description: "A role names groups, resources and verbs, and collects none from other roles.",
  check: (subject) => [
    ...ofGrants(subject, (grant, path) =>
      ["apiGroups", "resources", "verbs", "nonResourceURLs"]
        .filter((key) => grant(key).some((one) => text(one)?.includes("*") === true))
        .map((key) => finding(subject, `${path}.${key}`, "names")),
    ),
    ...(isRole(subject) && subject.props.aggregationRule !== undefined
      ? [finding(subject, "aggregationRule", "rules of its own, not what others are labelled with")]
      : []),
  ],
};

const roleOfTheStack: StackRule = {
  of: "stack",
  name: "role-of-the-stack",
  severity: "critical",
  description: "A binding refers to a role of the stack, which these rules have seen.",
  check: (subjects) =>
    subjects
      .filter((subject) => isBinding(subject) && !subjects.some((role) => binds(subject, role)))
      .map((subject) => finding(subject, "roleRef.name", "a role of the stack")),
};

function binds(binding: Subject, role: Subject): boolean {
  const { kind, name } = fields(binding.props.roleRef);
  const reaches = kind === "ClusterRole" || homeOf(role) === homeOf(binding);
  const same = name !== undefined && nameOf(role) === name && role.props.kind === kind;
  return isKind(role, "Role", "ClusterRole") && reaches && same;
}

/** Whoever may do one of these can get more than was granted. */
const powers: readonly (readonly [resource: string, verbs: readonly string[]])[] = [
  ["secrets", ["get", "list", "watch", "create", "update", "patch"]],
  // Whoever makes pods mounts any Secret of the namespace, and runs as any account of it.
  ["pods", ["create", "update", "patch"]],
  ["pods/exec", ["create", "get"]],
  ["pods/attach", ["create", "get"]],
  ["pods/ephemeralcontainers", ["update", "patch"]],
  ["nodes/proxy", ["create", "get"]],
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
  description:
    "No role reads or changes Secrets, makes pods or runs commands in them, or makes itself a greater one.",
  check: (subject) =>
    ofGrants(subject, (grant, path) =>
      powers.some(
        ([resource, verbs]) =>
          grant("resources").some((one) => takesIn(one, resource)) &&
          ["*", ...verbs].some((verb) => grant("verbs").includes(verb)),
      )
        ? [finding(subject, path, "no secrets, no pods or commands in them, no greater roles")]
        : [],
    ),
};

/** Whether what a grant names has a resource in it: a star has all, and one before a slash every kind's. */
function takesIn(granted: unknown, resource: string): boolean {
  const part = resource.split("/")[1];
  return granted === "*" || granted === resource || (part !== undefined && granted === `*/${part}`);
}

/** What accounts may do. */
export const rbacRules = [noWildcards, noSecretReading, roleOfTheStack] as const;
