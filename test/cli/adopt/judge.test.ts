/**
 * Proves what is said of an old volume: by which settings ours reads it, or why it cannot. Whether a server
 * then starts on it, no test here shows.
 */
import { secretSettings } from "../../../cli/adopt/judge";
import { kindOf, postgresMajor } from "../../../cli/adopt/parts";
import { holding, outcome, workload } from "./support";

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
