/** Proves which parts the system has and where they are; that they work, only a real cluster shows. */
import type { FaultMaven } from "../../../../components/systems/faultmaven";
import { environments } from "../../../../config/environment";
import { addresses, blue, elsewhere, faultmavenOf, green } from "../../../support/faultmaven";
import { tightQuota } from "../../../support/invariants/quota";
import { controllers } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";

const both = { tracks: [blue, green] };

let dev: Synthesis<FaultMaven>;
let prod: Synthesis<FaultMaven>;
let beside: Synthesis<FaultMaven>;
beforeAll(async () => {
  dev = await faultmavenOf("dev");
  prod = await faultmavenOf("prod");
  beside = await faultmavenOf("prod", both);
});

function images(synthesis: Synthesis<unknown>): string[] {
  return controllers(synthesis).flatMap(({ containers }) =>
    containers.map(({ image }) => image ?? "none"),
  );
}

describe("FaultMaven", () => {
  it("is one namespace", () => {
    expect([beside.names("Namespace"), controllers(beside).map((one) => one.namespace)]).toEqual([
      ["faultmaven"],
      Array(controllers(beside).length).fill("faultmaven"),
    ]);
  });

  it("is one Deployment and three stores", () => {
    expect([dev.names("Deployment"), dev.names("StatefulSet")]).toEqual([
      ["faultmaven-blue"],
      ["chromadb", "postgres", "redis"],
    ]);
  });

  it("is one Deployment more for the track beside the live one, and no store more", () => {
    expect([beside.names("Deployment"), beside.names("StatefulSet")]).toEqual([
      ["faultmaven-blue", "faultmaven-green"],
      ["chromadb", "postgres", "redis"],
    ]);
  });

  it("has backups as its only scheduled parts", () => {
    const stores = ["chromadb", "faultmaven-files", "postgres", "redis"];
    expect(beside.names("CronJob")).toEqual(stores.map((store) => `${store}-backup`));
  });

  it("has an object store only where its files are in one", async () => {
    const stored = await faultmavenOf("prod", { files: { use: "objectStore" } });
    expect([prod.names("Service"), stored.names("Service")]).toEqual([
      ["chromadb", "faultmaven", "postgres", "redis"],
      ["chromadb", "faultmaven", "minio", "postgres", "redis"],
    ]);
  });

  it("pulls every image through the cluster's registry", async () => {
    const imageRegistry = "mirror.example.com";
    const mirrored = images(await faultmavenOf("dev", {}, { imageRegistry }));
    expect(mirrored.filter((one) => !one.startsWith("mirror.example.com/"))).toEqual([]);
  });
});

describe("FaultMaven's parts", () => {
  it.each([
    ["Deployment", "faultmaven-blue", "application"],
    ["Service", "faultmaven", "application"],
    ["Ingress", "faultmaven", "application"],
    ["StatefulSet", "postgres", "database"],
    ["StatefulSet", "redis", "cache"],
    ["StatefulSet", "chromadb", "vector-store"],
  ] as const)("say what they are: %s %s is the %s", (kind, name, component) => {
    expect(prod.object(kind, name).metadata.labels).toMatchObject({
      "app.kubernetes.io/component": component,
      "app.kubernetes.io/instance": "faultmaven",
      "app.kubernetes.io/part-of": "faultmaven",
    });
  });
});

describe("FaultMaven's quota", () => {
  const tight = { quota: { headroomPercent: 0 } };

  it.each(environments)("holds every replica, surge and job of %s", async (stack) => {
    expect(tightQuota(await faultmavenOf(stack, tight))).toEqual([]);
  });

  it("holds both tracks at their highest", async () => {
    expect(tightQuota(await faultmavenOf("prod", { ...tight, ...both }))).toEqual([]);
  });
});

describe("FaultMaven's outputs", () => {
  it("are the address, the live track, and where to look for secrets", () => {
    expect(prod.value.outputs).toEqual({
      namespace: "faultmaven",
      live: "blue",
      url: "https://faultmaven.example.com",
      previewUrl: undefined,
      secretNames: ["faultmaven-secrets", "postgres", "redis"],
    });
  });

  it("have the address of the track beside it too", () => {
    expect(beside.value.outputs?.previewUrl).toBe("https://preview.example.com");
  });

  it("have the address inside the cluster where there is no ingress", () => {
    expect(dev.value.outputs?.url).toBe("http://faultmaven.faultmaven.svc.cluster.local");
  });

  it("name the object store's Secret where there is one", async () => {
    const stored = await faultmavenOf("prod", { files: { use: "objectStore" } });
    expect(stored.value.outputs?.secretNames).toContain("minio");
  });

  it("name each Secret of somebody else that is read, once", async () => {
    const { postgres, redis } = elsewhere;
    const external = await faultmavenOf("prod", { postgres, redis }, addresses);
    expect(external.value.outputs?.secretNames).toEqual(["faultmaven-secrets", "theirs"]);
  });
});
