import type { Quota } from "../blocks";
import type { Demand } from "../demand";
import type { Fault } from "../faults";
import { formatBytes, formatCpu, parseBytes, parseCpu } from "../quantity";

/** An explicit quota must hold the sum of the workloads; a quota that does not blocks the next roll-out. */
export function quotaFits(quota: Quota, demand: Demand, path: readonly PropertyKey[]): Fault[] {
  const checks = [
    [
      "requestsCpu",
      quota.requestsCpu === undefined ? undefined : parseCpu(quota.requestsCpu),
      demand.requestsCpu,
      formatCpu,
    ],
    ["requestsMemory", bytes(quota.requestsMemory), demand.requestsMemory, formatBytes],
    [
      "limitsCpu",
      quota.limitsCpu === undefined ? undefined : parseCpu(quota.limitsCpu),
      demand.limitsCpu,
      formatCpu,
    ],
    ["limitsMemory", bytes(quota.limitsMemory), demand.limitsMemory, formatBytes],
    ["storage", bytes(quota.storage), demand.storage, formatBytes],
    ["pods", quota.pods, demand.pods, String],
  ] as const;
  return checks.flatMap(([name, offered, needed, format]) =>
    offered === undefined || offered >= needed
      ? []
      : [
          {
            path: [...path, name],
            value: quota[name],
            expected: `at least ${format(needed)}, the sum of the workloads with one roll-out under way`,
          },
        ],
  );
}

function bytes(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseBytes(text);
}
