import { kinds, nameOf, type Pod } from "../kubernetes";
import { failed, type Finding, passed, unchecked } from "../preflight/model";
import { ago, count, open, some, type ValidationContext } from "./model";
import { byNamespace, inNamespace, podsOf, type Workload, workloadsOf } from "./objects";
import { simulatedPods } from "./simulated";

/** Whether any container has been started again of late. */
export async function restarts(context: ValidationContext): Promise<readonly Finding[]> {
  const { live, declared, now, windowMs } = context;
  const [pods, isSimulated] = await Promise.all([live.list(kinds.pods), simulatedPods(context)]);
  return restartFindings(workloadsOf(declared), pods, { now, windowMs, isSimulated });
}

interface Window extends Pick<ValidationContext, "now" | "windowMs"> {
  readonly isSimulated: (pod: Pod) => boolean;
}

interface Restart {
  readonly container: string;
  readonly evidence: string;
  readonly isOutOfMemory: boolean;
}

/** A failure for each pod that was started again, and what is to be said of the others, by namespace. */
export function restartFindings(
  workloads: readonly Workload[],
  pods: readonly Pod[],
  window: Window,
): readonly Finding[] {
  return byNamespace(workloads).flatMap(([namespace, those]) => {
    const own = those.flatMap((workload) => podsOf(workload, pods));
    const faults = own.flatMap((pod) => restartsOf(pod, window));
    return faults.length > 0 || own.length === 0 ? faults : [quiet(namespace, own, window)];
  });
}

function restartsOf(pod: Pod, window: Window): readonly Finding[] {
  const found = restartOf(pod, window);
  if (found === undefined) return [];
  const { container, evidence, isOutOfMemory } = found;
  const logs = `kubectl ${inNamespace(pod)} logs ${pod.metadata.name} -c ${container} --previous`;
  return [
    failed(
      nameOf(pod),
      evidence,
      isOutOfMemory ? `Raise its memory limit in the settings; what it said: ${logs}` : logs,
    ),
  ];
}

/** The last end of a container within the window after which it was started again. */
function restartOf(pod: Pod, { now, windowMs }: Window): Restart | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  for (const { name, restartCount, lastState } of [
    ...initContainerStatuses,
    ...containerStatuses,
  ]) {
    const ended = lastState?.terminated;
    if (restartCount === 0 || ended === undefined) continue;
    const since = now.getTime() - Date.parse(ended.finishedAt ?? "");
    // One that does not say when it ended may have ended just now.
    if (since > windowMs) continue;
    const when = Number.isNaN(since) ? "at a time that it does not say" : `${ago(since)} ago`;
    const reason = ended.reason ?? "for no reason";
    return {
      container: name,
      evidence: `${name} ended ${when}, ${reason} with exit code ${ended.exitCode}; ${count(restartCount, "restart")} in all`,
      isOutOfMemory: reason === "OOMKilled",
    };
  }
  return undefined;
}

/** No restart says little of a pod that has not been there for the whole window, or in which nothing runs. */
function quiet(
  namespace: string,
  pods: readonly Pod[],
  { now, windowMs, isSimulated }: Window,
): Finding {
  const subject = `Pods of ${namespace}`;
  const simulated = pods.filter(isSimulated).map(({ metadata }) => metadata.name);
  if (simulated.length > 0) {
    const those =
      simulated.length === 1
        ? "is simulated, and nothing runs in it"
        : "are simulated, and nothing runs in them";
    const evidence = `no restart, but ${simulated.length} of ${pods.length} ${those}: ${some(simulated)}`;
    return unchecked(subject, evidence);
  }
  const ages = pods.map((pod) => ({
    name: pod.metadata.name,
    ms: now.getTime() - Date.parse(pod.status?.startTime ?? now.toISOString()),
  }));
  const young = ages.filter(({ ms }) => ms < windowMs);
  if (young.length === 0) {
    return passed(subject, `${pods.length}, and no restart in ${ago(windowMs)}`);
  }
  const youngest = Math.min(...young.map(({ ms }) => ms));
  const names = some(young.map(({ name }) => name));
  const evidence = `no restart so far, but ${young.length} of ${pods.length} began less than ${ago(windowMs)} ago: ${names}`;
  const left = Math.ceil((windowMs - youngest) / 60_000);
  return open(subject, evidence, `Run it again in ${left} min, or with a smaller --window.`);
}
