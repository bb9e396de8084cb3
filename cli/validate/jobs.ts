import { type Job, kinds, nameOf } from "../kubernetes";
import { failed, type Finding, passed, unchecked, warning } from "../preflight/model";
import { ago, count, type ValidationContext } from "./model";
import { counterpart, declaredOf, inNamespace } from "./objects";
import { simulatedNodes } from "./simulated";

/** Whether each job that runs once has come to its end. */
export async function jobs(context: ValidationContext): Promise<readonly Finding[]> {
  const { declared, live, now, again } = context;
  const [found, ranBy] = await Promise.all([live.list(kinds.jobs), runners(context)]);
  return declaredOf(declared, kinds.jobs).map((job) =>
    jobFinding(job, found, { now, again, ranBy: ranBy(job) }),
  );
}

/** What kind of pod has run a job; `unknown` where none is left and it may have been either. */
type Runner = "real" | "simulated" | "unknown";

const doubts: Readonly<Record<Runner, string | undefined>> = {
  real: undefined,
  simulated: "complete, by a simulated pod that ran nothing",
  unknown: "complete, but its pod is gone, and nodes of this cluster are simulated",
};

async function runners(context: ValidationContext): Promise<(job: Job) => Runner> {
  if (context.simulated) return () => "simulated";
  const nodes = await simulatedNodes(context);
  if (nodes.length === 0) return () => "real";
  const pods = await context.live.list(kinds.pods);
  return ({ metadata: { name, namespace } }) => {
    const own = pods.filter(
      ({ metadata, status }) =>
        metadata.namespace === namespace &&
        metadata.labels?.["batch.kubernetes.io/job-name"] === name &&
        status?.phase !== "Failed",
    );
    if (own.length === 0) return "unknown";
    return own.some(({ spec }) => nodes.includes(spec?.nodeName ?? "")) ? "simulated" : "real";
  };
}

/** Whether it has run to its end. */
export function isComplete({ status }: Job): boolean {
  return status?.conditions?.some((it) => it.type === "Complete" && it.status === "True") ?? false;
}

/** What is seen of one job. Its name ends in a hash of its content: another one has run another content. */
export function jobFinding(
  declared: Job,
  live: readonly Job[],
  { now, again, ranBy }: Pick<ValidationContext, "now" | "again"> & { readonly ranBy: Runner },
): Finding {
  const subject = nameOf(declared);
  const job = counterpart(live, declared);
  if (job === undefined) return absent(subject, declared, live, again);
  const { conditions = [], active = 0, failed: fails = 0, startTime } = job.status ?? {};
  if (isComplete(job)) {
    const doubt = doubts[ranBy];
    return doubt === undefined ? passed(subject, "complete") : unchecked(subject, doubt);
  }
  const logs = `kubectl ${inNamespace(job)} logs job/${job.metadata.name}`;
  const end = conditions.find(({ type, status }) => type === "Failed" && status === "True");
  if (end !== undefined) {
    const why = [end.reason, end.message].filter((it) => it !== undefined).join(": ");
    return failed(subject, `it has failed: ${why}`, `${logs}; then ${again}`);
  }
  const since = startTime === undefined ? "" : ` for ${ago(now.getTime() - Date.parse(startTime))}`;
  const evidence = `not complete: ${count(active, "pod")} at work${since}, ${fails} failed`;
  // Those take hours, and no update waits for them.
  const isAwaited = declared.metadata.annotations?.["pulumi.com/skipAwait"] !== "true";
  return (isAwaited ? failed : warning)(subject, evidence, `Wait for it; what it says: ${logs}`);
}

function absent(subject: string, { metadata }: Job, live: readonly Job[], again: string): Finding {
  const base = metadata.name.replace(/-[0-9a-f]+$/, "");
  const others = live
    .filter(
      (it) =>
        it.metadata.namespace === metadata.namespace &&
        it.metadata.name.replace(/-[0-9a-f]+$/, "") === base,
    )
    .map((it) => it.metadata.name);
  const evidence =
    others.length === 0
      ? "not on the cluster"
      : `not on the cluster; ${others.join(", ")} is, of another content: the stack has changed since its last update`;
  return failed(subject, evidence, again);
}
