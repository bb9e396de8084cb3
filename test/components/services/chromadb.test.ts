/** Proves what is declared of a vector store; that it finds anything, only a real server shows. */
import { ChromaDb } from "../../../components/services/chromadb";
import { chromadb as schema, type ChromaDbSettings } from "../../../config/stores";
import type { Container } from "../../support/manifests";
import { envOf } from "../../support/pods";
import { type Surroundings, testScope } from "../../support/scope";
import { noBackup, resources } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

const bundled = schema.parse({
  mode: "bundled",
  image: "chromadb/chroma:1.0.15",
  runAsUser: 1000,
  resources,
  volume: { size: "10Gi" },
  data: "keep",
  backup: noBackup,
});
const external = schema.parse({
  ...bundled,
  mode: "external",
  external: { host: "chroma.example.com" },
});
const elsewhere: Surroundings = {
  cluster: { externalCidrs: { "chroma.example.com": ["10.1.0.0/24"] } },
};

function chromadb(
  settings: ChromaDbSettings,
  surroundings: Surroundings = {},
  enabled = true,
): Promise<Synthesis<ChromaDb>> {
  const scope = testScope(surroundings);
  return synth(() => new ChromaDb("acme-chromadb", { scope, name: "chromadb", settings, enabled }));
}

function made({ resources: all }: Synthesis<unknown>): string[] {
  return all.filter(({ custom }) => custom).map(({ name }) => name);
}

describe("a bundled vector store", () => {
  let synthesis: Synthesis<ChromaDb>;
  beforeAll(async () => {
    synthesis = await chromadb(bundled);
  });
  const container = (): Container =>
    synthesis.object("StatefulSet", "chromadb").spec.template.spec.containers[0]!;

  it("is one StatefulSet of one replica, of the image that the settings name", () => {
    expect(synthesis.object("StatefulSet", "chromadb").spec.replicas).toBe(1);
    expect(container().image).toBe("chromadb/chroma:1.0.15");
  });

  it("has its role in its system", () => {
    const { labels } = synthesis.object("StatefulSet", "chromadb").metadata;
    expect(labels["app.kubernetes.io/component"]).toBe("vector-store");
  });

  it.each(["startupProbe", "readinessProbe", "livenessProbe"] as const)(
    "answers its %s by its heartbeat",
    (probe) => {
      expect(container()[probe]?.httpGet).toEqual({ path: "/api/v2/heartbeat", port: "http" });
    },
  );

  it("keeps its data on its volume, where version 1.0 and later have it", () => {
    expect(envOf(synthesis, "StatefulSet/chromadb")).toMatchObject({
      CHROMA_PERSIST_PATH: "/data",
      IS_PERSISTENT: "TRUE",
    });
    expect(container().volumeMounts).toContainEqual({ name: "chromadb-data", mountPath: "/data" });
  });

  it("listens for the pods of others, on the port that clients are told", () => {
    expect(envOf(synthesis, "StatefulSet/chromadb")).toMatchObject({
      CHROMA_LISTEN_ADDRESS: "0.0.0.0",
      CHROMA_PORT: String(synthesis.value.endpoint?.port),
    });
  });

  it("tells its makers nothing", () => {
    expect(envOf(synthesis, "StatefulSet/chromadb").ANONYMIZED_TELEMETRY).toBe("FALSE");
  });

  it("is what clients are told", () => {
    expect(synthesis.value.endpoint).toMatchObject({
      name: "chromadb",
      host: "chromadb.acme.svc.cluster.local",
      port: 8000,
    });
  });

  it("has no secret, because it knows no users", () => {
    expect(synthesis.objects("Secret")).toEqual([]);
  });
});

describe("an external vector store", () => {
  it("runs nothing here", async () => {
    const synthesis = await chromadb({ ...external, data: "discard" }, elsewhere);
    expect(made(synthesis)).toEqual([]);
  });

  it("is what clients are told, just as a bundled one", async () => {
    const { value } = await chromadb(external, elsewhere);
    expect(value.endpoint).toMatchObject({
      name: "chromadb",
      host: "chroma.example.com",
      port: 8000,
      peer: { kind: "addresses", cidrs: ["10.1.0.0/24"] },
    });
  });
});

describe("the data of a vector store that is no longer bundled", () => {
  it.each(["keep", "release"] as const)("stays declared under the policy %s", async (data) => {
    const synthesis = await chromadb({ ...external, data }, elsewhere);
    expect(made(synthesis)).toEqual(["acme-chromadb-data"]);
  });

  it("is protected in prod as long as its policy is keep", async () => {
    const prod = { ...elsewhere, environment: "prod" } as const;
    const [kept, released] = [
      await chromadb({ ...external, data: "keep" }, prod),
      await chromadb({ ...external, data: "release" }, prod),
    ];
    expect(kept.protected).toEqual(["PersistentVolumeClaim/chromadb-data"]);
    expect(released.protected).toEqual([]);
  });

  it("goes under the policy discard", async () => {
    const synthesis = await chromadb({ ...external, data: "discard" }, elsewhere);
    expect(synthesis.names("PersistentVolumeClaim")).toEqual([]);
  });
});

describe("a vector store that is off", () => {
  it.each([
    ["bundled", bundled],
    ["external", external],
  ])("has no clients, when it is %s", async (_, settings) => {
    expect((await chromadb(settings, elsewhere, false)).value.endpoint).toBeUndefined();
  });

  it("keeps its volume, and runs nothing", async () => {
    expect(made(await chromadb(bundled, {}, false))).toEqual(["acme-chromadb-data"]);
  });
});
