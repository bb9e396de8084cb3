import type { Resources, Scaling, Volume } from "./blocks";
import { parseBytes, parseCpu } from "./quantity";

/** What one workload may occupy in its namespace at once, in thousandths of a core and bytes. */
export interface Demand {
  readonly pods: number;
  readonly requestsCpu: number;
  readonly requestsMemory: number;
  readonly limitsCpu: number;
  readonly limitsMemory: number;
  readonly storage: number;
}

export const nothing: Demand = {
  pods: 0,
  requestsCpu: 0,
  requestsMemory: 0,
  limitsCpu: 0,
  limitsMemory: 0,
  storage: 0,
};

/** `pods` pods of one container each. */
export function podDemand(pods: number, resources: Resources): Demand {
  return {
    pods,
    requestsCpu: pods * (parseCpu(resources.requests.cpu) ?? 0),
    requestsMemory: pods * (parseBytes(resources.requests.memory) ?? 0),
    limitsCpu: pods * (parseCpu(resources.limits.cpu) ?? 0),
    limitsMemory: pods * (parseBytes(resources.limits.memory) ?? 0),
    storage: 0,
  };
}

/** A Deployment that rolls: its highest number of replicas, and the one pod more that a roll-out adds. */
export function rollingDemand(scaling: Scaling, resources: Resources): Demand {
  return podDemand(highest(scaling) + 1, resources);
}

/** A claim, or two of them where one that exists is used beside the one that was made before. */
export function volumeDemand({ size, existingClaim, ownClaim }: Volume): Demand {
  const claims = existingClaim !== undefined && ownClaim !== "discard" ? 2 : 1;
  return { ...nothing, storage: claims * (parseBytes(size) ?? 0) };
}

export function total(demands: readonly Demand[]): Demand {
  return demands.reduce(
    (sum, demand) => ({
      pods: sum.pods + demand.pods,
      requestsCpu: sum.requestsCpu + demand.requestsCpu,
      requestsMemory: sum.requestsMemory + demand.requestsMemory,
      limitsCpu: sum.limitsCpu + demand.limitsCpu,
      limitsMemory: sum.limitsMemory + demand.limitsMemory,
      storage: sum.storage + demand.storage,
    }),
    nothing,
  );
}

/** The most replicas that a workload can come to have. */
export function highest(
  scaling: { type: "fixed"; replicas: number } | { type: "hpa" | "keda"; maxReplicas: number },
): number {
  return scaling.type === "fixed" ? scaling.replicas : scaling.maxReplicas;
}
