/** Proves that every store of every system has its backup, and what each job is told of its store. */
import { faultmavenOf } from "../../../support/faultmaven";
import type { Manifests, PodTemplate } from "../../../support/manifests";
import { philotesOf } from "../../../support/philotes";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { namespaces, telemetryOf } from "../../../support/telemetry";
import { thunderlineOf } from "../../../support/thunderline";

type Built = Promise<Synthesis<unknown>>;

const inStore = { files: { use: "objectStore" } };

/** Each store with a system of staging that has it. */
const stores: readonly (readonly [string, () => Built, Record<string, string>])[] = [
  [
    "postgres of Thunderline",
    () => thunderlineOf("staging"),
    {
      PGHOST: "postgres.thunderline.svc.cluster.local",
      PGPASSWORD: "secret postgres/superuser-password",
      PGPORT: "5432",
      PGUSER: "postgres",
    },
  ],
  [
    "minio of Thunderline",
    () => thunderlineOf("staging"),
    {
      BUCKET: "thunderline-artifacts",
      MC_HOST_store:
        "http://$(STORE_ACCESS_KEY):$(STORE_SECRET_KEY)@minio.thunderline.svc.cluster.local:9000",
      STORE_ACCESS_KEY: "secret minio/access-key",
      STORE_SECRET_KEY: "secret minio/secret-key",
    },
  ],
  ["mlflow of Thunderline", () => thunderlineOf("staging"), { SQLITE_FILE: "/data/mlflow.db" }],
  ["livebook of Thunderline", () => thunderlineOf("staging"), { FILES_DIR: "/data" }],
  [
    "postgres of FaultMaven",
    () => faultmavenOf("staging"),
    { PGHOST: "postgres.faultmaven.svc.cluster.local" },
  ],
  [
    "redis of FaultMaven",
    () => faultmavenOf("staging"),
    {
      REDISCLI_AUTH: "secret redis/password",
      REDIS_HOST: "redis.faultmaven.svc.cluster.local",
      REDIS_PORT: "6379",
    },
  ],
  [
    "chromadb of FaultMaven",
    () => faultmavenOf("staging"),
    { CHROMA_URL: "http://chromadb.faultmaven.svc.cluster.local:8000" },
  ],
  ["faultmaven-files of FaultMaven", () => faultmavenOf("staging"), { FILES_DIR: "/files" }],
  ["minio of FaultMaven", () => faultmavenOf("staging", inStore), { BUCKET: "faultmaven-files" }],
  [
    "philotes-postgresql of Philotes",
    () => philotesOf("staging"),
    { PGHOST: "philotes-postgresql.philotes-staging.svc.cluster.local" },
  ],
  ["philotes-minio of Philotes", () => philotesOf("staging"), { BUCKET: "philotes-staging" }],
  [
    "timescaledb of the telemetry stack",
    () => within("timescaledb"),
    { PGHOST: "timescaledb.timescaledb.svc.cluster.local" },
  ],
  [
    "postgres of the telemetry stack",
    () => within("heatpumpSettings"),
    { PGHOST: "postgres.heatpump-settings.svc.cluster.local" },
  ],
];

async function within(which: keyof typeof namespaces): Built {
  return (await telemetryOf("staging")).within(namespaces[which]);
}

/** The jobs of all systems' backups, each once. */
async function backupJobs(): Promise<Manifests["CronJob"][]> {
  const systems: Synthesis<unknown>[] = await Promise.all([
    thunderlineOf("staging"),
    faultmavenOf("staging"),
    faultmavenOf("staging", inStore),
    philotesOf("staging"),
    telemetryOf("staging"),
  ]);
  const jobs = systems
    .flatMap((system) => system.objects("CronJob"))
    .filter(({ metadata }) => "backup.platform/store" in metadata.annotations)
    .map((job) => [`${job.metadata.namespace}/${job.metadata.name}`, job] as const);
  return [...new Map(jobs).values()];
}

function pod(synthesis: Synthesis<unknown>, job: string): NonNullable<PodTemplate["spec"]> {
  return synthesis.object("CronJob", job).spec.jobTemplate.spec.template.spec;
}

describe("in staging", () => {
  it.each(stores)("%s is backed up by a job that is told where it is", async (name, build, env) => {
    const [store = ""] = name.split(" ");
    const synthesis = await build();
    expect(envOf(synthesis, `CronJob/${store}-backup`)).toMatchObject({ STORE: store, ...env });
  });

  it("no other job is annotated as a backup", async () => {
    const named = stores.map(([name]) => name.split(" ")[0] ?? "");
    const annotated = (await backupJobs()).map(
      ({ metadata }) => metadata.annotations["backup.platform/store"] ?? "",
    );
    expect(annotated.sort()).toEqual(named.sort());
  });

  it("no two backups begin at the same time", async () => {
    const starts = (await backupJobs()).map(({ spec }) => spec.schedule);
    expect(new Set(starts).size).toBe(starts.length);
  });
});

