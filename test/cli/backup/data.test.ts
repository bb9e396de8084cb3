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
  it("is dumped by its own image, through its Service, as its superuser", async () => {
    const plan = await dataOf(pod("db-0", "data", postgres), service("db", "db-0", 6432));
    expect(plan).toMatchObject({
      ...{ method: "postgres", image: "docker.io/library/postgres:15" },
      server: {
        ...{ host: "db", port: 6432, user: { from: "literal", value: "ruler" } },
        password: { from: "secret", name: "db", key: "superuser" },
      },
    });
  });

  it("is asked at its pod where no Service leads to it", async () => {
    const plan = await dataOf(pod("db-0", "data", postgres));
    expect(plan).toMatchObject({ server: { host: "10.0.0.7", port: 5432 } });
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
          { name: "data", mountPath: "/data" },
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
