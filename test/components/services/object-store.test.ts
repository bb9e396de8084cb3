/** Proves what is declared of a bucket; that the script makes it, only a real store shows. */
import * as pulumi from "@pulumi/pulumi";

import { Workload } from "../../../components/kubernetes/workload";
import { ObjectStore } from "../../../components/services/object-store";
import type { OptionalObjectStoreSettings } from "../../../config/stores";
import { envOf } from "../../support/pods";
import { type Surroundings, testScope } from "../../support/scope";
import { server } from "../../support/server";
import { settingsOf } from "../../support/settings";
import { synth, type Synthesis } from "../../support/synth";

const bundled = settingsOf("dev").thunderline.objectStore;
const external: OptionalObjectStoreSettings = {
  ...bundled,
  mode: "external",
  external: {
    host: "s3.example.com",
    port: 443,
    region: "eu-central-1",
    tls: true,
    accessKey: { from: "setting", key: "s3Access", rotation: 1 },
    secretKey: { from: "setting", key: "s3Secret", rotation: 1 },
  },
};
const elsewhere: Surroundings = {
  cluster: { externalCidrs: { "s3.example.com": ["10.1.0.0/24"] } },
  encrypted: { s3Access: pulumi.secret("access"), s3Secret: pulumi.secret("secret") },
};

function declare(
  settings: OptionalObjectStoreSettings,
  surroundings: Surroundings,
  enabled: boolean,
): ObjectStore {
  const scope = testScope(surroundings);
  return new ObjectStore("acme-minio", { scope, name: "minio", settings, enabled });
}

function store(
  settings: OptionalObjectStoreSettings,
  surroundings: Surroundings = {},
  enabled = true,
): Promise<Synthesis<ObjectStore>> {
  return synth(() => declare(settings, surroundings, enabled));
}

function setupJob(synthesis: Synthesis<unknown>): string {
  return `Job/${synthesis.names("Job").join()}`;
}

describe("a bundled object store", () => {
  let synthesis: Synthesis<ObjectStore>;
  beforeAll(async () => {
    synthesis = await store(bundled);
  });

  it("is one StatefulSet of one replica", () => {
    expect(synthesis.object("StatefulSet", "minio").spec.replicas).toBe(1);
  });

  it("has its role in its system", () => {
    const { labels } = synthesis.object("StatefulSet", "minio").metadata;
    expect(labels["app.kubernetes.io/component"]).toBe("object-store");
  });

  it("has no console, which nobody needs here", () => {
    expect(envOf(synthesis, "StatefulSet/minio").MINIO_BROWSER).toBe("off");
  });

  it("knows its root password alone", () => {
    const secrets = Object.values(envOf(synthesis, "StatefulSet/minio")).filter((value) =>
      value.startsWith("secret "),
    );
    expect(secrets).toEqual(["secret minio/root-password"]);
  });

  it("has clients that use an access key of the bucket, not the root password", () => {
    expect(synthesis.value.bucket).toMatchObject({
      url: "http://minio.acme.svc.cluster.local:9000",
      name: "thunderline-artifacts",
      accessKey: { secretName: "minio", key: "access-key" },
      secretKey: { secretName: "minio", key: "secret-key" },
    });
  });

  it.each([
    ["access-key", 20],
    ["secret-key", 40],
    ["root-password", 40],
  ])("has a %s of the %i characters that MinIO takes at most", (key, length) => {
    expect(synthesis.resource(`acme-minio-credentials-${key}`).inputs.length).toBe(length);
  });

  it("has clients wait until the bucket and its key are there", async () => {
    const waiting = await synth(() => {
      const { bucket } = declare(bundled, {}, true);
      const connections = [{ to: bucket!.endpoint, env: {} }];
      new Workload("acme-client", server({ name: "client", connections }));
    });
    expect(waiting.waits("Deployment/client")).toContain(setupJob(waiting));
  });
});

