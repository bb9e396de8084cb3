/** Proves where uploaded files go and what becomes of the place that was left; that a file is there, only a real cluster shows. */
import type { FaultMaven } from "../../../../components/systems/faultmaven";
import {
  addresses,
  blue,
  containerOf,
  elsewhere,
  faultmavenOf,
  green,
} from "../../../support/faultmaven";
import type { Manifests } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";

const fixed = { app: { scaling: { type: "fixed", replicas: 1 } } };
const single = { use: "singleReplica", singleReplica: { volume: { size: "5Gi" } } };

let onClaim: Synthesis<FaultMaven>;
let inStore: Synthesis<FaultMaven>;
let onNode: Synthesis<FaultMaven>;
beforeAll(async () => {
  onClaim = await faultmavenOf("prod");
  inStore = await faultmavenOf("prod", { files: { use: "objectStore" } });
  onNode = await faultmavenOf("prod", { ...fixed, files: single });
});

function claim(synthesis: Synthesis<unknown>, name: string): unknown {
  const { accessModes, storageClassName, resources } = synthesis.object(
    "PersistentVolumeClaim",
    name,
  ).spec;
  return { accessModes, storageClassName, size: resources.requests.storage };
}

/** The claims that are there for files, whether they are used or not. */
function claims(synthesis: Synthesis<unknown>): string[] {
  return synthesis
    .names("PersistentVolumeClaim")
    .filter((name) => !/^(postgres|redis|chromadb)-data$|-backups$/.test(name));
}

/** The volume behind /app/data. */
function volume(synthesis: Synthesis<unknown>): unknown {
  const mount = containerOf(synthesis).volumeMounts?.find(
    ({ mountPath }) => mountPath === "/app/data",
  );
  return deployment(synthesis).template.spec.volumes.find(({ name }) => name === mount?.name);
}

function deployment(synthesis: Synthesis<unknown>): Manifests["Deployment"]["spec"] {
  return synthesis.object("Deployment", "faultmaven-blue").spec;
}

describe("files on a shared claim", () => {
  it("are on document 002's claim", () => {
    expect(volume(onClaim)).toEqual({
      name: "faultmaven-data",
      persistentVolumeClaim: { claimName: "faultmaven-data" },
    });
  });

  it("are on a volume that pods of several nodes write", () => {
    expect(claim(onClaim, "faultmaven-data")).toEqual({
      accessModes: ["ReadWriteMany"],
      storageClassName: "shared",
      size: "50Gi",
    });
  });

  it("let the new pod come before the old one goes", () => {
    expect(deployment(onClaim).strategy.type).toBe("RollingUpdate");
  });

  it("declare nothing of the other choices", () => {
    expect(claims(onClaim)).toEqual(["faultmaven-data"]);
  });
});

describe("files in the object store", () => {
  it("are there, by the names of document 002", () => {
    expect(envOf(inStore, "Deployment/faultmaven-blue")).toMatchObject({
      AWS_ACCESS_KEY_ID: "secret minio/access-key",
      AWS_ENDPOINT_URL_S3: "http://minio.faultmaven.svc.cluster.local:9000",
      AWS_REGION: "us-east-1",
      AWS_S3_BUCKET: "faultmaven-files",
      AWS_SECRET_ACCESS_KEY: "secret minio/secret-key",
      FILE_STORAGE: "s3",
    });
  });

  it("leave the application a folder of the pod's own", () => {
    expect(volume(inStore)).toEqual({ name: "data", emptyDir: { sizeLimit: "1Gi" } });
  });

  it("let the new pod come before the old one goes", () => {
    expect(deployment(inStore).strategy.type).toBe("RollingUpdate");
  });

  it("are on the store's own volume, for one node", () => {
    expect(claim(inStore, "minio-data")).toEqual({
      accessModes: ["ReadWriteOnce"],
      storageClassName: "standard",
      size: "20Gi",
    });
  });

  it("are the only choice of which the application is told a store", () => {
    expect(envOf(onClaim, "Deployment/faultmaven-blue")).not.toHaveProperty("FILE_STORAGE");
  });
});

