/**
 * Proves what is said of an old volume: by which settings ours reads it, or why it cannot. Whether a server
 * then starts on it, no test here shows.
 */
import { secretSettings } from "../../../cli/adopt/judge";
import { kindOf, postgresMajor } from "../../../cli/adopt/parts";
import { holding, judged, outcome, workload } from "./support";

const password = (key: string): object => ({
  valueFrom: { secretKeyRef: { name: "old-postgresql", key } },
});

const postgres = {
  name: "postgresql",
  image: "docker.io/pgvector/pgvector:0.7.0-pg16",
  env: [
    { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
    { name: "POSTGRES_PASSWORD", ...password("postgres-password") },
  ],
};
const home = "/var/lib/postgresql/data";

function without(
  name: string,
  ...more: readonly { name: string; value?: string }[]
): typeof postgres.env {
  return [
    ...postgres.env.filter((variable) => variable.name !== name),
    ...more,
  ] as typeof postgres.env;
}

describe("the volume of a PostgreSQL", () => {
  it("is mounted by its name, with the password that is in it, and nothing of its own", () => {
    expect(outcome(holding(postgres, home))).toEqual({
      "postgres.volume.size": "8Gi",
      "postgres.volume.existingClaim": "data-old-postgresql-0",
      "postgres.volume.ownClaim": "discard",
      "postgres.dataFolder": "pgdata",
      "postgres.superuserPassword": {
        from: "existing",
        secretName: "old-postgresql",
        key: "postgres-password",
      },
    });
  });

  it.each([
    ["the volume itself", home, [], "."],
    ["another folder", home, [{ name: "PGDATA", value: `${home}/data` }], "data"],
    ["a folder further down", "/bulk", [{ name: "PGDATA", value: "/bulk/pg/main" }], "pg/main"],
  ])("is read where its data are: %s", (_, mountPath, folder, expected) => {
    const env = without("PGDATA", ...folder);
    expect(outcome(holding({ ...postgres, env }, mountPath))).toMatchObject({
      "postgres.dataFolder": expected,
    });
  });

  it("is read where a part of it is mounted", () => {
    const one = holding(postgres, home);
    const users = one.users.map((user) => ({ ...user, subPath: "db" }));
    expect(outcome({ ...one, users })).toMatchObject({ "postgres.dataFolder": "db/pgdata" });
  });

  it("is read by the user that owns its files", () => {
    const securityContext = { runAsUser: 70 };
    expect(outcome(holding({ ...postgres, securityContext }, home))).toMatchObject({
      "postgres.runAsUser": 70,
    });
  });

  it.each([
    [
      "of another major version",
      { image: "docker.io/pgvector/pgvector:0.7.0-pg15" },
      "it is PostgreSQL 15 (0.7.0-pg15) and platform:thunderline.postgres.image is 16: a server does not start on another version's folder",
    ],
    [
      "of a version that nobody says",
      { image: "docker.io/library/postgres:latest" },
      "the image docker.io/library/postgres:latest does not say which version of PostgreSQL it is",
    ],
    [
      "of Bitnami's image",
      { image: "docker.io/bitnami/postgresql:16.4.0" },
      "docker.io/bitnami/postgresql:16.4.0 keeps postgresql.conf and pg_hba.conf in the image, so that no other image starts on its folder",
    ],
    [
      "of another C library",
      { image: "docker.io/library/postgres:16-alpine" },
      "docker.io/library/postgres:16-alpine sorts texts by musl and ours by glibc: indexes of text would be wrong",
    ],
    [
      "of another superuser",
      { env: [...postgres.env, { name: "POSTGRES_USER", value: "thunderline" }] },
      'its superuser is "thunderline", and ours is "postgres"',
    ],
    [
      "with its password in the clear",
      { env: without("POSTGRES_PASSWORD", { name: "POSTGRES_PASSWORD", value: "hunter2" }) },
      "the password of its superuser is in the clear in its pod",
    ],
    [
      "with its data elsewhere",
      { env: without("PGDATA", { name: "PGDATA", value: "/elsewhere" }) },
      "its data are in /elsewhere, which is not in the claim data-old-postgresql-0",
    ],
  ])("cannot be taken over: %s", (_, changes, why) => {
    expect(outcome(holding({ ...postgres, ...changes }, home))).toBe(why);
  });

  it("keeps the owner's password of its clients, and the names that they know", () => {
    const env = [
      { name: "DATABASE_USER", value: "acme" },
      { name: "DATABASE_PASSWORD", ...password("password") },
    ];
    const web = workload("Deployment", "web", { containers: [{ name: "web", image: "a:1", env }] });
    expect(outcome(holding(postgres, home), { clients: [web] })).toMatchObject({
      "postgres.user": "acme",
      "postgres.password": { from: "existing", secretName: "old-postgresql", key: "password" },
    });
  });

  it("makes no owner of its superuser, whose password the clients have", () => {
    const env = [{ name: "PGPASSWORD", ...password("postgres-password") }];
    const web = workload("Deployment", "web", { containers: [{ name: "web", image: "a:1", env }] });
    expect(outcome(holding(postgres, home), { clients: [web] })).not.toHaveProperty([
      "postgres.password",
    ]);
  });

  it("finds a password in a file of a Secret too", () => {
    const container = {
      ...postgres,
      env: without("POSTGRES_PASSWORD", { name: "POSTGRES_PASSWORD_FILE", value: "/secrets/pg" }),
      volumeMounts: [{ name: "passwords", mountPath: "/secrets" }],
    };
    const one = holding(container, home);
    const volumes = [
      { name: "passwords", secret: { secretName: "pg", items: [{ key: "admin", path: "pg" }] } },
    ];
    const users = one.users.map((user) => ({ ...user, pod: { ...user.pod, volumes } }));
    const keys = new Map([["pg", ["admin"]]]);
    expect(outcome({ ...one, users }, { keys })).toMatchObject({
      "postgres.superuserPassword": { from: "existing", secretName: "pg", key: "admin" },
    });
  });

  it("is one alone, because ours has one server", () => {
    const two = [
      holding(postgres, home),
      holding(postgres, home, { claim: "data-old-postgresql-1" }),
    ];
    const why = expect.stringContaining("both have data of thunderline.postgres") as unknown;
    expect(judged(two)[0]?.verdict).toMatchObject({ adopt: false, why });
    const [first, second] = judged(two, { leave: ["data-old-postgresql-1"] });
    expect(first?.verdict).toMatchObject({ adopt: true });
    expect(second).toMatchObject({ left: true });
  });
});

describe("the volume of a MinIO", () => {
  const minio = {
    name: "minio",
    image: "quay.io/minio/minio:RELEASE.2024-06-13T22-53-53Z",
    args: ["server", "/export"],
    env: [
      {
        name: "MINIO_ROOT_PASSWORD",
        valueFrom: { secretKeyRef: { name: "old-minio", key: "root-password" } },
      },
    ],
  };

  it("is mounted by its name, with the root's password", () => {
    expect(outcome(holding(minio, "/export"))).toEqual({
      "objectStore.volume.size": "8Gi",
      "objectStore.volume.existingClaim": "data-old-minio-0",
      "objectStore.volume.ownClaim": "discard",
      "objectStore.rootPassword": {
        from: "existing",
        secretName: "old-minio",
        key: "root-password",
      },
    });
  });

  it("has its data in the volume itself, or ours does not find them", () => {
    expect(outcome(holding({ ...minio, args: ["server", "/export/data"] }, "/export"))).toBe(
      "its data are in data, and ours has them in the volume itself",
    );
  });

  it("is of no newer release than ours", () => {
    const image = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";
    expect(outcome(holding({ ...minio, image }, "/export"))).toMatch(/is newer than ours/);
  });
});

describe("the volume of an MLflow", () => {
  const mlflow = (uri: string): Parameters<typeof holding>[0] => ({
    name: "mlflow",
    image: "docker.io/burakince/mlflow:2.20.1",
    args: ["server", `--backend-store-uri=${uri}`],
  });

  it("is mounted where its runs are in the file that ours reads", () => {
    expect(outcome(holding(mlflow("sqlite:////mlflow/mlflow.db"), "/mlflow"))).toMatchObject({
      "mlflow.volume.existingClaim": "data-old-mlflow-0",
    });
  });

  it.each([
    [
      "sqlite:////mlflow/runs/old.db",
      "its runs are in runs/old.db of the volume, and ours reads mlflow.db",
    ],
    ["postgresql://db/mlflow", "its runs are in no file of SQLite that its pod names"],
  ])("cannot be taken over with its runs in %s", (uri, why) => {
    expect(outcome(holding(mlflow(uri), "/mlflow"))).toBe(why);
  });
});

describe("what the application alone knows", () => {
  it("is referred to where its pods have it from", () => {
    const envFrom = [{ secretRef: { name: "app" } }];
    const web = workload("Deployment", "web", {
      containers: [{ name: "web", image: "a:1", envFrom }],
    });
    const keys = new Map([["app", ["SECRET_KEY_BASE", "UNKNOWN"]]]);
    expect(secretSettings("thunderline", [web], keys)).toEqual([
      {
        path: ["secrets", "secretKeyBase"],
        value: { from: "existing", secretName: "app", key: "SECRET_KEY_BASE" },
        must: false,
      },
    ]);
  });
});

describe("an image", () => {
  it.each([
    ["docker.io/bitnami/postgresql:16.4.0-debian-12-r0", "postgres"],
    ["timescale/timescaledb-ha:pg16", "postgres"],
    ["registry:5000/minio/minio@sha256:0123", "minio"],
    ["quay.io/minio/mc:1", undefined],
    ["docker.io/thunderline/app:1", undefined],
  ])("%s runs %s", (image, kind) => {
    expect(kindOf(image)).toBe(kind);
  });

  it.each([
    ["postgres:16.4", 16],
    ["postgres:16-alpine", 16],
    ["pgvector/pgvector:0.8.0-pg17", 17],
    ["pgvector/pgvector:0.8.0", undefined],
    ["postgres@sha256:0123", undefined],
  ])("%s is of version %s", (image, major) => {
    expect(postgresMajor(image)).toBe(major);
  });
});
