import { longestGapMinutes } from "../../config/schedule";
import type { ScheduleNote } from "../inventory";
import type { Scope } from "../scope";
import type { Alert } from "./alert";
import { anyOf, series, seriesOf } from "./promql";
import { workloadAlerts } from "./workload-alerts";

/**
 * What everybody wants to know of a namespace, by what is in it: an alert is there only where its series
 * can be, and none is about what the settings have off.
 */
export function namespaceAlerts(scope: Scope): Alert[] {
  return [
    ...workloadAlerts(scope),
    ...jobAlerts(scope),
    ...scheduleAlerts(scope),
    ...backupAlerts(scope),
    ...claimAlerts(scope),
    ...certificateAlerts(scope),
  ];
}

/**
 * Of those that are declared to run once, by their names and the hash of their content. A run of a
 * CronJob has alerts of its own, and who restores a backup sees it fail.
 */
function jobAlerts({ namespace, inventory }: Scope): Alert[] {
  if (inventory.jobs.length === 0) return [];
  const job_name = { pattern: `(${anyOf(inventory.jobs)})-[0-9a-f]{10}` };
  return [
    {
      name: "JobFailed",
      expr: `${series("kube_job_failed", { namespace, job_name, condition: "true" })} == 1`,
      for: "5m",
      severity: "critical",
      summary: "Job {{ $labels.job_name }} failed",
      description:
        "It gave up after its last retry or at its deadline. What waits for it, such as the pods of the next release, does not start.",
      runbook: "failed-job",
    },
  ];
}

function scheduleAlerts({ namespace, inventory }: Scope): Alert[] {
  const cronjob = inventory.schedules.filter(isOn).map(({ name }) => name);
  if (cronjob.length === 0) return [];
  const which = { namespace, cronjob };
  const owner = series("kube_job_owner", {
    namespace,
    owner_kind: "CronJob",
    owner_name: cronjob,
  });
  const failed = series("kube_job_failed", { namespace, condition: "true" });
  const failedRuns =
    `${series("kube_job_status_start_time", { namespace })} ` +
    `* on (namespace, job_name) group_left (owner_name) ${owner} ` +
    `and on (namespace, job_name) (${failed} == 1)`;
  const lastFailure =
    "label_replace(max by (namespace, owner_name) " +
    `(${failedRuns}), "cronjob", "$1", "owner_name", "(.+)")`;
  const overdue = `time() - ${series("kube_cronjob_next_schedule_time", which)} > 3600`;
  const suspended = `${series("kube_cronjob_spec_suspend", which)} == 1`;
  const absent = cronjob.map(
    (name) => `absent(${series("kube_cronjob_info", { namespace, cronjob: name })})`,
  );
  return [
    {
      name: "ScheduledJobFailed",
      // A later success makes up for a failure, though Kubernetes keeps the failed Job to be read.
      expr: `${lastFailure} > on (namespace, cronjob) (${lastSuccess(which)})`,
      for: "5m",
      severity: "warning",
      summary: "The last run of CronJob {{ $labels.cronjob }} failed",
      description: "No run has succeeded since. The next one comes by its schedule.",
      runbook: "failed-job",
    },
    {
      name: "ScheduledJobMissing",
      // Kubernetes makes up for a run that it missed within the hour.
      expr: [overdue, suspended, ...absent].join(" or "),
      for: "15m",
      severity: "warning",
      summary: "CronJob {{ $labels.cronjob }} does not run",
      description:
        "Its time passed more than an hour ago without a run, somebody suspended it by hand, or it is gone.",
      runbook: "missing-job",
    },
  ];
}

/** One rule for each age that is too old: schedules differ. */
function backupAlerts({ namespace, inventory }: Scope): Alert[] {
  const byAge = new Map<number, string[]>();
  for (const one of inventory.schedules.filter(isOn)) {
    const age = one.backupOf === undefined ? undefined : oldestMinutes(one);
    if (age !== undefined) byAge.set(age, [...(byAge.get(age) ?? []), one.name]);
  }
  return [...byAge].map(([age, cronjob]) => ({
    name: "BackupTooOld",
    expr: `time() - (${lastSuccess({ namespace, cronjob })}) > ${String(age * 60)}`,
    for: "10m",
    severity: "critical" as const,
    summary: "The newest backup by {{ $labels.cronjob }} is too old",
    description:
      "It is {{ $value | humanizeDuration }} since a backup was taken and verified, or since the first one should have been.",
    runbook: "backup-too-old" as const,
  }));
}