describe("files of a single replica", () => {
  it("are on a claim of their own name, so that the shared one is not replaced", () => {
    expect(volume(onNode)).toEqual({
      name: "faultmaven-data-single",
      persistentVolumeClaim: { claimName: "faultmaven-data-single" },
    });
  });

  it("are on a volume of one node", () => {
    expect(claim(onNode, "faultmaven-data-single")).toEqual({
      accessModes: ["ReadWriteOnce"],
      storageClassName: "standard",
      size: "5Gi",
    });
  });

  it("need the old pod to go before the new one comes", () => {
    expect(deployment(onNode).strategy).toEqual({ type: "Recreate" });
  });

  it("are the choice of dev, which asks nothing of its cluster", async () => {
    const dev = await faultmavenOf("dev");
    expect([claims(dev), deployment(dev).strategy.type]).toEqual([
      ["faultmaven-data-single"],
      "Recreate",
    ]);
  });
});

describe("two tracks", () => {
  it.each(["sharedClaim", "objectStore"])("write to one place: %s", async (use) => {
    const both = await faultmavenOf("prod", { tracks: [blue, green], files: { use } });
    const folders = ["blue", "green"].map((track) =>
      Object.entries(envOf(both, `Deployment/faultmaven-${track}`)).filter(([name]) =>
        /^(FILE|AWS)_/.test(name),
      ),
    );
    expect(folders[1]).toEqual(folders[0]);
    expect(claims(both)).toEqual(claims(use === "sharedClaim" ? onClaim : inStore));
  });
});

describe("a place that was left", () => {
  const cases = [
    ["sharedClaim", "faultmaven-data", { use: "objectStore" }],
    ["singleReplica", "faultmaven-data-single", { ...single, use: "objectStore" }],
    ["objectStore", "minio-data", { use: "sharedClaim" }],
  ] as const;

  /** Another choice over one whose data policy is `data`. */
  function left(
    choice: string,
    files: Readonly<Record<string, unknown>>,
    data: string,
  ): Promise<Synthesis<FaultMaven>> {
    const before = choice === "singleReplica" ? single.singleReplica : {};
    return faultmavenOf("prod", { files: { ...files, [choice]: { ...before, data } } });
  }

  it.each(cases)("%s keeps its claim under the policy keep", async (choice, name, files) => {
    const kept = await left(choice, files, "keep");
    expect(claims(kept)).toContain(name);
    expect(kept.protected).toContain(`PersistentVolumeClaim/${name}`);
    expect(kept.messages).toContainEqual(
      expect.stringMatching(new RegExp(`^claim faultmaven/${name} is kept and protected;`)),
    );
  });

  it.each(cases)("%s loses its protection under release", async (choice, name, files) => {
    const released = await left(choice, files, "release");
    expect(claims(released)).toContain(name);
    expect(released.protected).not.toContain(`PersistentVolumeClaim/${name}`);
  });

  it.each(cases)("%s is gone under discard", async (choice, name, files) => {
    expect(claims(await left(choice, files, "discard"))).not.toContain(name);
  });

  it.each(cases)("%s is the same resource that it was", async (choice, name, files) => {
    const title = `PersistentVolumeClaim/${name}`;
    const used = { sharedClaim: onClaim, singleReplica: onNode, objectStore: inStore }[choice];
    const kept = await left(choice, files, "keep");
    expect(kept.resource(title)).toMatchObject({
      urn: used.resource(title).urn,
      inputs: used.resource(title).inputs,
    });
  });
});

describe("files of a system that is off", () => {
  it.each([
    ["sharedClaim", {}, "faultmaven-data"],
    ["objectStore", { use: "objectStore" }, "minio-data"],
    ["singleReplica", single, "faultmaven-data-single"],
  ])("stay where they are, whatever the policy of %s says", async (choice, files, name) => {
    const before = choice === "singleReplica" ? single.singleReplica : {};
    const said = { ...files, [choice]: { ...before, data: "discard" } };
    const off = await faultmavenOf("prod", { ...fixed, enabled: false, files: said });
    expect(off.protected).toContain(`PersistentVolumeClaim/${name}`);
  });
});

describe("an object store that is external", () => {
  const external = (data: string): Promise<Synthesis<FaultMaven>> => {
    const { objectStore } = elsewhere;
    const files = { use: "objectStore", objectStore: { ...objectStore, data } };
    return faultmavenOf("prod", { files }, addresses);
  };

  it("keeps what a bundled one had, under the URNs that it had", async () => {
    const kept = (await external("keep")).resource("PersistentVolumeClaim/minio-data");
    const { urn } = inStore.resource("PersistentVolumeClaim/minio-data");
    expect(kept).toMatchObject({ urn, protect: true });
  });

  it("leaves nothing behind that was never there, under the policy discard", async () => {
    expect((await external("discard")).resources.map(({ name }) => name).join()).not.toMatch(
      /minio-(data|credentials)/,
    );
  });
});
