/** Labels on all that a backup makes on a cluster, and what it knows others by. */
export const marks = {
  managedBy: "app.kubernetes.io/managed-by",
  /** The claim whose data a Job saves, or a hash of its name where that is too long for a label. */
  claim: "backup.platform/claim",
  /** When the run has begun that made it. */
  run: "backup.platform/run",
  /** An annotation: which store a CronJob of this program backs up. */
  store: "backup.platform/store",
} as const;

export const managedBy = "platform-backup";

/** By which all of it is found. */
export const ours = `${marks.managedBy}=${managedBy}`;
