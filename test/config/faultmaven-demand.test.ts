/** What FaultMaven can occupy at once, which its quota has to hold. */
import { formatBytes, formatCpu } from "../../config/quantity";
import { faultmavenDemand } from "../../config/systems/faultmaven-demand";
import { type Said, settingsBy } from "./support";

const blue = { name: "blue", image: "ghcr.io/faultmaven/faultmaven:1.0.0", release: 1 };
const green = { name: "green", image: "ghcr.io/faultmaven/faultmaven:1.1.0", release: 2 };

describe("the demand of dev", () => {
  function demandOf(changes: Said): ReturnType<typeof faultmavenDemand> {
    return faultmavenDemand(settingsBy("dev", changes).faultmaven);
  }

  // Requests: the application 500m without a surge, migration 100m, postgres 250m and its set-up 50m,
  // redis 100m, chromadb 250m.
  it("is the sum of its workloads, whose one replica goes before the next comes", () => {
    const demand = demandOf({});
    expect({
      pods: demand.pods,
      requestsCpu: formatCpu(demand.requestsCpu),
      requestsMemory: formatBytes(demand.requestsMemory),
      limitsCpu: formatCpu(demand.limitsCpu),
      limitsMemory: formatBytes(demand.limitsMemory),
      storage: formatBytes(demand.storage),
    }).toEqual({
      pods: 6,
      requestsCpu: "1250m",
      requestsMemory: "1984Mi",
      limitsCpu: "5750m",
      limitsMemory: "6400Mi",
      storage: "30Gi",
    });
  });

  it.each([
    ["the roll-out's surge on a shared volume", { "faultmaven.files.use": "objectStore" }, 3],
    ["no server and no set-up of an external PostgreSQL", external("postgres"), -2],
    ["no server of an external Redis", external("redis"), -1],
  ])("changes by %s", (_what, changes, pods) => {
    expect(demandOf(changes).pods - demandOf({}).pods).toBe(pods);
  });

  it("has a second track in full, and no volume more for it", () => {
    const on = (tracks: unknown): ReturnType<typeof faultmavenDemand> =>
      demandOf({ "faultmaven.files.use": "objectStore", "faultmaven.tracks": tracks });
    const [one, two] = [on([blue]), on([blue, green])];
    expect([two.pods - one.pods, two.storage - one.storage]).toEqual([3, 0]);
  });

  it("has no volume of an external object store that was never another", () => {
    const objectStore = external("files.objectStore");
    const elsewhere = { ...objectStore, "faultmaven.files.use": "objectStore" };
    expect(demandOf(elsewhere).storage).toBe(demandOf({}).storage);
  });

  function external(store: string): Said {
    const key = { from: "existing", secretName: "a", key: "b" };
    const keys = store.startsWith("files") ? { accessKey: key, secretKey: key } : { password: key };
    return {
      [`faultmaven.${store}.mode`]: "external",
      [`faultmaven.${store}.external`]: { host: "out.example.com", ...keys },
      'cluster.externalCidrs["out.example.com"]': ["10.0.0.0/24"],
    };
  }
});
