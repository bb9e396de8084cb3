/** The section of docs/RUNBOOKS.md that says what to do. */
export type Runbook =
  | "autoscaler-at-its-maximum"
  | "backup-too-old"
  | "bridge-disconnected"
  | "certificate-near-expiry"
  | "claim-nearly-full"
  | "consumer-lag"
  | "dead-letters"
  | "failed-job"
  | "missing-job"
  | "near-its-limits"
  | "oom-kills"
  | "restarts"
  | "target-down"
  | "wal-held-by-a-slot";

export interface Alert {
  /** In CamelCase, as alerts are named. */
  readonly name: string;
  /** PromQL; each series that it gives is an alert of its own. */
  readonly expr: string;
  /** How long it has to hold, as Prometheus writes durations: short troubles mend themselves. */
  readonly for: string;
  /** `critical`: data or service is lost while nobody acts. `warning`: it can wait for the day. */
  readonly severity: "critical" | "warning";
  /** One line; both may name labels as `{{ $labels.pod }}`. */
  readonly summary: string;
  readonly description: string;
  readonly runbook: Runbook;
}
