import { decisions } from "./decisions";
import { all, components, decision, rules, scan, server, type Tool } from "./model";

/** The checks of kube-linter that are on by default. */
export const kubeLinter: Tool = {
  title: "kube-linter",
  source:
    "checks that are on by default, from `internal/defaultchecks/default_checks.go` of stackrox/kube-linter at 8d68919, and the one that its pull request 964 added",
  checks: {
    "latest-tag": rules("image-pinned"),
    "unset-cpu-requirements": rules("resources-declared"),
    "unset-memory-requirements": rules("resources-declared"),
    ...all(rules("security-context-restricted"), [
      "drop-net-raw-capability",
      "privilege-escalation-container",
      "privileged-container",
      "run-as-non-root",
    ]),
    "no-read-only-root-fs": rules("read-only-root-filesystem"),
    ...all(rules("no-host-access"), [
      "docker-sock",
      "host-ipc",
      "host-network",
      "host-pid",
      "sensitive-host-mounts",
    ]),
    "env-var-secret": rules("no-secret-in-env"),
    ...all(rules("disruption-budget-allows-drain"), [
      "pdb-max-unavailable",
      "pdb-min-available",
      "pdb-unhealthy-pod-eviction-policy",
    ]),
    "dangling-service": scan("kube-score", "service-targets-pod"),
    "duplicate-env-var": scan("kube-score", "environment-variable-key-duplication"),
    "no-extensions-v1beta": scan("kube-score", "stable-version"),
    "invalid-target-ports": server("the API server refuses such an object"),
    "mismatching-selector": server("the API server refuses such an object"),
    "unsafe-sysctls": server("Pod Security refuses them"),
    "deprecated-service-account-field": components("pods say `serviceAccountName`"),
    "non-existent-service-account": components("a pod's account is declared with it"),
    ...all(components("a probe asks a port that its container declares"), [
      "liveness-port",
      "readiness-port",
      "startup-port",
    ]),
    "ssh-port": components("no container has port 22"),
    "no-anti-affinity": decision(decisions.antiAffinity, "spread-over-nodes"),
    "job-ttl-seconds-after-finished": decision(decisions.jobTtl, "job-without-ttl"),
  },
};
