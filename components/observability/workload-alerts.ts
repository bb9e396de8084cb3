import type { TargetNote } from "../inventory";
import type { Scope } from "../scope";
import type { Alert } from "./alert";
import { series } from "./promql";

/** What everybody wants to know of the servers of a namespace. */
export function workloadAlerts(scope: Scope): Alert[] {
  const containers = scope.inventory.servers.filter(({ running }) => running);
  if (containers.length === 0) return [];
  return [
    ...restartAlerts(scope),
    ...limitAlerts(
      scope,
      containers.map(({ name }) => name),
    ),
    ...availabilityAlerts(scope),
    ...autoscalerAlerts(scope),
  ];
}

function restartAlerts({ namespace }: Scope): Alert[] {
  const restarts = series("kube_pod_container_status_restarts_total", { namespace });
  const waiting = series("kube_pod_container_status_waiting_reason", {
    namespace,
    reason: "CrashLoopBackOff",
  });
  const outOfMemory = { namespace, reason: "OOMKilled" };
  const killed = series("kube_pod_container_status_last_terminated_reason", outOfMemory);
  const ended = series("kube_pod_container_status_terminated_reason", outOfMemory);
  return [
    {
      name: "ContainerRestarts",
      // Two paces: a crash at every start, and one every few hours. Restarts that nobody is told of are
      // what document 001 asks alerts for; at either pace they are thousands within months.
      expr: `increase(${restarts}[1h]) > 3 or increase(${restarts}[1d]) > 8`,
      for: "5m",
      severity: "warning",
      summary: "Container {{ $labels.container }} of {{ $labels.pod }} restarts again and again",
      description:
        "{{ $value | humanize }} restarts: more than 3 in an hour, or more than 8 in a day.",
      runbook: "restarts",
    },
    {
      name: "ContainerCrashLooping",
      expr: `max_over_time(${waiting}[5m]) == 1`,
      for: "15m",
      severity: "critical",
      summary: "Container {{ $labels.container }} of {{ $labels.pod }} does not stay up",
      description: "Kubernetes waits longer and longer before it starts it again.",
      runbook: "restarts",
    },
    {
      name: "ContainerOomKilled",
      // The reason stays until the next end, and that of a pod which has ended as long as the pod: only
      // with a new restart, or where there was none before, is it news.
      expr:
        `increase(${restarts}[15m]) > 0 and ignoring (reason) ${killed} == 1 ` +
        `or (${ended} == 1 unless ${ended} offset 15m == 1)`,
      for: "0m",
      severity: "warning",
      summary: "Container {{ $labels.container }} of {{ $labels.pod }} was killed for its memory",
      description: "It wanted more memory than its limit.",
      runbook: "oom-kills",
    },
  ];
}

/** Of servers alone: a migration or a study may use all that it has. */
function limitAlerts({ namespace }: Scope, container: readonly string[]): Alert[] {
  const which = { namespace, container };
  const limit = (resource: string): string =>
    `max by (namespace, pod, container) (${series("kube_pod_container_resource_limits", { ...which, resource })})`;
  const cpu = `rate(${series("container_cpu_usage_seconds_total", which)}[5m])`;
  const memory = series("container_memory_working_set_bytes", which);
  const share = (used: string, resource: string): string =>
    `sum by (namespace, pod, container) (${used}) / ${limit(resource)}`;
  return [
    {
      name: "CpuNearLimit",
      expr: `${share(cpu, "cpu")} > 0.9`,
      for: "30m",
      severity: "warning",
      summary: "Container {{ $labels.container }} of {{ $labels.pod }} is at its CPU limit",
      description:
        "It has used {{ $value | humanizePercentage }} of the limit for half an hour, and is slowed down.",
      runbook: "near-its-limits",
    },
    {
      name: "MemoryNearLimit",
      expr: `${share(memory, "memory")} > 0.9`,
      for: "30m",
      severity: "warning",
      summary: "Container {{ $labels.container }} of {{ $labels.pod }} is near its memory limit",
      description:
        "It has used {{ $value | humanizePercentage }} of the limit for half an hour. At the limit it is killed.",
      runbook: "near-its-limits",
    },
  ];
}

function availabilityAlerts({ namespace, inventory }: Scope): Alert[] {
  const wanted = inventory.servers.filter(({ running }) => running);
  const of = (kind: "Deployment" | "StatefulSet"): string[] =>
    wanted.filter((one) => one.kind === kind).map(({ name }) => name);
  const deployment = of("Deployment");
  const statefulset = of("StatefulSet");
  const short = [
    ...(deployment.length === 0
      ? []
      : [
          `${series("kube_deployment_status_replicas_available", { namespace, deployment })} ` +
            `< ${series("kube_deployment_spec_replicas", { namespace, deployment })}`,
        ]),
    ...(statefulset.length === 0
      ? []
      : [
          `${series("kube_statefulset_status_replicas_ready", { namespace, statefulset })} ` +
            `< ${series("kube_statefulset_replicas", { namespace, statefulset })}`,
        ]),
  ];
  return [
    {
      name: "WorkloadUnavailable",
      expr: short.join(" or "),
      for: "15m",
      severity: "critical",
      summary:
        "{{ $labels.deployment }}{{ $labels.statefulset }} has fewer pods that answer than it should",
      description: "{{ $value }} are ready. This tells also of those that Prometheus cannot read.",
      runbook: "target-down",
    },
    ...targetAlerts(namespace, inventory.targets),
  ];
}

/** One that may have no pod for want of work may also be one that Prometheus does not know of. */
function targetAlerts(namespace: string, targets: readonly TargetNote[]): Alert[] {
  if (targets.length === 0) return [];
  const absent = targets
    .filter(({ mayRest }) => !mayRest)
    .map(({ job }) => `absent(${series("up", { namespace, job })})`);
  const up = series("up", { namespace, job: targets.map(({ job }) => job) });
  return [
    {
      name: "TargetDown",
      expr: [`${up} == 0`, ...absent].join(" or "),
      for: "10m",
      severity: "warning",
      summary: "Prometheus cannot read {{ $labels.job }}",
      description:
        "A pod does not answer where its metrics are, or there is none. Alerts on them are blind.",
      runbook: "target-down",
    },
  ];
}

/** One whose bounds are the same has no room to begin with; nor has one that has either none or one pod. */
function autoscalerAlerts({ namespace, inventory }: Scope): Alert[] {
  const horizontalpodautoscaler = inventory.autoscalers
    .filter(({ minReplicas, maxReplicas }) => Math.max(1, minReplicas) < maxReplicas)
    .map(({ name }) => name);
  if (horizontalpodautoscaler.length === 0) return [];
  const which = { namespace, horizontalpodautoscaler };
  return [
    {
      name: "AutoscalerAtMaximum",
      expr:
        `${series("kube_horizontalpodautoscaler_status_desired_replicas", which)} ` +
        `>= ${series("kube_horizontalpodautoscaler_spec_max_replicas", which)}`,
      for: "30m",
      severity: "warning",
      summary: "Autoscaler {{ $labels.horizontalpodautoscaler }} has been at its maximum",
      description:
        "It wants {{ $value }} replicas, the most that it may. More load finds no more pods.",
      runbook: "autoscaler-at-its-maximum",
    },
  ];
}