/** What has never run counts from the day on which it was made. */
function lastSuccess(which: { namespace: string; cronjob: readonly string[] }): string {
  const never = series("kube_cronjob_created", which);
  const last = series("kube_cronjob_status_last_successful_time", which);
  return `${last} or on (namespace, cronjob) ${never}`;
}

/** The longest time between two runs, and a quarter of it or two hours for a slow run and its retries. */
function oldestMinutes({ schedule }: ScheduleNote): number | undefined {
  const gap = longestGapMinutes(schedule);
  return gap === undefined ? undefined : Math.ceil(gap + Math.max(120, gap / 4));
}

function isOn({ suspended }: ScheduleNote): boolean {
  return !suspended;
}

function claimAlerts({ namespace, inventory }: Scope): Alert[] {
  if (inventory.claims.length === 0) return [];
  const used = usedShare({ namespace, persistentvolumeclaim: inventory.claims });
  return [
    {
      name: "ClaimNearlyFull",
      expr: `${used} > 0.85`,
      for: "30m",
      severity: "warning",
      summary: "Claim {{ $labels.persistentvolumeclaim }} is nearly full",
      description: "{{ $value | humanizePercentage }} of the volume are used.",
      runbook: "claim-nearly-full",
    },
    {
      name: "ClaimFull",
      expr: `${used} > 0.95`,
      for: "5m",
      severity: "critical",
      summary: "Claim {{ $labels.persistentvolumeclaim }} is about to be full",
      description:
        "{{ $value | humanizePercentage }} of the volume are used. A store without room stops, and may not start again.",
      runbook: "claim-nearly-full",
    },
  ];
}

/**
 * How full volumes are, of 1. They have figures only while a pod mounts them, and that of backups is
 * mounted for minutes a day: without a figure of now, the last one of a day and an hour counts. Each node
 * has figures of its own, so that of the node which mounted it last: it may have grown since the others.
 */
function usedShare(which: { namespace: string; persistentvolumeclaim: readonly string[] }): string {
  const used = series("kubelet_volume_stats_used_bytes", which);
  const capacity = series("kubelet_volume_stats_capacity_bytes", which);
  const claim = "(namespace, persistentvolumeclaim)";
  const last = `last_over_time(${used}[25h]) / last_over_time(${capacity}[25h])`;
  // A kubelet measures once a minute: with longer steps, short mounts would be missed.
  const seen = `max_over_time(timestamp(${used})[25h:1m])`;
  const newest = `${last} and topk by ${claim} (1, ${seen})`;
  return `(max by ${claim} (${used} / ${capacity}) or max by ${claim} (${newest}))`;
}

/** Of certificates that cert-manager keeps. Each knows when it is due to be renewed, however long it lives. */
function certificateAlerts({ namespace, cluster, inventory }: Scope): Alert[] {
  if (inventory.certificates.length === 0 || !cluster.capabilities.certManager) return [];
  const name = inventory.certificates;
  const due = seriesOf(namespace, "certmanager_certificate_renewal_timestamp_seconds", { name });
  const notReady = seriesOf(namespace, "certmanager_certificate_ready_status", {
    name,
    condition: "False",
  });
  return [
    {
      name: "CertificateNearExpiry",
      // 0 is of one that was never issued, which is not ready either.
      expr: `time() - (${due} > 0) > 86400`,
      for: "1h",
      severity: "warning",
      summary: "Certificate {{ $labels.name }} is near its end",
      description:
        "It was due to be renewed {{ $value | humanizeDuration }} ago, and cert-manager has not done it.",
      runbook: "certificate-near-expiry",
    },
    {
      name: "CertificateNotReady",
      expr: `${notReady} == 1`,
      for: "1h",
      severity: "warning",
      summary: "Certificate {{ $labels.name }} is not ready",
      description: "cert-manager cannot issue or renew it.",
      runbook: "certificate-near-expiry",
    },
  ];
}
