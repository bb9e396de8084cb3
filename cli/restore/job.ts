import { storeOf } from "./backups";
import type { Container, CronJob, EnvironmentVariable, Job, JobSpec, PodSpec } from "./objects";
import { restoreLabel } from "./writers";

/** What a Job of ours does: tells which backups there are, or puts one into the store. */
export type Task = "list" | "restore";

/** On each of our Jobs: which of the two it does. */
export const taskLabel = "restore.platform/task";

export interface JobRequest {
  readonly task: Task;
  /** Variables of the container, beside those of the backup. */
  readonly variables: Readonly<Record<string, string>>;
  /** Unique, and short enough for the names of its pods. */
  readonly name: string;
  readonly deadlineSeconds: number;
  /** Claims that it must not mount, because a server on another node has them. */
  readonly withoutClaims: readonly string[];
}

/** A failed one is kept for so long, for people to look at. */
const keptSeconds = 7 * 86_400;

/**
 * Whether there is data is asked first of all, so that a store that would be refused costs nobody a
 * stop. A server that does not answer, and a volume, which is not mounted here, say nothing of it: there
 * the restore itself refuses.
 */
const listing = [
  "folder=/backup workspace=/tmp",
  "if (. /backup/store.sh && has_data) >/dev/null 2>&1; then echo DATA; fi",
  "exec /bin/sh /backup/list.sh",
].join("\n");

const commands: Readonly<Record<Task, readonly string[]>> = {
  list: ["/bin/sh", "-c", listing],
  restore: ["/bin/sh", "/backup/restore.sh"],
};

/** A Job of the template of a store's backup, so that nothing is declared for restores alone. */
export function jobFrom(backup: CronJob, request: JobRequest): Omit<Job, "status"> {
  const { task, name, deadlineSeconds } = request;
  const { metadata, spec } = backup.spec.jobTemplate.spec.template;
  const own = {
    "app.kubernetes.io/managed-by": "platform-restore",
    [restoreLabel]: storeOf(backup) ?? "",
    [taskLabel]: task,
  };
  const job: JobSpec = {
    // A second attempt would be one that nobody has asked for.
    backoffLimit: 0,
    activeDeadlineSeconds: deadlineSeconds,
    ttlSecondsAfterFinished: keptSeconds,
    template: {
      // The backup's own labels: by them the network policies let it reach the store.
      metadata: { ...metadata, labels: { ...metadata?.labels, ...own } },
      spec: podOf(spec, request),
    },
  };
  return {
    ...{ apiVersion: "batch/v1" },
    kind: "Job",
    metadata: {
      name,
      namespace: backup.metadata.namespace,
      labels: { ...metadata?.labels, ...own },
    },
    spec: job,
  };
}

function podOf(spec: PodSpec, { task, variables, withoutClaims }: JobRequest): PodSpec {
  const left = (spec.volumes ?? []).filter(
    ({ persistentVolumeClaim: claim }) =>
      claim === undefined || !withoutClaims.includes(claim.claimName),
  );
  const names = left.map((volume) => volume.name);
  const claims = left.filter((one) => one.persistentVolumeClaim !== undefined).map((v) => v.name);
  const containers = spec.containers.map((container): Container => ({
    ...container,
    command: commands[task],
    env: withVariables(container.env ?? [], variables),
    volumeMounts: (container.volumeMounts ?? [])
      .filter((mount) => names.includes(mount.name))
      // A backup only reads the volume that a restore writes.
      .map((mount) => (claims.includes(mount.name) ? { ...mount, readOnly: false } : mount)),
  }));
  const volumes = left.map((volume) =>
    volume.persistentVolumeClaim === undefined
      ? volume
      : { ...volume, persistentVolumeClaim: { ...volume.persistentVolumeClaim, readOnly: false } },
  );
  // It stands beside a server that is stopped meanwhile, or needs nothing of its volume.
  return { ...spec, affinity: undefined, restartPolicy: "Never", containers, volumes };
}

function withVariables(
  env: readonly EnvironmentVariable[],
  variables: Readonly<Record<string, string>>,
): EnvironmentVariable[] {
  const own = Object.entries(variables).map(([name, value]) => ({ name, value }));
  return [...env.filter(({ name }) => !(name in variables)), ...own];
}

/** `postgres-restore-20261121t183000z-1f2e`: the letters make two in one second differ. */
export function jobName(store: string, task: Task, now: Date, letters: string): string {
  const time = now.toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "").toLowerCase();
  return `${store.slice(0, 30)}-${task}-${time}-${letters}`;
}

/** How a Job has ended; undefined while it has not. */
export function endOf(job: Job): { readonly succeeded: boolean; readonly why: string } | undefined {
  for (const { type, status, reason = "", message = "" } of job.status?.conditions ?? []) {
    if (status !== "True") continue;
    if (type === "Complete") return { succeeded: true, why: "" };
    if (type === "Failed") return { succeeded: false, why: `${reason}: ${message}` };
  }
  return undefined;
}
