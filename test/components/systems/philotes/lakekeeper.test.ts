/** Proves what the catalogue is told and in which order its parts come; that it then serves, only a real cluster shows. */
import type { Philotes } from "../../../../components/systems/philotes";
import { philotesOf } from "../../../support/philotes";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";

const server = "Deployment/philotes-lakekeeper";

let dev: Synthesis<Philotes>;
let prod: Synthesis<Philotes>;
beforeAll(async () => {
  dev = await philotesOf("dev");
  prod = await philotesOf("prod");
});

function job(synthesis: Synthesis<unknown>, name: "migration" | "bootstrap"): string {
  const found = synthesis.names("Job").find((one) => one.startsWith(`philotes-lakekeeper-${name}`));
  return `Job/${found ?? ""}`;
}

describe("Lakekeeper", () => {
  it("has its address put together with the password by Kubernetes", () => {
    const url =
      "postgres://philotes:$(DATABASE_PASSWORD)@philotes-postgresql.philotes.svc.cluster.local:5432/philotes?sslmode=disable";
    expect(envOf(dev, server)).toMatchObject({
      LAKEKEEPER__PG_DATABASE_URL_READ: url,
      LAKEKEEPER__PG_DATABASE_URL_WRITE: url,
    });
  });

  it("is told the same to migrate and to serve", () => {
    expect(envOf(dev, job(dev, "migration"))).toEqual(envOf(dev, server));
  });

  it.each(["uuid-ossp", "pgcrypto", "pg_trgm", "btree_gin", "btree_gist"])(
    "finds the extension %s, which it may not make itself",
    (extension) => {
      expect(dev.object("ConfigMap", "philotes-postgresql-setup").data["setup.sql"]).toContain(
        `CREATE EXTENSION IF NOT EXISTS "${extension}";`,
      );
    },
  );

  it("is asked for its own health, because its catalogue wants the name of a warehouse", () => {
    const { spec } = dev.object("Deployment", "philotes-lakekeeper").spec.template;
    const { readinessProbe, livenessProbe } = spec.containers[0]!;
    expect([readinessProbe.httpGet, livenessProbe.httpGet]).toEqual([
      { path: "/health", port: "http" },
      { path: "/health", port: "http" },
    ]);
  });

  it("reaches the bucket, because it writes there before it takes a warehouse", () => {
    expect(dev.names("NetworkPolicy")).toEqual(
      expect.arrayContaining([
        "philotes-lakekeeper-to-philotes-minio",
        "philotes-minio-from-philotes-lakekeeper",
      ]),
    );
  });

  it("is told its public address where it has one", async () => {
    const baseUri = "https://catalog.example.com";
    const public_ = await philotesOf("dev", { lakekeeper: { baseUri } });
    expect(envOf(public_, server).LAKEKEEPER__BASE_URI).toBe(baseUri);
  });

  it("generates its encryption key once, with no generation to raise", () => {
    expect([
      envOf(prod, server).LAKEKEEPER__PG_ENCRYPTION_KEY,
      prod.resource("philotes-lakekeeper-secrets-encryption-key").inputs.length,
      prod.protected.includes("Secret/philotes-lakekeeper"),
    ]).toEqual(["secret philotes-lakekeeper/encryption-key", 64, true]);
  });
});

describe("the bootstrap", () => {
  it("is told the bucket and its keys", () => {
    expect(envOf(dev, job(dev, "bootstrap"))).toEqual({
      LAKEKEEPER_URL: "http://philotes-lakekeeper.philotes.svc.cluster.local:8181",
      S3_ACCESS_KEY_ID: "secret philotes-minio/access-key",
      S3_BUCKET: "philotes",
      S3_ENDPOINT: "http://philotes-minio.philotes.svc.cluster.local:9000",
      S3_FLAVOR: "s3-compat",
      S3_REGION: "us-east-1",
      S3_SECRET_ACCESS_KEY: "secret philotes-minio/secret-key",
      WAREHOUSE: "philotes",
    });
  });

  it.each([
    ["s3.eu-central-1.amazonaws.com", "aws"],
    ["amazonaws.com.example.com", "s3-compat"],
  ])("takes %s for %s", async (host, flavor) => {
    const given = { from: "existing", secretName: "theirs", key: "key" };
    const external = { host, accessKey: given, secretKey: given };
    const objectStore = { mode: "external", external };
    const externalCidrs = { [host]: ["203.0.113.0/28"] };
    const there = await philotesOf("dev", { objectStore }, { externalCidrs });
    expect(envOf(there, job(there, "bootstrap")).S3_FLAVOR).toBe(flavor);
  });

  it("runs again for another warehouse", async () => {
    expect(job(await philotesOf("dev", { warehouse: "other" }), "bootstrap")).not.toBe(
      job(dev, "bootstrap"),
    );
  });

  it("runs again when the bucket's keys are replaced", async () => {
    const keys = (rotation: number): Readonly<Record<string, unknown>> => {
      const key = { from: "existing", secretName: "theirs", key: "key", rotation };
      return { objectStore: { external: { accessKey: key, secretKey: key } } };
    };
    const [first, second] = [await philotesOf("prod", keys(1)), await philotesOf("prod", keys(2))];
    expect(job(first, "bootstrap")).not.toBe(job(second, "bootstrap"));
  });
});