describe("the set-up of a bundled object store", () => {
  let synthesis: Synthesis<ObjectStore>;
  beforeAll(async () => {
    synthesis = await store(bundled);
  });

  it("waits for the store", () => {
    expect(synthesis.waits(setupJob(synthesis))).toContain("StatefulSet/minio");
  });

  it("calls the store as root", () => {
    expect(envOf(synthesis, setupJob(synthesis))).toMatchObject({
      ROOT_PASSWORD: "secret minio/root-password",
      MC_HOST_store: "http://root:$(ROOT_PASSWORD)@minio.acme.svc.cluster.local:9000",
    });
  });

  it("makes the bucket that clients are told of", () => {
    expect(envOf(synthesis, setupJob(synthesis)).BUCKET).toBe(synthesis.value.bucket?.name);
  });

  it("makes the access key that clients are told of", () => {
    expect(envOf(synthesis, setupJob(synthesis))).toMatchObject({
      ACCESS_KEY: "secret minio/access-key",
      SECRET_KEY: "secret minio/secret-key",
    });
  });

  it("lets that key reach this bucket alone", () => {
    const { data } = synthesis.object("ConfigMap", "minio-setup");
    const { Statement } = JSON.parse(data["policy.json"] ?? "") as {
      Statement: { Resource: string[] }[];
    };
    expect(Statement.flatMap(({ Resource }) => Resource)).toEqual([
      "arn:aws:s3:::thunderline-artifacts",
      "arn:aws:s3:::thunderline-artifacts/*",
    ]);
  });

  it("stops at the first fault, or a bucket without a key would count as done", () => {
    const { data } = synthesis.object("ConfigMap", "minio-setup");
    expect(data["setup.sh"]).toMatch(/^set -eu\n/);
  });

  it("writes its client's settings where it may write", () => {
    expect(envOf(synthesis, setupJob(synthesis)).MC_CONFIG_DIR).toMatch(/^\/tmp\//);
  });
});

describe("an external object store", () => {
  let synthesis: Synthesis<ObjectStore>;
  beforeAll(async () => {
    synthesis = await store({ ...external, data: "discard" }, elsewhere);
  });

  it("runs nothing here", () => {
    expect([...synthesis.objects("StatefulSet"), ...synthesis.objects("Job")]).toEqual([]);
  });

  it("is what clients are told, just as a bundled one", () => {
    expect(synthesis.value.bucket).toMatchObject({
      url: "https://s3.example.com:443",
      region: "eu-central-1",
      accessKey: { secretName: "minio-external", key: "access-key" },
      secretKey: { secretName: "minio-external", key: "secret-key" },
    });
  });
});

describe("the data of a store that is no longer bundled", () => {
  const names = async (data: OptionalObjectStoreSettings["data"]): Promise<string[]> => {
    const synthesis = await store({ ...external, data }, elsewhere);
    return [...synthesis.names("PersistentVolumeClaim"), ...synthesis.names("Secret")];
  };

  it.each(["keep", "release"] as const)("stays declared under the policy %s", async (data) => {
    expect(await names(data)).toEqual(["minio-data", "minio", "minio-external"]);
  });

  it("goes under the policy discard", async () => {
    expect(await names("discard")).toEqual(["minio-external"]);
  });
});

describe("an object store that is off", () => {
  it("has no clients", async () => {
    expect((await store(bundled, {}, false)).value.bucket).toBeUndefined();
  });

  it("keeps its volume and its keys, and runs nothing", async () => {
    const { resources } = await store(bundled, {}, false);
    expect(resources.filter(({ custom }) => custom).map(({ name }) => name)).toEqual([
      "acme-minio-credentials-root-password",
      "acme-minio-credentials-access-key",
      "acme-minio-credentials-secret-key",
      "acme-minio-data",
      "acme-minio-credentials",
    ]);
  });
});

describe("an external object store that is off", () => {
  it("keeps the keys that somebody else gave it", async () => {
    const synthesis = await store({ ...external, data: "discard" }, elsewhere, false);
    expect(synthesis.names("Secret")).toEqual(["minio-external"]);
  });
});

describe("an object store that a system does without", () => {
  it("has no clients", async () => {
    expect((await store({ ...bundled, mode: "off" })).value.bucket).toBeUndefined();
  });

  it("is kept as its policy says, and runs nothing", async () => {
    const synthesis = await store({ ...bundled, mode: "off" });
    expect(synthesis.names("PersistentVolumeClaim")).toEqual(["minio-data"]);
    expect(synthesis.objects("StatefulSet")).toEqual([]);
  });

  it("leaves nothing under the policy discard", async () => {
    const { resources } = await store({ ...bundled, mode: "off", data: "discard" });
    expect(resources.filter(({ custom }) => custom)).toEqual([]);
  });
});
