/**
 * Proves how what is on a volume would be saved, as whom and with which password, and why it could not be.
 * The cluster is in memory.
 */
import { planText } from "../../../cli/backup";
import type { DataPlan } from "../../../cli/backup/model";
import { claim, namespace, planOf, pod, postgres, secret, service } from "./support";

async function dataOf(...objects: readonly object[]): Promise<DataPlan | undefined> {
  return (await planOf([...claim("data"), ...objects])).data[0];
}

describe("a PostgreSQL server", () => {
  it("is dumped by its own image, at its own pod, as its superuser", async () => {
    const plan = await dataOf(pod("db-0", "data", postgres), service("db", "db-0", 6432));
    expect(plan).toMatchObject({
      ...{ method: "postgres", image: "docker.io/library/postgres:15" },
      server: {
        ...{ host: "10.0.0.7", port: 5432, user: { from: "literal", value: "ruler" } },
        password: { from: "secret", name: "db", key: "superuser" },
      },
    });
  });

  it("is asked through a Service where its pod has no address", async () => {
    const nowhere = { ...pod("db-0", "data", postgres), status: { phase: "Running" } };
    const plan = await dataOf(nowhere, service("db", "db-0", 6432));
    expect(plan).toMatchObject({ server: { host: "db", port: 6432 } });
  });

  it("is missing where the only way to it may lead to another one", async () => {
    const nowhere = { ...pod("db-0", "data", postgres), status: { phase: "Running" } };
    const twin = pod("other-0", "other", postgres) as { readonly metadata: object };
    const labels = { app: "db-0" };
    const plan = await dataOf(
      ...[nowhere, { ...twin, metadata: { ...twin.metadata, labels } }],
      service("db", "db-0", 5432),
    );
    expect(plan).toMatchObject({ method: "none", lost: true });
    expect(plan?.why).toContain("its pod has no address, and no Service leads to it alone");
  });

  describe("with several claims", () => {
    const mounts = (paths: Readonly<Record<string, string>>, more: object = {}) =>
      pod(
        "db-0",
        "data",
        {
          ...{ ...postgres, ...more },
          volumeMounts: Object.entries(paths).map(([name, mountPath]) => ({ name, mountPath })),
        },
        {
          volumes: Object.keys(paths).map((name) => ({
            name,
            persistentVolumeClaim: { claimName: name },
          })),
        },
      );
    const env = [...postgres.env, { name: "PGDATA", value: "/srv/db/pgdata" }];
    const bitnami = { image: "docker.io/bitnami/postgresql:16" };
    const newer = { image: "pgvector/pgvector:0.8.1-pg18" };
    const timescale = { image: "timescale/timescaledb-ha:pg16" };

    it.each([
      ["where its image has them", { data: "/var/lib/postgresql/data", more: "/backups" }, {}],
      ["above of that", { data: "/var/lib/postgresql/", more: "/archive" }, {}],
      ["where PGDATA says", { data: "/srv/db", more: "/var/lib/postgresql/data" }, { env }],
      ["below another claim", { data: "/var/lib/postgresql/data", more: "/var/lib" }, {}],
      ["beside a path that begins alike", { data: "/srv/db", more: "/srv/d" }, { env }],
      ["where newer images have them", { data: "/var/lib/postgresql/18", more: "/b" }, newer],
      ["where Bitnami's has them", { data: "/bitnami/postgresql", more: "/backups" }, bitnami],
      ["where Timescale's has them", { data: "/home/postgres/pgdata", more: "/b" }, timescale],
    ])("has its data %s, and the others are copied", async (_, paths, more) => {
      const { data } = await planOf([...claim("data"), ...claim("more"), mounts(paths, more)]);
      expect(data.map(({ claim: name, method }) => [name, method])).toEqual([
        ["data", "postgres"],
        ["more", "copy"],
      ]);
    });
  });

  it("is found also where another pod has the claim too", async () => {
    const plan = await dataOf(pod("a", "data", {}), pod("db-0", "data", postgres));
    expect(plan).toMatchObject({ method: "postgres" });
  });

  it("still works while its pod is told to end", async () => {
    const { metadata, ...rest } = pod("db-0", "data", postgres) as { readonly metadata: object };
    const ending = { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" };
    expect(await dataOf({ ...rest, metadata: ending })).toMatchObject({ method: "postgres" });
  });

  it("is reached as its own scheduled backup reaches it, if it has one", async () => {
    const labels = { "app.kubernetes.io/name": "db-backup" };
    const env = [{ name: "PGHOST", value: "db.acme.svc.cluster.local" }];
    const spec = { containers: [{ name: "take", image: "postgres:15", env }] };
    const plan = await dataOf(pod("db-0", "data", postgres), service("db", "db-0", 5432), {
      ...{ apiVersion: "batch/v1", kind: "CronJob" },
      metadata: { name: "db-backup", namespace, annotations: { "backup.platform/store": "db" } },
      spec: { jobTemplate: { spec: { template: { metadata: { labels }, spec } } } },
    });
    expect(plan).toMatchObject({ method: "postgres", labels });
  });

  it.each([
    ["all keys of a Secret", { envFrom: [{ secretRef: { name: "db" } }] }, {}, "POSTGRES_PASSWORD"],
    [
      "a file of a Secret",
      {
        env: [{ name: "POSTGRES_PASSWORD_FILE", value: "/run/db/pass" }],
        volumeMounts: [
          { name: "data", mountPath: "/var/lib/postgresql/data" },
          { name: "passwords", mountPath: "/run/db" },
        ],
      },
      {
        volumes: [
          { name: "data", persistentVolumeClaim: { claimName: "data" } },
          {
            name: "passwords",
            secret: { secretName: "db", items: [{ key: "superuser", path: "pass" }] },
          },
        ],
      },
      "superuser",
    ],
  ])("gives its password by %s", async (_, container, spec, key) => {
    const plan = await dataOf(
      pod(
        "db-0",
        "data",
        {
          image: "pgvector/pgvector:pg16",
          env: [{ name: "PGDATA", value: "/data" }],
          ...container,
          ports: [{ containerPort: 5432 }],
        },
        spec,
      ),
      secret("db", { POSTGRES_PASSWORD: "a", superuser: "b" }),
    );
    expect(plan).toMatchObject({
      method: "postgres",
      server: { password: { from: "secret", name: "db", key } },
    });
  });

  it("cannot be dumped where nobody says the password; its files are no copy while it runs", async () => {
    const plan = await dataOf(pod("db-0", "data", { ...postgres, env: [] }));
    expect(plan).toMatchObject({ method: "none", lost: true });
    expect(plan?.why).toContain("the password of its superuser is in no variable of its pod");
  });

  it("has its files copied where it does not run", async () => {
    const stopped = { ...pod("db-0", "data", postgres), status: { phase: "Failed" } };
    const plan = await dataOf(stopped);
    expect(plan).toMatchObject({ method: "copy", inUse: false });
    expect(plan?.why).toBe("PostgreSQL of Pod db-0 does not run: its files are at rest");
  });

  it("is not taken for one where it only watches one", async () => {
    const exporter = { image: "prometheuscommunity/postgres-exporter:v0.15", volumeMounts: [] };
    const plan = await dataOf(pod("exporter", "data", exporter));
    expect(plan?.method).toBe("copy");
  });
});

describe("another volume", () => {
  it("is in use while a pod that is told to end is there", async () => {
    const { metadata, ...rest } = pod("mlflow", "data", {}) as { readonly metadata: object };
    const ending = { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" };
    expect(await dataOf({ ...rest, metadata: ending })).toMatchObject({
      ...{ method: "copy", inUse: true, node: "node-1" },
    });
  });

  it("is copied as its owner, on its node, and said to be in use", async () => {
    const spec = { securityContext: { runAsUser: 1001, fsGroup: 2000 } };
    expect(await dataOf(pod("mlflow", "data", {}, spec))).toMatchObject({
      ...{ method: "copy", user: 1001, groups: [2000], node: "node-1", inUse: true },
      why: "Pod mlflow has files on it, and works on meanwhile",
    });
  });

  it("may be copied on any node where several can have it", async () => {
    const shared = claim("data", { accessModes: ["ReadWriteMany"] });
    const plan = await planOf([...shared, pod("mlflow", "data", {})]);
    expect(plan.data[0]).toMatchObject({ method: "copy", node: undefined });
  });

  it("is copied also where nobody mounts it", async () => {
    expect(await dataOf()).toMatchObject({ method: "copy", inUse: false, why: "nobody mounts it" });
  });

  it.each([
    ["it is a block device", { volumeMode: "Block" }, [], true],
    [
      "only one pod may have it",
      { accessModes: ["ReadWriteOncePod"] },
      [pod("a", "data", {})],
      true,
    ],
  ])("is not saved, and missing, where %s", async (why, spec, pods, lost) => {
    const plan = await planOf([...claim("data", spec), ...pods]);
    expect(plan.data[0]).toMatchObject({ method: "none", lost });
    expect(plan.data[0]?.why).toContain(why);
    expect(planText(plan)).toContain(`claim data: ${plan.data[0]?.why ?? ""}`);
  });

  it("that there has never been lacks nothing", async () => {
    const [pending] = claim("data") as readonly [object];
    const plan = await planOf([{ ...pending, status: { phase: "Pending" } }]);
    expect(plan.data[0]).toMatchObject({ method: "none", lost: false });
  });
});
