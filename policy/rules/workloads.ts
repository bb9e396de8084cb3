import type { Finding, ObjectRule, StackRule, Subject } from "../model";
import { get, list, text } from "../read";
import {
  claimsOf,
  finding,
  homeOf,
  isKind,
  mostReplicas,
  nameOf,
  podsOf,
  scales,
  selects,
  servers,
  serversOf,
} from "../subjects";

const autoscaledWithoutReplicas: StackRule = {
  of: "stack",
  name: "autoscaled-without-replicas",
  severity: "high",
  description:
    "What an autoscaler scales declares no number, or each update would set the replicas back.",
  check: (subjects) =>
    subjects
      .filter((subject) => {
        const { ignoreChanges, props } = subject;
        const declared = get(props, "spec", "replicas") !== undefined;
        const kept = ignoreChanges.includes("spec.replicas");
        return declared && !kept && subjects.some((scaler) => scales(scaler, subject));
      })
      .map((subject) => finding(subject, "spec.replicas", "not to be set, or to be ignored")),
};

const isServer = (subject: Subject): boolean => isKind(subject, ...servers);

const budgetPresent: StackRule = {
  of: "stack",
  name: "disruption-budget-present",
  severity: "medium",
  description: "In staging and prod a budget guards each server while nodes are drained.",
  check: (subjects, { highlyAvailable }) => {
    if (!highlyAvailable) return [];
    const budgets = subjects.filter((one) => isKind(one, "PodDisruptionBudget"));
    return subjects
      .filter(isServer)
      .filter((server) => {
        const labels = podsOf(server)?.labels ?? {};
        return !budgets.some(
          (budget) =>
            homeOf(budget) === homeOf(server) &&
            selects(get(budget.props, "spec", "selector"), labels),
        );
      })
      .map((server) => finding(server, "spec.template.metadata.labels", "a PodDisruptionBudget"));
  },
};

const budgetAllowsDrain: ObjectRule = {
  of: "object",
  name: "disruption-budget-allows-drain",
  severity: "high",
  description:
    "A budget always lets one pod go, and an unhealthy one at any time: otherwise no node can be emptied.",
  check: (subject) => {
    if (!isKind(subject, "PodDisruptionBudget")) return [];
    const spec = (key: string): unknown => get(subject.props, "spec", key);
    const most = spec("maxUnavailable");
    const lets = typeof most === "number" ? most >= 1 : /^[1-9]\d*%$/.test(text(most) ?? "");
    return [
      ...(lets ? [] : [finding(subject, "spec.maxUnavailable", "1 or more")]),
      ...(spec("unhealthyPodEvictionPolicy") === "AlwaysAllow"
        ? []
        : [finding(subject, "spec.unhealthyPodEvictionPolicy", "AlwaysAllow")]),
    ];
  },
};

const topologies = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"] as const;

const spreadOverNodes: StackRule = {
  of: "stack",
  name: "spread-over-nodes",
  severity: "medium",
  description: "In staging and prod several replicas spread over zones and nodes.",
  check: (subjects, { highlyAvailable }) =>
    subjects.filter(isServer).flatMap((server) => {
      if (!highlyAvailable || mostReplicas(server, subjects) < 2) return [];
      const pods = podsOf(server);
      const spread = list(pods?.spec.topologySpreadConstraints).map((one) =>
        get(one, "topologyKey"),
      );
      return topologies
        .filter((key) => !spread.includes(key))
        .map((key) =>
          finding(server, `${pods?.path ?? ""}.topologySpreadConstraints`, `one over ${key}`),
        );
    }),
};

const sharedModes = ["ReadWriteMany", "ReadOnlyMany"];

const volumeShared: StackRule = {
  of: "stack",
  name: "volume-shared-across-nodes",
  severity: "high",
  description:
    "Pods that run at the same time, of one server or of several, share a claim only where its access mode lets several nodes have it.",
  check: (subjects) =>
    subjects.filter(isServer).flatMap((server): Finding[] => {
      const pods = podsOf(server);
      if (pods === undefined) return [];
      const single = claimsOf(pods).filter((name) => !isShared(subjects, server, name));
      if (single.length === 0) return [];
      const several =
        mostReplicas(server, subjects) > 1 ||
        single.some((name) => serversOf(subjects, homeOf(server), name).length > 1);
      const overlaps =
        isKind(server, "Deployment") &&
        get(server.props, "spec", "strategy", "type") !== "Recreate";
      const path = `${pods.path}.volumes`;
      return several || overlaps
        ? [
            finding(
              server,
              path,
              "claims with ReadWriteMany, or one pod of one server at a time (Recreate)",
            ),
          ]
        : [];
    }),
};

/** Of a claim that was there before nobody knows the modes: most are for one node. */
function isShared(subjects: readonly Subject[], server: Subject, name: string): boolean {
  const claim = subjects.find(
    (one) =>
      isKind(one, "PersistentVolumeClaim") &&
      homeOf(one) === homeOf(server) &&
      nameOf(one) === name,
  );
  if (claim === undefined) return false;
  const modes = list(get(claim.props, "spec", "accessModes"));
  return modes.some((mode) => sharedModes.includes(text(mode) ?? ""));
}

/** How servers stay up. */
export const workloadRules = [
  autoscaledWithoutReplicas,
  budgetPresent,
  budgetAllowsDrain,
  spreadOverNodes,
  volumeShared,
] as const;