describe("in dev", () => {
  it.each([
    ["Thunderline", () => thunderlineOf("dev")],
    ["FaultMaven", () => faultmavenOf("dev")],
    ["Philotes", () => philotesOf("dev")],
    ["the telemetry stack", () => telemetryOf("dev")],
  ] as const)("%s has no backups and no claims for them", async (_, build: () => Built) => {
    const synthesis = await build();
    const names = [...synthesis.names("CronJob"), ...synthesis.names("PersistentVolumeClaim")];
    expect(names.filter((name) => name.includes("backup"))).toEqual([]);
  });
});

describe("the hours of the telemetry stack's dumps", () => {
  it.each([
    ["timescaledb", "timescaledb", "0 2 * * *"],
    ["heatpumpSettings", "postgres", "15 2 * * *"],
  ] as const)("are document 004's: %s", async (part, store, schedule) => {
    const synthesis = await within(part);
    expect(synthesis.object("CronJob", `${store}-backup`).spec.schedule).toBe(schedule);
  });

  it("keep them for document 004's 30 days in prod", async () => {
    const prod = (await telemetryOf("prod")).within(namespaces.timescaledb);
    expect(envOf(prod, "CronJob/timescaledb-backup").KEEP_DAYS).toBe("30");
  });
});

describe("files on a volume", () => {
  it.each([
    ["mlflow", "mlflow-data", "/data", ["mlflow"]],
    ["livebook", "livebook-data", "/data", ["livebook"]],
  ] as const)("of %s are read where its server runs", async (store, claim, path, servers) => {
    const { affinity, containers = [] } = pod(await thunderlineOf("staging"), `${store}-backup`);
    const [term] = affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    expect(term?.labelSelector?.matchExpressions?.[0]?.values).toEqual(servers);
    expect(containers[0]?.volumeMounts).toContainEqual({ name: claim, mountPath: path });
  });

  it("that many nodes share are read anywhere", async () => {
    const { affinity, containers = [] } = pod(
      await faultmavenOf("staging"),
      "faultmaven-files-backup",
    );
    expect(affinity).toBeUndefined();
    expect(containers[0]?.volumeMounts).toContainEqual({
      name: "faultmaven-data",
      mountPath: "/files",
    });
  });

  it("of one replica of FaultMaven are read where that replica runs", async () => {
    const files = { use: "singleReplica", singleReplica: { volume: { size: "5Gi" } } };
    const app = { scaling: { type: "fixed", replicas: 1 } };
    const { affinity } = pod(
      await faultmavenOf("staging", { files, app }),
      "faultmaven-files-backup",
    );
    const [term] = affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    expect(term?.labelSelector?.matchExpressions?.[0]?.values).toEqual(["faultmaven-blue"]);
  });

  it("belong to the user that reads them", async () => {
    const { securityContext } = pod(await faultmavenOf("staging"), "faultmaven-files-backup");
    expect(securityContext?.runAsUser).toBe(1000);
  });
});

describe("an external store", () => {
  it("is not backed up here", async () => {
    const synthesis = await philotesOf("prod");
    expect(synthesis.names("CronJob").filter((name) => name.endsWith("-backup"))).toEqual([]);
    expect(synthesis.names("PersistentVolumeClaim")).toEqual([]);
  });
});

describe("a database that encrypts its connections", () => {
  it("is dumped over an encrypted one", async () => {
    const timescaledb = { postgres: { tls: { from: "secret", secretName: "theirs" } } };
    const synthesis = (await telemetryOf("staging", { timescaledb })).within("timescaledb");
    expect(envOf(synthesis, "CronJob/timescaledb-backup").PGSSLMODE).toBe("require");
  });
});

describe("a job's way to its store", () => {
  it("is open at both ends, on the store's port", async () => {
    const synthesis = await faultmavenOf("staging");
    expect(synthesis.object("NetworkPolicy", "redis-from-redis-backup").spec).toMatchObject({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "redis" } },
      ingress: [{ ports: [{ protocol: "TCP", port: 6379 }] }],
    });
    expect(synthesis.names("NetworkPolicy")).toContain("redis-backup-to-redis");
  });
});
