/**
 * One test for each known fault of document 002 and its sources that a declaration can show, by its
 * number in docs/DECISIONS.md. FM-T08 and T09 are the pipeline's, T17 is the application's own.
 */
import type { FaultMaven } from "../../../../components/systems/faultmaven";
import { environments } from "../../../../config/environment";
import { parseBytes } from "../../../../config/quantity";
import {
  blue,
  containerOf,
  faultmavenOf,
  green,
  keysOf,
  migrationOf,
} from "../../../support/faultmaven";
import { danglingPods } from "../../../support/invariants/references";
import { controllers, envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";

const application = "Deployment/faultmaven-blue";

let prod: Synthesis<FaultMaven>;
let both: Synthesis<FaultMaven>;
beforeAll(async () => {
  prod = await faultmavenOf("prod");
  both = await faultmavenOf("prod", { tracks: [blue, green] });
});

it.each(environments)(
  "FM-T01: what several replicas write is a volume of several nodes, in %s",
  async (stack) => {
    const synthesis = await faultmavenOf(stack);
    const { most, template } = controllers(synthesis).find(({ title }) => title === application)!;
    const modes = (template.spec?.volumes ?? [])
      .flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
      .map((name) => synthesis.object("PersistentVolumeClaim", name).spec.accessModes);
    expect(modes).toEqual([[most > 1 ? "ReadWriteMany" : "ReadWriteOnce"]]);
  },
);

it("FM-T02: the claim and the Secret that the document refers to are there", () => {
  expect([prod.names("PersistentVolumeClaim"), prod.names("Secret")]).toEqual([
    expect.arrayContaining(["faultmaven-data"]),
    expect.arrayContaining(["faultmaven-secrets"]),
  ]);
  expect(danglingPods(prod)).toEqual([]);
});

it("FM-T02: the claim's size is a setting", async () => {
  const files = { sharedClaim: { volume: { size: "80Gi" } } };
  const { spec } = (await faultmavenOf("prod", { files })).object(
    "PersistentVolumeClaim",
    "faultmaven-data",
  );
  expect(spec.resources.requests).toEqual({ storage: "80Gi" });
});

it.each([
  ["dev", "Recreate"],
  ["prod", "RollingUpdate"],
] as const)(
  "FM-T03: no roll-out waits for a volume that the old pod still holds, in %s: %s",
  async (stack, type) => {
    const { spec } = (await faultmavenOf(stack)).object("Deployment", "faultmaven-blue");
    expect(spec.strategy.type).toBe(type);
  },
);

it.each([
  ["LLM_PROVIDER", "openai"],
  ["VECTOR_PROVIDER", "chromadb"],
  ["CHROMA_HOST", "chromadb.faultmaven.svc.cluster.local"],
  ["CHROMA_PORT", "8000"],
  ["JWT_ALGORITHM", "HS256"],
  ["JWT_EXPIRY_MINUTES", "1440"],
  ["ENVIRONMENT", "production"],
])("FM-T05: the application is told %s, without which it refuses or guesses", (name, value) => {
  expect(envOf(prod, application)[name]).toBe(value);
});

it("FM-T06: the database's address names the driver that an asynchronous engine needs", () => {
  const { "database-url": url } = prod.object("Secret", "faultmaven-secrets").stringData;
  expect(url).toMatch(/^postgresql\+asyncpg:\/\/faultmaven:/);
});

it("FM-T06: the driver is a setting", async () => {
  const plain = await faultmavenOf("prod", { app: { databaseScheme: "postgresql" } });
  const { "database-url": url } = plain.object("Secret", "faultmaven-secrets").stringData;
  expect(url).toMatch(/^postgresql:\/\/faultmaven:/);
});

it("FM-T07: the port of the production image takes one setting", async () => {
  const synthesis = await faultmavenOf("prod", { app: { port: 8090 } });
  const { command = [], ports = [] } = containerOf(synthesis);
  expect([command.at(-1), ports[0]?.containerPort, envOf(synthesis, application).PORT]).toEqual([
    "8090",
    8090,
    "8090",
  ]);
});

it("FM-T10: every image has a fixed tag", () => {
  const images = controllers(both).flatMap(({ containers }) =>
    containers.map(({ image }) => image ?? "none"),
  );
  expect(images.filter((image) => !/:[^:/]*\d[^:/]*$/.test(image))).toEqual([]);
});

it("FM-T12: an update does not reset the number that the autoscaler chose", () => {
  expect(prod.object("Deployment", "faultmaven-blue").spec).not.toHaveProperty("replicas");
  expect(prod.resource(application).ignoreChanges).toContain("spec.replicas");
});

it.each(["staging", "prod"] as const)(
  "FM-T13: an autoscaler that goes by memory leaves a replica more than 800 MiB, in %s",
  async (stack) => {
    const synthesis = await faultmavenOf(stack);
    const { metrics } = synthesis.object("HorizontalPodAutoscaler", "faultmaven-blue").spec;
    const memory = metrics.find(({ resource }) => resource.name === "memory")!;
    const request = parseBytes(containerOf(synthesis).resources?.requests?.memory ?? "") ?? 0;
    const target = (request * memory.resource.target.averageUtilization) / 100;
    expect(target).toBeGreaterThan(800 * 2 ** 20);
  },
);

it("FM-T14: no password and no key is one that a document has", () => {
  const values = prod.objects("Secret").flatMap(({ stringData }) => Object.values(stringData));
  const known = ["postgres:postgres", "changeme", "dev-secret-change-in-production"];
  expect(values.filter((value) => known.some((one) => value.includes(one)))).toEqual([]);
});

it("FM-T14: passwords and the signing key are generated", () => {
  const generated = prod.resources.filter(({ type }) => type.startsWith("random:"));
  expect(generated.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "faultmaven-postgres-credentials-password",
      "faultmaven-redis-credentials-password",
      "faultmaven-secrets-jwt-secret",
    ]),
  );
});

