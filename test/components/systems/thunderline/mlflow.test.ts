/** Proves what MLflow is told; that it records a run, only a real cluster shows. */
import type { Thunderline } from "../../../../components/systems/thunderline";
import type { Container, Manifests } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { thunderlineOf } from "../../../support/thunderline";

let prod: Synthesis<Thunderline>;
beforeAll(async () => {
  prod = await thunderlineOf("prod");
});

function mlflow(): Manifests["Deployment"]["spec"] {
  return prod.object("Deployment", "mlflow").spec;
}

function container(): Container {
  return mlflow().template.spec.containers[0] ?? {};
}

describe("MLflow", () => {
  it("has one replica, because its runs are in one SQLite file", () => {
    expect(mlflow().replicas).toBe(1);
  });

  it("stops before its successor starts, because two cannot write that file", () => {
    expect(mlflow().strategy).toEqual({ type: "Recreate" });
  });

  it("keeps that file on its volume", () => {
    expect(container()).toMatchObject({
      args: expect.arrayContaining(["--backend-store-uri=sqlite:////data/mlflow.db"]) as unknown,
      volumeMounts: expect.arrayContaining([
        { name: "mlflow-data", mountPath: "/data" },
      ]) as unknown,
    });
  });

  it("runs an image that has a client for S3, which the stock one lacks", () => {
    expect(container().image).not.toMatch(/^ghcr\.io\/mlflow\/mlflow:/);
  });

  it("keeps artifacts in the bucket, and hands them through so that clients need no key", () => {
    expect(container().args).toEqual(
      expect.arrayContaining([
        "--serve-artifacts",
        "--artifacts-destination=s3://thunderline-artifacts/mlflow",
      ]),
    );
  });

  it("is told where the store is, and reads the key of its bucket", () => {
    expect(envOf(prod, "Deployment/mlflow")).toMatchObject({
      AWS_ACCESS_KEY_ID: "secret minio/access-key",
      AWS_SECRET_ACCESS_KEY: "secret minio/secret-key",
      MLFLOW_S3_ENDPOINT_URL: "http://minio.thunderline.svc.cluster.local:9000",
    });
  });

  it("starts when the bucket is there", () => {
    expect(prod.waits("Deployment/mlflow")).toContainEqual(
      expect.stringMatching(/^Job\/minio-setup-/),
    );
  });

  it("listens for others, on the port that its Service leads to", () => {
    expect(container()).toMatchObject({
      args: expect.arrayContaining(["--host=0.0.0.0", "--port=5000"]) as unknown,
      ports: [{ name: "http", containerPort: 5000 }],
    });
  });

  it("follows the bucket to an external store", async () => {
    const given = (key: string): object => ({ from: "existing", secretName: "s3", key });
    const external = { host: "s3.example.com", accessKey: given("id"), secretKey: given("key") };
    const elsewhere = await thunderlineOf(
      "prod",
      { objectStore: { mode: "external", external } },
      { externalCidrs: { "s3.example.com": ["10.0.0.0/24"] } },
    );
    expect(envOf(elsewhere, "Deployment/mlflow")).toMatchObject({
      AWS_ACCESS_KEY_ID: "secret s3/id",
      AWS_SECRET_ACCESS_KEY: "secret s3/key",
      MLFLOW_S3_ENDPOINT_URL: "https://s3.example.com:443",
    });
  });
});
