import { decisions } from "./decisions";
import { all, decision, rules, scan, server, type Tool } from "./model";

/** All checks of kube-score, the optional ones too. */
export const kubeScore: Tool = {
  title: "kube-score",
  source: "1.20.0, `kube-score list`",
  checks: {
    "container-image-tag": rules("image-pinned"),
    "container-resources": rules("resources-declared"),
    "container-security-context-privileged": rules("security-context-restricted"),
    "container-seccomp-profile": rules("security-context-restricted"),
    "container-security-context-readonlyrootfilesystem": rules("read-only-root-filesystem"),
    "pod-probes": rules("probes-declared"),
    "pod-networkpolicy": rules("network-policy-per-workload", "namespace-default-deny"),
    "networkpolicy-targets-pod": rules("network-policy-aimed"),
    "statefulset-has-poddisruptionbudget": rules("disruption-budget-present"),
    "deployment-has-poddisruptionbudget": rules("disruption-budget-present"),
    "poddisruptionbudget-has-policy": rules("disruption-budget-allows-drain"),
    "deployment-targeted-by-hpa-does-not-have-replicas-configured": rules(
      "autoscaled-without-replicas",
    ),
    "service-type": rules("service-type-declared"),
    ...all(scan("kube-score"), [
      "deployment-replicas",
      "deployment-strategy",
      "horizontalpodautoscaler-has-target",
      "horizontalpodautoscaler-replicas",
      "ingress-targets-service",
      "service-targets-pod",
      "cronjob-has-deadline",
      "environment-variable-key-duplication",
      "container-ports-check",
      // Whether constraints are well-formed; that there are some is a rule's.
      "pod-topology-spread-constraints",
      "stable-version",
    ]),
    ...all(server("the API server refuses such an object"), [
      "cronjob-restartpolicy",
      "deployment-pod-selector-labels-match-template-metadata-labels",
      "statefulset-pod-selector-labels-match-template-metadata-labels",
      "label-values",
    ]),
    "container-image-pull-policy": decision(decisions.pullPolicy, "image-pinned"),
    "container-ephemeral-storage-request-and-limit": decision(
      decisions.ephemeralStorage,
      "read-only-root-filesystem",
      "scratch-sized",
    ),
    "container-ephemeral-storage-request-equals-limit": decision(
      decisions.ephemeralStorage,
      "scratch-sized",
    ),
    ...all(decision(decisions.requestsBelowLimits, "resources-declared"), [
      "container-resource-requests-equal-limits",
      "container-cpu-requests-equal-limits",
      "container-memory-requests-equal-limits",
    ]),
    "container-security-context-user-group-id": decision(
      decisions.highUser,
      "security-context-restricted",
    ),
    "pod-probes-identical": decision(decisions.identicalProbes, "liveness-independent"),
    "deployment-has-host-podantiaffinity": decision(decisions.antiAffinity, "spread-over-nodes"),
    "statefulset-has-host-podantiaffinity": decision(decisions.antiAffinity, "spread-over-nodes"),
    "statefulset-has-servicename": decision(decisions.serviceName),
  },
};

/**
 * The optional checks that the tests run too. The others ask for requests that equal limits, which is
 * decided otherwise.
 */
export const optionalChecks = ["container-seccomp-profile", "container-ports-check"] as const;