describe("Lakekeeper with authentication", () => {
  const given = { from: "existing", secretName: "theirs", key: "key" };
  const openid = {
    type: "openid",
    providerUri: "https://id.example.com/realms/data",
    audience: "lakekeeper",
    bootstrap: {
      tokenUrl: "https://id.example.com/realms/data/token",
      clientId: "operator",
      clientSecret: given,
      scope: "lakekeeper",
    },
  };
  const authorization = { type: "openfga", host: "openfga.openfga.svc", apiKey: given };
  let closed: Synthesis<Philotes>;
  beforeAll(async () => {
    closed = await philotesOf(
      "dev",
      {
        api: { enabled: false },
        worker: { enabled: false },
        lakekeeper: { openid, authorization },
      },
      { externalCidrs: { "id.example.com": ["198.51.100.16/28"] } },
    );
  });

  it.each(["serve", "migrate"])("knows provider and OpenFGA to %s", (what) => {
    expect(envOf(closed, what === "serve" ? server : job(closed, "migration"))).toMatchObject({
      LAKEKEEPER__AUTHZ_BACKEND: "openfga",
      LAKEKEEPER__OPENFGA__API_KEY: "secret theirs/key",
      LAKEKEEPER__OPENFGA__ENDPOINT: "http://openfga.openfga.svc:8081",
      LAKEKEEPER__OPENFGA__STORE_NAME: "lakekeeper",
      LAKEKEEPER__OPENID_AUDIENCE: "lakekeeper",
      LAKEKEEPER__OPENID_PROVIDER_URI: "https://id.example.com/realms/data",
      LAKEKEEPER__OPENID_SUBJECT_CLAIM: "sub",
    });
  });

  it("is bootstrapped by a client of the provider", () => {
    expect(envOf(closed, job(closed, "bootstrap"))).toMatchObject({
      OPENID_CLIENT_ID: "operator",
      OPENID_CLIENT_SECRET: "secret theirs/key",
      OPENID_SCOPE: "lakekeeper",
      OPENID_URL: "https://id.example.com/realms/data/token",
    });
  });

  it("may reach both", () => {
    expect(closed.names("NetworkPolicy")).toEqual(
      expect.arrayContaining([
        "philotes-lakekeeper-to-openfga",
        "philotes-lakekeeper-to-openid",
        "philotes-lakekeeper-migration-to-openfga",
        "philotes-lakekeeper-bootstrap-to-openid",
      ]),
    );
  });
});

describe("a catalogue elsewhere", () => {
  let external: Synthesis<Philotes>;
  beforeAll(async () => {
    const lakekeeper = { mode: "external", url: "http://catalog.data.svc:8181/" };
    external = await philotesOf("dev", { lakekeeper });
  });

  it("is told to the worker without its last slash", () => {
    const env = envOf(external, "Deployment/philotes-worker-main");
    expect(env.PHILOTES_ICEBERG_CATALOG_URL).toBe("http://catalog.data.svc:8181");
  });

  it("leaves nothing of it to run here", () => {
    const ours = [...external.names("Deployment"), ...external.names("Job")];
    expect(ours.filter((name) => name.includes("lakekeeper"))).toEqual([]);
  });

  it("leaves the encryption key where it was, because the database still needs it", () => {
    expect(external.names("Secret")).toContain("philotes-lakekeeper");
  });

  it("needs no extensions for it", () => {
    expect(
      external.object("ConfigMap", "philotes-postgresql-setup").data["setup.sql"],
    ).not.toContain("CREATE EXTENSION");
  });
});
