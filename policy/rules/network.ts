import { namesMostAddresses } from "../../config/addresses";
import type { Finding, ObjectRule, StackRule, Subject } from "../model";
import { fields, get, list, text } from "../read";
import { finding, homeOf, isKind, podsOf, selects, takesAll } from "../subjects";

const serviceTypeDeclared: ObjectRule = {
  of: "object",
  name: "service-type-declared",
  severity: "high",
  description: "A Service is for the cluster, unless the settings open it to addresses outside.",
  check: (subject) => {
    if (!isKind(subject, "Service")) return [];
    const { type = "ClusterIP", externalIPs } = fields(subject.props.spec);
    return [
      ...(type === "ClusterIP" ? [] : [finding(subject, "spec.type", "ClusterIP")]),
      ...(list(externalIPs).length === 0 ? [] : [finding(subject, "spec.externalIPs", "none")]),
    ];
  },
};

const ingressTls: ObjectRule = {
  of: "object",
  name: "ingress-tls",
  severity: "high",
  description: "In staging and prod every host of an Ingress has a certificate.",
  check: (subject, { environment }) => {
    if (!isKind(subject, "Ingress") || environment === "dev") return [];
    const { rules, tls } = fields(subject.props.spec);
    const certified = list(tls).flatMap((one) => {
      const usable = text(get(one, "secretName")) !== undefined;
      return usable ? list(get(one, "hosts")) : [];
    });
    return list(rules).flatMap((rule, index) =>
      certified.includes(get(rule, "host"))
        ? []
        : [finding(subject, `spec.rules[${String(index)}].host`, "a host under spec.tls")],
    );
  },
};

const isPolicy = (subject: Subject): boolean => isKind(subject, "NetworkPolicy");

const directions = ["Ingress", "Egress"] as const;

/** The directions that a policy decides on. */
function decided(policy: Subject): readonly unknown[] {
  const { policyTypes, egress } = fields(policy.props.spec);
  return Array.isArray(policyTypes)
    ? policyTypes
    : egress === undefined
      ? ["Ingress"]
      : ["Ingress", "Egress"];
}

const policyPerWorkload: StackRule = {
  of: "stack",
  name: "network-policy-per-workload",
  severity: "critical",
  description: "Policies decide who may talk to each pod, and to whom it may.",
  check: (subjects) => {
    const policies = subjects.filter(isPolicy);
    return subjects.flatMap((subject) => {
      const pods = podsOf(subject);
      if (pods === undefined) return [];
      const own = policies.filter(
        (policy) =>
          homeOf(policy) === homeOf(subject) &&
          selects(get(policy.props, "spec", "podSelector"), pods.labels),
      );
      return directions
        .filter((direction) => !own.some((policy) => decided(policy).includes(direction)))
        .map((direction) =>
          finding(subject, "metadata.namespace", `a NetworkPolicy for ${direction} on its pods`),
        );
    });
  },
};

const policyAimed: StackRule = {
  of: "stack",
  name: "network-policy-aimed",
  severity: "medium",
  description: "A policy that names pods names some that the stack runs.",
  check: (subjects) => {
    const running = subjects.flatMap((subject) => {
      const pods = podsOf(subject);
      return pods === undefined ? [] : [{ home: homeOf(subject), labels: pods.labels }];
    });
    return subjects.filter(isPolicy).flatMap((policy) => {
      const selector = get(policy.props, "spec", "podSelector");
      const aimed = running.some(
        ({ home, labels }) => home === homeOf(policy) && selects(selector, labels),
      );
      return aimed || takesAll(selector)
        ? []
        : [finding(policy, "spec.podSelector", "the labels of pods in its namespace")];
    });
  },
};

const policyNarrow: ObjectRule = {
  of: "object",
  name: "network-policy-narrow",
  severity: "critical",
  description:
    "What a policy lets through has peers and numbered ports; no peer is everybody, nor a large part of all addresses.",
  check: (subject) => {
    if (!isPolicy(subject)) return [];
    const sides = [
      ["ingress", "from"],
      ["egress", "to"],
    ] as const;
    return sides.flatMap(([side, peers]) =>
      list(get(subject.props, "spec", side)).flatMap((rule, index) =>
        wideParts(subject, rule, peers, `spec.${side}[${String(index)}]`),
      ),
    );
  },
};

function wideParts(
  subject: Subject,
  rule: unknown,
  key: "from" | "to",
  path: string,
): readonly Finding[] {
  const peers = list(get(rule, key));
  const ports = list(get(rule, "ports"));
  const wide = peers.flatMap((peer, index) => {
    const { ipBlock, namespaceSelector } = fields(peer);
    const open =
      namesMostAddresses(text(get(ipBlock, "cidr")) ?? "") ||
      (namespaceSelector !== undefined && !namesValues(namespaceSelector));
    return open ? [finding(subject, `${path}.${key}[${String(index)}]`, "named peers")] : [];
  });
  return [
    ...(peers.length === 0 ? [finding(subject, `${path}.${key}`, "peers")] : []),
    ...(ports.length === 0 ? [finding(subject, `${path}.ports`, "ports")] : []),
    ...ports.flatMap((port, index) =>
      get(port, "port") === undefined
        ? [finding(subject, `${path}.ports[${String(index)}].port`, "a port")]
        : [],
    ),
    ...wide,
  ];
}

/** Whether a selector takes what has a certain value; one that asks for a key, or for what is not, takes anybody's. */
function namesValues(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = fields(selector);
  return (
    Object.keys(fields(matchLabels)).length > 0 ||
    list(matchExpressions).some((one) => get(one, "operator") === "In")
  );
}

/** Who reaches what. */
export const networkRules = [
  serviceTypeDeclared,
  ingressTls,
  policyPerWorkload,
  policyAimed,
  policyNarrow,
] as const;
