import { all, components, elsewhere, rules, server, type Tool } from "./model";

/** The hardening guidance of NSA and CISA, as starboard's controls put it. */
export const nsa: Tool = {
  title: "NSA and CISA, Kubernetes Hardening Guidance",
  source: "controls of `deploy/specs/nsa-1.0.yaml` of aquasecurity/starboard at 07a0e6a",
  checks: {
    "1.0 Non-root containers": rules("security-context-restricted"),
    "1.1 Immutable container file systems": rules("read-only-root-filesystem"),
    "1.2 Preventing privileged containers": rules("security-context-restricted"),
    "1.3 Share containers' process namespaces": rules("no-host-access"),
    "1.4 Share host process namespaces": rules("no-host-access"),
    "1.5 Use the host network": rules("no-host-access"),
    "1.6 Run with root privileges or with root group membership": components(
      "users and groups of pods are above 0",
    ),
    "1.7 Restrict escalation to root privileges": rules("security-context-restricted"),
    ...all(
      server("Pod Security refuses to weaken what the node applies to every container by default"),
      [
        "1.8 Set the SELinux context of the container",
        "1.9 Restrict a container's access to resources with AppArmor",
      ],
    ),
    "1.10 Set the seccomp profile of containers": rules("security-context-restricted"),
    "1.11 Protecting Pod service account tokens": rules("no-service-account-token"),
    "1.12 Namespace kube-system should not be used by users": components(
      "each system has namespaces of its own, and none of them is Kubernetes' own",
    ),
    "2.0 Pod and/or namespace Selectors usage": rules(
      "network-policy-per-workload",
      "network-policy-narrow",
    ),
    "4.0 Use ResourceQuota policies to limit resources": rules("namespace-quota"),
    "4.1 Use LimitRange policies to limit resources": rules("namespace-limit-range"),
    ...all(elsewhere("the control plane, its nodes and its network plugin"), [
      "3.0 CNI plugin that supports network policies",
      "5.0 Control plane disables the insecure port",
      "5.1 Encrypt etcd communication",
      "6.0 Permissions of the kube config file",
      "6.1 Encryption resource is set",
      "6.2 Encryption provider is set",
      "7.0 anonymous-auth is unset",
      "7.1 authorization-mode is RBAC",
      "8.0 Audit policy is configured",
      "8.1 Audit log path is configured",
      "8.2 Audit log aging",
    ]),
  },
};
