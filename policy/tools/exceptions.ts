import { decisions } from "./decisions";
import type { ScanException } from "./model";

const workloads = ["Deployment/*/*", "StatefulSet/*/*", "Job/*/*", "CronJob/*/*"] as const;

/** What the scanners find in the rendered stacks and is meant so. The tests refuse an entry that matches nothing. */
export const scanExceptions: readonly ScanException[] = [
  {
    tool: "kube-score",
    check: "container-image-pull-policy",
    objects: workloads,
    reason: decisions.pullPolicy,
  },
  { tool: "checkov", check: "CKV_K8S_15", objects: workloads, reason: decisions.pullPolicy },
  { tool: "checkov", check: "CKV_K8S_43", objects: workloads, reason: decisions.digest },
  { tool: "checkov", check: "CKV_K8S_35", objects: workloads, reason: decisions.secretFiles },
  {
    tool: "kube-score",
    check: "container-ephemeral-storage-request-and-limit",
    objects: workloads,
    reason: decisions.ephemeralStorage,
  },
  {
    tool: "kube-score",
    check: "container-security-context-user-group-id",
    objects: workloads,
    reason: decisions.highUser,
  },
  { tool: "checkov", check: "CKV_K8S_40", objects: workloads, reason: decisions.highUser },
  {
    tool: "checkov",
    check: "CKV_K8S_38",
    stacks: ["prod"],
    objects: [
      "CronJob/heatpump-settings/postgres-snapshot",
      "CronJob/timescaledb/timescaledb-snapshot",
      "CronJob/*/snapshot-pruning",
    ],
    reason: decisions.token,
  },
  {
    tool: "kube-score",
    check: "statefulset-has-servicename",
    objects: ["StatefulSet/*/*"],
    reason: decisions.serviceName,
  },
  {
    tool: "kube-score",
    check: "pod-probes-identical",
    objects: [
      "StatefulSet/*/postgres",
      "StatefulSet/*/philotes-postgresql",
      "StatefulSet/timescaledb/timescaledb",
      "StatefulSet/faultmaven/redis",
      "StatefulSet/faultmaven/chromadb",
      "Deployment/thunderline/livebook",
      "Deployment/thunderline/mlflow",
      "Deployment/thunderline/otelcol",
    ],
    reason: decisions.identicalProbes,
  },
  {
    tool: "kube-score",
    check: "pod-probes-identical",
    objects: ["Deployment/*/philotes-lakekeeper"],
    reason: "it has one check, and nothing else that tells whether it lives",
  },
  {
    tool: "kube-score",
    check: "deployment-has-host-podantiaffinity",
    stacks: ["staging", "prod"],
    objects: [
      "Deployment/thunderline/web",
      "Deployment/faultmaven/faultmaven-blue",
      "Deployment/*/philotes-api",
    ],
    reason: decisions.antiAffinity,
  },
  {
    tool: "kube-score",
    check: "deployment-has-host-podantiaffinity",
    stacks: ["prod"],
    objects: ["Deployment/thunderline/worker", "Deployment/philotes/philotes-lakekeeper"],
    reason: decisions.antiAffinity,
  },
  {
    tool: "kube-score",
    check: "deployment-has-host-podantiaffinity",
    stacks: ["prod"],
    objects: ["Deployment/philotes/philotes-worker-*"],
    reason: "KEDA keeps it at one replica, because its slot has one reader; the field is KEDA's",
  },
  {
    tool: "kube-score",
    check: "deployment-replicas",
    stacks: ["dev"],
    objects: [
      "Deployment/thunderline/web",
      "Deployment/faultmaven/faultmaven-blue",
      "Deployment/philotes/philotes-api",
    ],
    reason: "dev has one replica of each",
  },
  {
    tool: "kube-score",
    check: "deployment-replicas",
    stacks: ["dev", "staging"],
    objects: ["Deployment/*/philotes-lakekeeper"],
    reason: "one replica until prod: clients try again",
  },
  {
    tool: "kube-score",
    check: "deployment-replicas",
    objects: [
      "Deployment/*/redpanda-connect",
      "Deployment/mqtt-redpanda-bridge/mqtt-redpanda-bridge",
      "Deployment/*/philotes-worker-*",
      "Deployment/thunderline/livebook",
      "Deployment/thunderline/mlflow",
      "Deployment/thunderline/otelcol",
    ],
    reason: decisions.oneReplica,
  },
  {
    tool: "kube-score",
    check: "deployment-strategy",
    objects: [
      "Deployment/*/redpanda-connect",
      "Deployment/mqtt-redpanda-bridge/mqtt-redpanda-bridge",
      "Deployment/*/philotes-worker-*",
      "Deployment/thunderline/livebook",
      "Deployment/thunderline/mlflow",
    ],
    reason: decisions.recreate,
  },
  {
    tool: "kube-score",
    check: "deployment-strategy",
    stacks: ["dev"],
    objects: ["Deployment/faultmaven/faultmaven-blue"],
    reason: "dev keeps uploaded files on one volume that one pod may mount",
  },
  {
    tool: "kube-score",
    check: "networkpolicy-targets-pod",
    stacks: ["staging", "prod"],
    objects: ["NetworkPolicy/*/*-solver-from-ingress"],
    reason: decisions.solver,
  },
];
