import { type AlertCase, always } from "./alert-case";
import type { Samples } from "./promtool";

const job = 'namespace="thunderline",job_name="migration-042dff2d64"';
const run = 'namespace="thunderline",job_name="postgres-backup-29384640"';
const restore = 'namespace="thunderline",job_name="postgres-setup-restore-20261121t183000z-1f2e"';
const cronjob = 'namespace="thunderline",cronjob="postgres-backup"';
const ownedRun = `${run},owner_kind="CronJob",owner_name="postgres-backup",owner_is_controller="true"`;
const claim = 'namespace="thunderline",persistentvolumeclaim="postgres-data"';
const certificate = 'name="web-tls",namespace="cert-manager",exported_namespace="thunderline"';
const unissued = 'name="web-tls",namespace="thunderline"';
const ofClaim = { namespace: "thunderline", persistentvolumeclaim: "postgres-data" };
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
      // A run by the clock has an alert of its own, and who restores is there.
      [`kube_job_failed{${run},condition="true"}`]: always(1),
      [`kube_job_failed{${restore},condition="true"}`]: always(1),
    },
    labels: { namespace: "thunderline", job_name: "migration-042dff2d64" },
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
    cause: "while it is mounted, on a node that mounted it when it was smaller as well",
    namespace: "thunderline",
    bad: { ...volume("a", "80x9 stale"), ...volume("b", "_x10 90x3000") },
    good: { ...volume("a", "90x9 stale"), ...volume("b", "_x10 80x3000") },
    since: 10,
    labels: ofClaim,
  },
  {
    alert: "ClaimNearlyFull",
    cause: "since it was mounted for four minutes",
    namespace: "thunderline",
    // Neither begins nor ends at a round time.
    bad: volume("a", "_x11 90x3 stale"),
    good: volume("a", "_x11 80x3 stale"),
    since: 11,
    labels: ofClaim,
  },
  {
    alert: "ClaimNearlyFull",
    cause: "since another node mounted it last",
    namespace: "thunderline",
    bad: { ...volume("a", "_x11 80x3 stale"), ...volume("b", "_x31 90x3 stale") },
    good: { ...volume("a", "_x11 90x3 stale"), ...volume("b", "_x31 80x3 stale") },
    since: 31,
    labels: ofClaim,
  },
  {
    alert: "ClaimFull",
    cause: "",
    namespace: "thunderline",
    bad: volume("a", always(97)),
    good: volume("a", always(90)),
    labels: ofClaim,
  },
  {
    alert: "CertificateNearExpiry",
    cause: "",
    namespace: "thunderline",
    bad: {
      [`certmanager_certificate_renewal_timestamp_seconds{${certificate}}`]: always(3600),
    },
    good: {
      [`certmanager_certificate_renewal_timestamp_seconds{${certificate}}`]: always(8 * 3600),
      // One that was never issued has an alert of its own.
      [`certmanager_certificate_renewal_timestamp_seconds{${unissued}}`]: always(0),
    },
    // A day and an hour have passed.
    since: 25 * 60 + 1,
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

/** What the kubelet of a node says of the claim's volume of a hundred bytes: how many are used. */
function volume(node: string, used: string): Samples {
  return {
    [`kubelet_volume_stats_used_bytes{${claim},node="${node}"}`]: used,
    [`kubelet_volume_stats_capacity_bytes{${claim},node="${node}"}`]: always(100),
  };
}
