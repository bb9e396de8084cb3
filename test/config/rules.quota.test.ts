/** The rule of an explicit quota; what a system's demand is, the rules of that system say. */
import type { Quota } from "../../config/blocks";
import type { Demand } from "../../config/demand";
import { quotaFits } from "../../config/rules/quota";

const gibi = 2 ** 30;
const demand: Demand = {
  pods: 7,
  requestsCpu: 1500,
  requestsMemory: 2 * gibi,
  limitsCpu: 4000,
  limitsMemory: 4 * gibi,
  storage: 25 * gibi,
};

function faults(quota: Partial<Quota>): ReturnType<typeof quotaFits> {
  return quotaFits({ headroomPercent: 0, ...quota }, demand, ["acme", "quota"]);
}

describe("a quota", () => {
  it.each([
    ["requestsCpu", "1499m", "1500m"],
    ["requestsMemory", "2047Mi", "2Gi"],
    ["limitsCpu", "3", "4"],
    ["limitsMemory", "4095Mi", "4Gi"],
    ["storage", "24Gi", "25Gi"],
    ["pods", 6, "7"],
  ] as const)(
    "holds the %s of the workloads with one roll-out under way",
    (name, value, needed) => {
      expect(faults({ [name]: value })).toEqual([
        {
          path: ["acme", "quota", name],
          value,
          expected: `at least ${needed}, the sum of the workloads with one roll-out under way`,
        },
      ]);
    },
  );

  it.each([
    ["requestsCpu", "1.5"],
    ["requestsMemory", "2048Mi"],
    ["limitsCpu", "4000m"],
    ["limitsMemory", "4Gi"],
    ["storage", "25Gi"],
    ["pods", 7],
  ] as const)("may hold just the %s of them, however it is written", (name, value) => {
    expect(faults({ [name]: value })).toEqual([]);
  });

  it("that says nothing follows the workloads", () => {
    expect(faults({})).toEqual([]);
  });

  it("is judged in each amount by itself", () => {
    expect(faults({ pods: 1, storage: "1Gi" }).map(({ path }) => path.at(-1))).toEqual([
      "storage",
      "pods",
    ]);
  });
});
