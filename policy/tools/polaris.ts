import { decisions } from "./decisions";
import { all, components, decision, rules, scan, server, type Tool } from "./model";

/** The checks of polaris' default configuration. */
export const polaris: Tool = {
  title: "polaris",
  source: "default configuration, `pkg/config/default.yaml` of FairwindsOps/polaris at 0ef08fc",
  checks: {
    tagNotSpecified: rules("image-pinned"),
    ...all(rules("resources-declared"), [
      "cpuRequestsMissing",
      "cpuLimitsMissing",
      "memoryRequestsMissing",
      "memoryLimitsMissing",
    ]),
    ...all(rules("security-context-restricted"), [
      "linuxHardening",
      "privilegeEscalationAllowed",
      "runAsRootAllowed",
      "runAsPrivileged",
      "dangerousCapabilities",
      "insecureCapabilities",
    ]),
    notReadOnlyRootFilesystem: rules("read-only-root-filesystem"),
    ...all(rules("no-host-access"), [
      "hostIPCSet",
      "hostPIDSet",
      "hostNetworkSet",
      "hostPathSet",
      "hostPortSet",
    ]),
    automountServiceAccountToken: rules("no-service-account-token"),
    readinessProbeMissing: rules("probes-declared"),
    livenessProbeMissing: rules("probes-declared"),
    missingPodDisruptionBudget: rules("disruption-budget-present"),
    pdbDisruptionsIsZero: rules("disruption-budget-allows-drain"),
    pdbMinAvailableGreaterThanOrEqualToHPAMinReplicas: rules("disruption-budget-allows-drain"),
    topologySpreadConstraint: rules("spread-over-nodes"),
    missingNetworkPolicy: rules("network-policy-per-workload", "namespace-default-deny"),
    tlsSettingsMissing: rules("ingress-tls"),
    sensitiveContainerEnvVar: rules("no-secret-in-env"),
    sensitiveConfigmapContent: rules("no-secret-in-config-map"),
    deploymentMissingReplicas: scan("kube-score", "deployment-replicas"),
    hpaMinAvailability: scan("kube-score", "horizontalpodautoscaler-replicas"),
    hpaMaxAvailability: components("an autoscaler's maximum is above its minimum"),
    ...all(rules("no-secret-reading-rbac"), [
      "clusterrolePodExecAttach",
      "rolePodExecAttach",
      "clusterrolebindingPodExecAttach",
      "rolebindingClusterRolePodExecAttach",
      "rolebindingRolePodExecAttach",
    ]),
    ...all(rules("role-of-the-stack", "no-wildcard-rbac"), [
      "clusterrolebindingClusterAdmin",
      "rolebindingClusterAdminClusterRole",
      "rolebindingClusterAdminRole",
    ]),
    hostProcess: server("Pod Security refuses it"),
    procMount: server("Pod Security refuses it"),
    pullPolicyNotAlways: decision(decisions.pullPolicy, "image-pinned"),
    priorityClassNotSet: decision(decisions.priorityClass),
    metadataAndInstanceMismatched: decision(decisions.instanceLabel, "owner-labels"),
  },
};
