import type { Pod } from "../kubernetes";

/** Why containers of some pods do not run, or pods are not placed: `ImagePullBackOff`, `Unschedulable`. */
export function waitingReasons(pods: readonly Pod[]): readonly string[] {
  const reasons = pods.flatMap(({ status }) => [
    ...[...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(
      ({ state }) => state?.waiting?.reason ?? [],
    ),
    ...(status?.conditions ?? [])
      .filter((it) => it.type === "PodScheduled" && it.status === "False")
      .flatMap(({ reason }) => reason ?? []),
  ]);
  return [...new Set(reasons)].sort();
}