it("FM-T16: one job migrates before the replicas start, which do not run the image's entry point", () => {
  expect(prod.names("Job").filter((name) => name.includes("migration"))).toHaveLength(1);
  expect(prod.waits(application)).toContain(migrationOf(prod));
  expect(containerOf(prod).command?.[0]).toBe("uvicorn");
});

it.each([
  ["postgres", 5432],
  ["redis", 6379],
  ["chromadb", 8000],
])("FM-T18: only FaultMaven's own pods reach %s", (store, port) => {
  const into = prod
    .objects("NetworkPolicy")
    .filter(({ spec }) => "ingress" in spec)
    .filter(({ spec }) => spec.podSelector.matchLabels["app.kubernetes.io/name"] === store);
  const peers = into.flatMap(({ spec }) => spec.ingress.flatMap(({ from }) => from));
  expect(peers.filter((peer) => "namespaceSelector" in peer || "ipBlock" in peer)).toEqual([]);
  expect(into.flatMap(({ spec }) => spec.ingress.map(({ ports }) => ports[0]?.port))).toEqual(
    Array(into.length).fill(port),
  );
});

it("FM-T18: Redis asks for a password", () => {
  expect(envOf(prod, "StatefulSet/redis").REDIS_PASSWORD).toBe("secret redis/password");
  expect(keysOf(prod)).toContain("redis-url");
});

it("FM-T19: the vector store is the server, and a stray embedded one is in the pod's own folder", () => {
  const { CHROMA_HOST, CHROMA_PERSIST_DIR = "" } = envOf(prod, application);
  const shared = containerOf(prod).volumeMounts?.find(({ name }) => name === "faultmaven-data");
  expect(CHROMA_HOST).toBe("chromadb.faultmaven.svc.cluster.local");
  expect(CHROMA_PERSIST_DIR.startsWith(shared?.mountPath ?? "")).toBe(false);
});

it("FM-T20: zero downtime has a budget, a startup probe, a drain and the time for it", () => {
  const { spec } = prod.object("Deployment", "faultmaven-blue").spec.template;
  const { startupProbe, lifecycle } = containerOf(prod);
  expect(prod.names("PodDisruptionBudget")).toContain("faultmaven-blue");
  expect(startupProbe).toBeDefined();
  expect(lifecycle?.preStop?.sleep?.seconds).toBeGreaterThan(0);
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(
    lifecycle?.preStop?.sleep?.seconds ?? 0,
  );
});

it("FM-T22: the log folder is there under a read-only root", () => {
  const { volumes } = prod.object("Deployment", "faultmaven-blue").spec.template.spec;
  expect(containerOf(prod).volumeMounts).toContainEqual({ name: "logs", mountPath: "/app/logs" });
  expect(volumes.find(({ name }) => name === "logs")).toHaveProperty("emptyDir");
});

it.each([
  "fm-auth-service",
  "fm-session-service",
  "fm-case-service",
  "fm-evidence-service",
  "fm-knowledge-service",
  "fm-agent-service",
  "fm-api-gateway",
  "fm-job-worker",
  "faultmaven-dashboard",
])("FM-T23: nothing is left of the legacy service %s", (legacy) => {
  const text = JSON.stringify(both.resources.map(({ name, inputs }) => [name, inputs]));
  expect(text).not.toContain(legacy);
});

it("FM-T24: the vector store's volume is where its version keeps its data", () => {
  const [container] = prod.object("StatefulSet", "chromadb").spec.template.spec.containers;
  expect(container?.image).toMatch(/chroma:[1-9]/);
  expect(container?.volumeMounts).toContainEqual({ name: "chromadb-data", mountPath: "/data" });
});
