/** One test for each known fault of the sources that declarations can show; docs/DECISIONS.md has the rest. */
import type { Philotes } from "../../../../components/systems/philotes";
import { faultsOf, saidBy } from "../../../config/support";
import { danglingPods } from "../../../support/invariants/references";
import { philotes } from "../../../support/philotes";
import { controllers, envOf } from "../../../support/pods";
import { stackSettings } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";

let dev: Synthesis<Philotes>;
let staging: Synthesis<Philotes>;
let prod: Synthesis<Philotes>;
let all: Synthesis<Philotes>[];
beforeAll(async () => {
  dev = await philotes(stackSettings("dev"));
  staging = await philotes(stackSettings("staging"));
  prod = await philotes(stackSettings("prod"));
  all = [dev, staging, prod];
});

function container(
  synthesis: Synthesis<unknown>,
  name: string,
): (typeof found)["containers"][number] {
  const found = controllers(synthesis).find((one) => one.name.startsWith(name))!;
  return found.containers[0]!;
}

it("PH-T01: production has two readers at least, and no autoscaler takes one away", () => {
  const bounds = prod.objects("ScaledObject").map(({ spec }) => spec.minReplicaCount);
  expect(bounds).toEqual([1, 1]);
});

it("PH-T02: KEDA goes by the replication lag, at a host that is named, with a password of its own", () => {
  expect(prod.object("ScaledObject", "philotes-worker-orders").spec.triggers).toEqual([
    {
      type: "postgresql",
      metadata: {
        host: "source-db.prod.example.com",
        port: "5432",
        userName: "philotes_reader",
        dbName: "shop",
        sslmode: "require",
        query:
          "SELECT COALESCE((SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) " +
          "FROM pg_replication_slots WHERE slot_name = 'philotes_orders'), 1125899906842624)::bigint",
        targetQueryValue: "10000000",
      },
      authenticationRef: { name: "philotes-worker-orders" },
    },
  ]);
});

it("PH-T03: no slot ever has two readers, neither by scaling nor during a roll-out", () => {
  const readers = prod
    .objects("Deployment")
    .filter(({ metadata }) => metadata.name.includes("worker"));
  const slots = readers.map(
    ({ metadata }) => envOf(prod, `Deployment/${metadata.name}`).PHILOTES_CDC_REPLICATION_SLOT,
  );
  expect([
    slots,
    readers.map(({ spec }) => spec.strategy.type),
    prod.objects("ScaledObject").map(({ spec }) => spec.maxReplicaCount),
  ]).toEqual([
    ["philotes_customers", "philotes_orders"],
    ["Recreate", "Recreate"],
    [1, 1],
  ]);
});

