import {
  highest,
  nothing,
  podDemand,
  rollingDemand,
  total,
  volumeDemand,
} from "../../config/demand";

const resources = {
  requests: { cpu: "500m", memory: "512Mi" },
  limits: { cpu: "1", memory: "1Gi" },
};
const mebi = 1024 ** 2;

describe("the demand", () => {
  it("of pods is that of one, times their number", () => {
    expect(podDemand(3, resources)).toEqual({
      pods: 3,
      requestsCpu: 1500,
      requestsMemory: 1536 * mebi,
      limitsCpu: 3000,
      limitsMemory: 3072 * mebi,
      storage: 0,
    });
  });

  it.each([
    ["fixed replicas", { type: "fixed", replicas: 2 }, 3],
    ["an autoscaler at its highest", { type: "hpa", minReplicas: 1, maxReplicas: 4 }, 5],
  ] as const)("of a roll-out is one pod more than %s", (_what, scaling, pods) => {
    expect(rollingDemand(scaling, resources)).toEqual(podDemand(pods, resources));
  });

  it("of a volume is its size alone", () => {
    expect(volumeDemand({ size: "10Gi" })).toEqual({ ...nothing, storage: 10240 * mebi });
  });

  it("of several is the sum of each", () => {
    const parts = [podDemand(1, resources), podDemand(2, resources), volumeDemand({ size: "1Gi" })];
    expect(total(parts)).toEqual({ ...podDemand(3, resources), storage: 1024 * mebi });
  });

  it("of none is nothing", () => {
    expect(total([])).toEqual(nothing);
  });
});

describe("the highest number of replicas", () => {
  it.each([
    [{ type: "fixed", replicas: 3 }, 3],
    [{ type: "hpa", minReplicas: 2, maxReplicas: 6 }, 6],
    [
      {
        type: "keda",
        minReplicas: 0,
        maxReplicas: 5,
        pollingIntervalSeconds: 30,
        cooldownSeconds: 300,
        jobsPerReplica: 10,
      },
      5,
    ],
  ] as const)("of %j is %d", (scaling, replicas) => {
    expect(highest(scaling)).toBe(replicas);
  });
});
