import { type AlertCase, always } from "./alert-case";
import type { Samples } from "./promtool";

const job = 'namespace="thunderline",job_name="migration-1"';
const run = 'namespace="thunderline",job_name="postgres-backup-1"';
const cronjob = 'namespace="thunderline",cronjob="postgres-backup"';
const ownedRun = `${run},owner_kind="CronJob",owner_name="postgres-backup",owner_is_controller="true"`;
const claim = 'namespace="thunderline",persistentvolumeclaim="postgres-data",node="n"';
const certificate = 'name="web-tls",namespace="cert-manager",exported_namespace="thunderline"';
const schedule = { namespace: "thunderline", cronjob: "postgres-backup" };

/** Of programs that end, and of what they keep. */
export const jobCases: readonly AlertCase[] = [
  {
    alert: "JobFailed",
    cause: "",
    namespace: "thunderline",
    bad: { [`kube_job_failed{${job},condition="true"}`]: always(1) },
    good: {
      [`kube_job_failed{${job},condition="true"}`]: always(0),
      // A run by the clock has an alert of its own.
      [`kube_job_failed{${run},condition="true"}`]: always(1),
      [`kube_job_owner{${ownedRun}}`]: always(1),
    },
    labels: { namespace: "thunderline", job_name: "migration-1" },
  },
  {
    alert: "ScheduledJobFailed",
    cause: "after a success",
    namespace: "thunderline",
    bad: failedRun({ startedAt: 2000, succeededAt: 1000 }),
    good: failedRun({ startedAt: 2000, succeededAt: 3000 }),
    labels: schedule,
  },
  {
    alert: "ScheduledJobFailed",
    cause: "the first run",
    namespace: "thunderline",
    bad: failedRun({ startedAt: 2000 }),
    good: failedRun({ startedAt: 2000, failed: 0 }),
    labels: schedule,
  },
  {
    alert: "ScheduledJobMissing",
    cause: "its time has passed",
    namespace: "thunderline",
    bad: { ...known(), [`kube_cronjob_next_schedule_time{${cronjob}}`]: always(0) },
    good: { ...known(), [`kube_cronjob_next_schedule_time{${cronjob}}`]: always(1_000_000) },
    since: 61,
    labels: schedule,
  },
  {
    alert: "ScheduledJobMissing",
    cause: "somebody suspended it",
    namespace: "thunderline",
    bad: { ...known(), [`kube_cronjob_spec_suspend{${cronjob}}`]: always(1) },
    good: { ...known(), [`kube_cronjob_spec_suspend{${cronjob}}`]: always(0) },
    labels: schedule,
  },
  {
    alert: "ScheduledJobMissing",
    cause: "it is gone",
    namespace: "thunderline",
    bad: {},
    good: known(),
    labels: schedule,
  },
  {
    alert: "BackupTooOld",
    cause: "since the last success",
    namespace: "thunderline",
    bad: {
      [`kube_cronjob_created{${cronjob}}`]: always(0),
      [`kube_cronjob_status_last_successful_time{${cronjob}}`]: always(0),
    },
    good: {
      [`kube_cronjob_created{${cronjob}}`]: always(0),
      [`kube_cronjob_status_last_successful_time{${cronjob}}`]: "0x1000 60000x2000",
    },
    // A day, and a quarter of it for a slow one.
    since: 30 * 60 + 1,
    labels: schedule,
  },
  {
    alert: "BackupTooOld",
    cause: "none was ever taken",
    namespace: "thunderline",
    bad: { [`kube_cronjob_created{${cronjob}}`]: always(0) },
    good: { [`kube_cronjob_created{${cronjob}}`]: always(60_000) },
    since: 30 * 60 + 1,
    labels: schedule,
  },
  {
    alert: "ClaimNearlyFull",
    cause: "",
    namespace: "thunderline",
    bad: volume(90),
    good: volume(80),
    labels: { namespace: "thunderline", persistentvolumeclaim: "postgres-data" },
  },
  {
    alert: "ClaimFull",
    cause: "",
    namespace: "thunderline",
    bad: volume(97),
    good: volume(90),
    labels: { namespace: "thunderline", persistentvolumeclaim: "postgres-data" },
  },
  {
    alert: "CertificateNearExpiry",
    cause: "",
    namespace: "thunderline",
    bad: {
      [`certmanager_certificate_expiration_timestamp_seconds{${certificate}}`]: always(13 * 86400),
    },
    good: {
      [`certmanager_certificate_expiration_timestamp_seconds{${certificate}}`]: always(20 * 86400),
    },
    labels: { namespace: "thunderline", name: "web-tls" },
  },
  {
    alert: "CertificateNotReady",
    cause: "",
    namespace: "thunderline",
    bad: {
      [`certmanager_certificate_ready_status{${certificate},condition="False"}`]: always(1),
    },
    good: {
      [`certmanager_certificate_ready_status{${certificate},condition="False"}`]: always(0),
      [`certmanager_certificate_ready_status{${certificate},condition="True"}`]: always(1),
    },
    labels: { namespace: "thunderline", name: "web-tls" },
  },
];

function failedRun(times: { startedAt: number; succeededAt?: number; failed?: number }): Samples {
  const { startedAt, succeededAt, failed = 1 } = times;
  return {
    ...known(),
    [`kube_job_status_start_time{${run}}`]: always(startedAt),
    [`kube_job_failed{${run},condition="true"}`]: always(failed),
    [`kube_job_owner{${ownedRun}}`]: always(1),
    [`kube_cronjob_created{${cronjob}}`]: always(0),
    ...(succeededAt === undefined
      ? {}
      : { [`kube_cronjob_status_last_successful_time{${cronjob}}`]: always(succeededAt) }),
  };
}

/** The CronJob is there. */
function known(): Samples {
  return { [`kube_cronjob_info{${cronjob}}`]: always(1) };
}

function volume(percent: number): Samples {
  return {
    [`kubelet_volume_stats_used_bytes{${claim}}`]: always(percent),
    [`kubelet_volume_stats_capacity_bytes{${claim}}`]: always(100),
  };
}
