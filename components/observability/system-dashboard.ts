import type { Scope } from "../scope";
import { type DashboardDescription, type Panel, type Row, uidOf } from "./dashboard";
import { series } from "./promql";

/** What everybody wants to see of a system, by what is in its namespaces, and what it adds itself. */
export function systemDashboard(
  title: string,
  scopes: readonly [Scope, ...Scope[]],
  own: readonly Row[],
): DashboardDescription {
  const [home] = scopes;
  const namespace = scopes.map((scope) => scope.namespace);
  const has = (what: "claims" | "targets" | "autoscalers" | "schedules"): boolean =>
    scopes.some(({ inventory }) => inventory[what].length > 0);
  return {
    uid: uidOf(home.namespace),
    title,
    description: `What runs in ${namespace.join(", ")}. Made by the program: changes here are lost.`,
    rows: [
      { title: "Pods", panels: podPanels(namespace, has("autoscalers")) },
      ...(has("claims") ? [{ title: "Volumes", panels: [volumePanel(namespace)] }] : []),
      {
        title: "Jobs",
        panels: [failedJobs(namespace), ...(has("schedules") ? [sinceSuccess(namespace)] : [])],
      },
      ...(has("targets") ? [{ title: "Targets", panels: [targetPanel(namespace)] }] : []),
      ...own,
    ],
  };
}

/** A panel of one series. */
export function plot(
  title: string,
  unit: Panel["unit"],
  expr: string,
  legend: string,
  description?: string,
): Panel {
  return {
    title,
    unit,
    queries: [{ kind: "promql", expr, legend }],
    ...(description === undefined ? {} : { description }),
  };
}

function podPanels(namespace: readonly string[], autoscaled: boolean): Panel[] {
  const containers = { namespace };
  const share = (used: string, resource: string): string =>
    `sum by (namespace, pod, container) (${used}) / max by (namespace, pod, container) ` +
    `(${series("kube_pod_container_resource_limits", { namespace, resource })})`;
  return [
    plot(
      "CPU, of the limit",
      "percentunit",
      share(
        `rate(${series("container_cpu_usage_seconds_total", containers)}[$__rate_interval])`,
        "cpu",
      ),
      "{{pod}} {{container}}",
    ),
    plot(
      "Memory, of the limit",
      "percentunit",
      share(series("container_memory_working_set_bytes", containers), "memory"),
      "{{pod}} {{container}}",
    ),
    plot(
      "Restarts in the hour before",
      "short",
      `increase(${series("kube_pod_container_status_restarts_total", containers)}[1h])`,
      "{{pod}} {{container}}",
    ),
    {
      title: "Pods that answer",
      unit: "short",
      queries: [
        {
          kind: "promql",
          expr: series("kube_deployment_status_replicas_available", containers),
          legend: "{{namespace}} {{deployment}}",
        },
        {
          kind: "promql",
          expr: series("kube_statefulset_status_replicas_ready", containers),
          legend: "{{namespace}} {{statefulset}}",
        },
      ],
    },
    ...(autoscaled ? [autoscalerPanel(namespace)] : []),
  ];
}

function autoscalerPanel(namespace: readonly string[]): Panel {
  return {
    title: "Autoscalers: replicas, and their maximum",
    unit: "short",
    queries: [
      {
        kind: "promql",
        expr: series("kube_horizontalpodautoscaler_status_current_replicas", { namespace }),
        legend: "{{horizontalpodautoscaler}}",
      },
      {
        kind: "promql",
        expr: series("kube_horizontalpodautoscaler_spec_max_replicas", { namespace }),
        legend: "{{horizontalpodautoscaler}}, maximum",
      },
    ],
  };
}

function volumePanel(namespace: readonly string[]): Panel {
  return plot(
    "Used, of the volume",
    "percentunit",
    `max by (namespace, persistentvolumeclaim) (${series("kubelet_volume_stats_used_bytes", { namespace })} ` +
      `/ ${series("kubelet_volume_stats_capacity_bytes", { namespace })})`,
    "{{namespace}} {{persistentvolumeclaim}}",
    "A volume has figures while a pod mounts it; that of backups does for minutes a day.",
  );
}

function failedJobs(namespace: readonly string[]): Panel {
  return plot(
    "Failed Jobs",
    "short",
    `sum by (namespace, job_name) (${series("kube_job_failed", { namespace, condition: "true" })})`,
    "{{namespace}} {{job_name}}",
  );
}

function sinceSuccess(namespace: readonly string[]): Panel {
  return plot(
    "Since the last success of each CronJob",
    "s",
    `time() - ${series("kube_cronjob_status_last_successful_time", { namespace })}`,
    "{{namespace}} {{cronjob}}",
    "For a backup, the age of the newest one.",
  );
}

function targetPanel(namespace: readonly string[]): Panel {
  return plot(
    "Targets that Prometheus reads",
    "bool_on_off",
    `min by (namespace, job) (${series("up", { namespace })})`,
    "{{namespace}} {{job}}",
  );
}