it("PH-T04: Prometheus is named by the label that the API server sets", () => {
  const { spec } = prod.object("NetworkPolicy", "philotes-api-from-prometheus");
  expect(spec.ingress.flatMap(({ from }) => from)).toEqual([
    { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
  ]);
});

it("PH-T07: the worker reaches the source's own addresses, and no others outside", () => {
  const { spec } = prod.object("NetworkPolicy", "philotes-worker-orders-to-source");
  expect(spec.egress).toEqual([
    { to: [{ ipBlock: { cidr: "192.0.2.32/28" } }], ports: [{ protocol: "TCP", port: 5432 }] },
  ]);
});

it("PH-T09: no budget keeps the only pod of a workload", () => {
  const budgets = all.flatMap((stack) => stack.objects("PodDisruptionBudget"));
  expect(new Set(budgets.map(({ spec }) => spec.maxUnavailable))).toEqual(new Set([1]));
});

it("PH-T10: what an autoscaler decides, the Deployment does not", () => {
  const scaled = ["philotes-api", "philotes-worker-customers", "philotes-worker-orders"];
  expect(scaled.map((name) => "replicas" in prod.object("Deployment", name).spec)).toEqual([
    false,
    false,
    false,
  ]);
});

it("PH-T11: every Secret and key that a pod reads is there, in each environment", () => {
  expect(all.flatMap((stack) => danglingPods(stack))).toEqual([]);
});

it("PH-T12: what logical replication needs reaches the server", () => {
  expect(container(dev, "philotes-postgresql").args).toEqual(
    ["max_replication_slots=10", "max_slot_wal_keep_size=4GB", "max_wal_senders=10"]
      .concat("wal_level=logical")
      .flatMap((parameter) => ["-c", parameter]),
  );
});

it("PH-T13: Prometheus reads the port that answers, and the worker has none to read", () => {
  const monitors = prod.objects("ServiceMonitor").map(({ metadata, spec }) => {
    const [{ port }] = spec.endpoints as [{ port: string }];
    return [metadata.name, port];
  });
  expect(monitors).toEqual([
    ["philotes-api", "http"],
    ["philotes-lakekeeper", "metrics"],
  ]);
});

it("PH-T14: every image has a fixed tag", () => {
  const images = all.flatMap((stack) =>
    controllers(stack).flatMap(({ containers }) => containers.map(({ image = "" }) => image)),
  );
  expect(images.filter((image) => !/:[\w.-]*\d[\w.-]*$/.test(image))).toEqual([]);
});

it("PH-T15: Lakekeeper migrates, then serves, then is bootstrapped, under its own names", () => {
  const jobs = dev.names("Job");
  const job = (name: string): string => `Job/${jobs.find((one) => one.includes(name)) ?? ""}`;
  const server = "Deployment/philotes-lakekeeper";
  expect([
    container(dev, "philotes-lakekeeper-migration").args,
    container(dev, "philotes-lakekeeper").args,
    dev.waits(server).includes(job("migration")),
    dev.waits(job("bootstrap")).includes(server),
    Object.keys(envOf(dev, server)),
  ]).toEqual([
    ["migrate"],
    ["serve"],
    true,
    true,
    expect.arrayContaining([
      "LAKEKEEPER__PG_DATABASE_URL_READ",
      "LAKEKEEPER__PG_DATABASE_URL_WRITE",
      "LAKEKEEPER__PG_ENCRYPTION_KEY",
      "LAKEKEEPER__PG_SCHEMA",
    ]),
  ]);
});

it("PH-T17: the programs are told the environment that they are in", () => {
  const told = all.map((stack) => envOf(stack, "Deployment/philotes-api").PHILOTES_ENV);
  expect(told).toEqual(["development", "staging", "production"]);
});

it("PH-T19: what leaves production's namespace is encrypted", () => {
  const api = envOf(prod, "Deployment/philotes-api");
  const worker = envOf(prod, "Deployment/philotes-worker-orders");
  expect([
    api.PHILOTES_DB_SSLMODE,
    worker.PHILOTES_CDC_SOURCE_SSLMODE,
    api.PHILOTES_STORAGE_USE_SSL,
    envOf(prod, "Deployment/philotes-lakekeeper").LAKEKEEPER__PG_DATABASE_URL_WRITE,
  ]).toEqual(["require", "require", "true", expect.stringMatching(/\?sslmode=require$/)]);
});

it("PH-T20: whoever may call the API with credentials is named, and has to log in", () => {
  const told = [staging, prod].map((stack) => {
    const env = envOf(stack, "Deployment/philotes-api");
    return [env.PHILOTES_API_CORS_ORIGINS, env.PHILOTES_AUTH_ENABLED, env.PHILOTES_AUTH_JWT_SECRET];
  });
  expect(told).toEqual([
    ["https://dashboard.philotes-staging.example.com", "true", "secret philotes-api/jwt-secret"],
    ["https://dashboard.philotes.example.com", "true", "secret philotes-api/jwt-secret"],
  ]);
});

it("PH-T21: the rate is limited by the annotation that ingress-nginx reads", () => {
  expect(prod.object("Ingress", "philotes-api").metadata.annotations).toEqual({
    "cert-manager.io/cluster-issuer": "letsencrypt-prod",
    "nginx.ingress.kubernetes.io/limit-rps": "100",
  });
});

it("PH-T22: Lakekeeper has a budget and policies like every other part", () => {
  expect([
    prod.names("PodDisruptionBudget").includes("philotes-lakekeeper"),
    prod.names("NetworkPolicy").filter((name) => /^philotes-lakekeeper-(to|from)-/.test(name)),
  ]).toEqual([
    true,
    [
      "philotes-lakekeeper-from-philotes-api",
      "philotes-lakekeeper-from-philotes-lakekeeper-bootstrap",
      "philotes-lakekeeper-from-philotes-worker-customers",
      "philotes-lakekeeper-from-philotes-worker-orders",
      "philotes-lakekeeper-from-prometheus",
      "philotes-lakekeeper-to-philotes-minio",
      "philotes-lakekeeper-to-philotes-postgresql",
    ],
  ]);
});

it("PH-T23: a worker without a source is refused, instead of reading from localhost", () => {
  expect(faultsOf(saidBy("dev", { "philotes.worker.source": undefined }))).toEqual([
    expect.stringContaining(
      "platform:philotes.worker.source: nothing is set, expected the database",
    ),
  ]);
});

it("PH-T25: PostgreSQL and MinIO are this program's own, from the registries that have them", () => {
  const images = ["philotes-postgresql", "philotes-minio"].map(
    (name) => container(dev, name).image,
  );
  expect(images).toEqual([
    expect.stringMatching(/^docker\.io\/library\/postgres:16\./),
    expect.stringMatching(/^quay\.io\/minio\/minio:RELEASE\./),
  ]);
});

it("PH-T26: Lakekeeper has a schema of its own, which is there before it serves", () => {
  const migration = dev.names("Job").find((name) => name.includes("migration")) ?? "";
  expect([
    envOf(dev, `Job/${migration}`).LAKEKEEPER__PG_SCHEMA,
    dev.waits(`Job/${migration}`),
  ]).toEqual(["lakekeeper", expect.arrayContaining([expect.stringMatching(/postgresql-setup/)])]);
});

it("PH-T27: an autoscaler that goes by memory has a request to go by", () => {
  const [metric] = staging
    .object("HorizontalPodAutoscaler", "philotes-api")
    .spec.metrics.filter(({ resource }) => resource.name === "memory");
  const { requests } = container(staging, "philotes-api").resources as {
    requests: Record<string, string>;
  };
  expect([metric?.resource.target.averageUtilization, requests.memory]).toEqual([80, "128Mi"]);
});
