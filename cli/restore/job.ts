import { storeOf } from "./backups";
import type { Container, CronJob, EnvironmentVariable, Job, JobSpec, PodSpec } from "./objects";
import { restoreLabel } from "./writers";

/** What a Job of ours does: tells which backups there are, or puts one into the store. */
export type Task = "list" | "restore";

/** On each of our Jobs: which of the two it does. */
export const taskLabel = "restore.platform/task";

/** On each of our Jobs: the run of the command that has made it. */
export const runLabel = "restore.platform/run";

export interface JobRequest {
  readonly task: Task;
  /** Variables of the container, beside those of the backup. */
  readonly variables: Readonly<Record<string, string>>;
  /** See {@link jobName}. */
  readonly name: string;
  /** The run of the command that asks for it. */
  readonly run: string;
  readonly deadlineSeconds: number;
  /** Claims that it must not mount, because a server on another node has them. */
  readonly withoutClaims: readonly string[];
}

/**
 * What has ended is kept for so long: a failed restore for people to look at, a listing for the run that
 * reads it, which may be another one than the run that sees it.
 */
const keptSeconds: Readonly<Record<Task, number>> = { restore: 7 * 86_400, list: 600 };

/** A store that takes longer to say whether it has data must not keep anybody from the list. */
const answerSeconds = 60;

/** What a listing says of the store's data; nothing where it has none. */
export const dataLines = { some: "DATA", unknown: "DATA?" } as const;

/**
 * Whether there is data is asked first of all, so that a store that would be refused costs nobody a
 * stop. A server that does not answer, and a volume, which is not mounted here, say nothing of it: there
 * the restore itself refuses.
 */
function listing(withoutClaims: readonly string[]): string {
  const question = [
    "export folder=/backup workspace=/tmp",
    "answer=0",
    `timeout ${answerSeconds} /bin/sh -c '. "$folder/store.sh" && has_data' >/dev/null 2>&1 || answer=$?`,
    `case $answer in 0) echo "${dataLines.some}" ;; 1) ;; *) echo "${dataLines.unknown}" ;; esac`,
  ];
  return [
    ...(withoutClaims.length === 0 ? question : [`echo "${dataLines.unknown}"`]),
    "exec /bin/sh /backup/list.sh",
  ].join("\n");
}

function commandOf({ task, withoutClaims }: JobRequest): readonly string[] {
  return task === "list"
    ? ["/bin/sh", "-c", listing(withoutClaims)]
    : ["/bin/sh", "/backup/restore.sh"];
}

/** A Job of the template of a store's backup, so that nothing is declared for restores alone. */
export function jobFrom(backup: CronJob, request: JobRequest): Omit<Job, "status"> {
  const { task, name, run, deadlineSeconds } = request;
  const { metadata, spec } = backup.spec.jobTemplate.spec.template;
  const own = {
    "app.kubernetes.io/managed-by": "platform-restore",
    [restoreLabel]: storeOf(backup) ?? "",
    [taskLabel]: task,
    [runLabel]: run,
  };
  const job: JobSpec = {
    // A second attempt would be one that nobody has asked for.
    backoffLimit: 0,
    // Of the time that it is not suspended.
    activeDeadlineSeconds: deadlineSeconds,
    ttlSecondsAfterFinished: keptSeconds[task],
    // It is there before anybody is stopped, and begins when they are.
    ...(task === "restore" ? { suspend: true } : {}),
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

function podOf(spec: PodSpec, request: JobRequest): PodSpec {
  const { variables, withoutClaims } = request;
  const left = (spec.volumes ?? []).filter(
    ({ persistentVolumeClaim: claim }) =>
      claim === undefined || !withoutClaims.includes(claim.claimName),
  );
  const names = left.map((volume) => volume.name);
  const claims = left.filter((one) => one.persistentVolumeClaim !== undefined).map((v) => v.name);
  const containers = spec.containers.map((container): Container => ({
    ...container,
    command: commandOf(request),
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

/**
 * `postgres-restore`, the same for everybody, so that the API server refuses a second one. Listings do not
 * mind each other: `postgres-list-1f2e3d4c`, with letters of their run.
 */
export function jobName(store: string, task: Task, run: string): string {
  return task === "restore" ? `${store}-restore` : `${store}-list-${run.slice(0, 8)}`;
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
