/** Proves what the API is told and who reaches it; that it then answers, only a real cluster shows. */
import type { Philotes } from "../../../../components/systems/philotes";
import type { Container } from "../../../support/manifests";
import { philotesOf } from "../../../support/philotes";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";

const title = "Deployment/philotes-api";

let dev: Synthesis<Philotes>;
let prod: Synthesis<Philotes>;
beforeAll(async () => {
  dev = await philotesOf("dev");
  prod = await philotesOf("prod");
});

function container(synthesis = dev): Container {
  return synthesis.object("Deployment", "philotes-api").spec.template.spec.containers[0] ?? {};
}

describe("the API", () => {
  it("listens on one port, which serves its metrics too", () => {
    expect(container().ports).toEqual([{ name: "http", containerPort: 8080, protocol: "TCP" }]);
  });

  it.each([
    ["readinessProbe", "/health/ready"],
    ["livenessProbe", "/health/live"],
  ] as const)("has the %s of the sources", (probe, path) => {
    expect(container()[probe]).toEqual({
      httpGet: { path, port: "http" },
      initialDelaySeconds: 5,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
  });

  it("has the role api in a system of its own name", () => {
    expect(dev.object("Deployment", "philotes-api").metadata.labels).toMatchObject({
      "app.kubernetes.io/component": "api",
      "app.kubernetes.io/instance": "philotes",
      "app.kubernetes.io/part-of": "philotes",
      "app.kubernetes.io/version": "0.1.0",
    });
  });

  it("finds the database by its parts", () => {
    expect(envOf(dev, title)).toMatchObject({
      PHILOTES_DB_HOST: "philotes-postgresql.philotes.svc.cluster.local",
      PHILOTES_DB_NAME: "philotes",
      PHILOTES_DB_PASSWORD: "secret philotes-postgresql/password",
      PHILOTES_DB_PORT: "5432",
      PHILOTES_DB_SSLMODE: "disable",
      PHILOTES_DB_USER: "philotes",
    });
  });

  it("finds the bundled store by host and port, without TLS", () => {
    expect(envOf(dev, title)).toMatchObject({
      PHILOTES_STORAGE_ENDPOINT: "philotes-minio.philotes.svc.cluster.local:9000",
      PHILOTES_STORAGE_USE_SSL: "false",
    });
  });

  it("waits until the warehouse is there, because its readiness asks for it", () => {
    expect(dev.waits(title)).toContainEqual(expect.stringMatching(/^Job\/.*-bootstrap-/));
  });

  it("does without catalogue and store where there are none", async () => {
    const worker = { enabled: false };
    const off = { mode: "off" };
    const alone = await philotesOf("dev", { worker, lakekeeper: off, objectStore: off });
    expect(Object.keys(envOf(alone, title)).join()).not.toMatch(/ICEBERG|STORAGE/);
  });

  it("can be left out", async () => {
    const without = await philotesOf("dev", { api: { enabled: false } });
    expect(without.names("Deployment")).not.toContain("philotes-api");
  });
});

describe("the API's alerts", () => {
  it("are off where nobody says where Prometheus is", () => {
    const env = envOf(dev, title);
    expect([env.PHILOTES_ALERTING_ENABLED, env.PHILOTES_PROMETHEUS_URL]).toEqual([
      "false",
      undefined,
    ]);
  });

  it("are judged by Prometheus in its own namespace", () => {
    const { spec } = prod.object("NetworkPolicy", "philotes-api-to-prometheus");
    expect([envOf(prod, title).PHILOTES_ALERTING_ENABLED, spec.egress]).toEqual([
      "true",
      [
        {
          to: [
            { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
          ],
          ports: [{ protocol: "TCP", port: 9090 }],
        },
      ],
    ]);
  });
});

describe("the API's authentication", () => {
  it("is off in dev, with no secret for it", () => {
    const env = envOf(dev, title);
    expect([
      Object.keys(env).filter((name) => name.includes("AUTH")),
      dev.names("Secret").includes("philotes-api"),
    ]).toEqual([["PHILOTES_AUTH_ENABLED"], false]);
  });

  it("reads key and password from the API's own Secret", () => {
    expect(envOf(prod, title)).toMatchObject({
      PHILOTES_AUTH_ADMIN_EMAIL: "admin@example.com",
      PHILOTES_AUTH_ADMIN_PASSWORD: "secret philotes-api/admin-password",
      PHILOTES_AUTH_ENABLED: "true",
      PHILOTES_AUTH_JWT_SECRET: "secret philotes-api/jwt-secret",
    });
  });

  it("signs with a key that is long enough", () => {
    const { length } = prod.resource("philotes-api-secrets-jwt-secret").inputs;
    expect(length).toBeGreaterThanOrEqual(32);
  });
});

describe("the API's address", () => {
  it("is its ingress, of which it tells its clients", () => {
    expect([prod.value.outputs?.apiUrl, envOf(prod, title).PHILOTES_API_BASE_URL]).toEqual([
      "https://api.philotes.example.com",
      "https://api.philotes.example.com",
    ]);
  });

  it("is its Service where there is no ingress", () => {
    expect(dev.value.outputs?.apiUrl).toBe("http://philotes-api.philotes.svc.cluster.local:8080");
  });

  it("lets the ingress controller in on that port alone", () => {
    const { spec } = prod.object("NetworkPolicy", "philotes-api-from-ingress");
    expect(spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([8080]);
  });
});
