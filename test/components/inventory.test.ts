/** Proves what each part notes of itself for those who watch its namespace. */
import { certificate } from "../../components/kubernetes/certificate";
import { Claim } from "../../components/kubernetes/claim";
import { Ingress } from "../../components/kubernetes/ingress";
import { OneShotJob, ScheduledJob } from "../../components/kubernetes/job";
import { Workload } from "../../components/kubernetes/workload";
import type { Scope } from "../../components/scope";
import { testScope } from "../support/scope";
import { server } from "../support/server";
import { synth } from "../support/synth";

/** What is noted of a namespace in which `declare` has made something; only what is there. */
async function noted(declare: (scope: Scope) => unknown): Promise<object> {
  const capabilities = { prometheusOperator: true, keda: true };
  const scope = testScope({ cluster: { capabilities } });
  await synth(() => declare(scope));
  const entries = Object.entries(scope.inventory) as [string, readonly unknown[]][];
  return Object.fromEntries(entries.filter(([, notes]) => notes.length > 0));
}

const scheduled = { deadlineSeconds: 600, schedule: "0 2 * * *", suspended: false };

it("a workload notes itself, its autoscaler, and what Prometheus reads", async () => {
  const scaling = { type: "hpa", minReplicas: 2, maxReplicas: 4, cpuPercent: 70 } as const;
  const metrics = { port: "http", path: "/metrics" };
  expect(
    await noted((scope) => new Workload("acme-web", server({ scope, scaling, metrics }))),
  ).toEqual({
    servers: [{ name: "web", kind: "Deployment", running: true }],
    autoscalers: [{ name: "web", minReplicas: 2, maxReplicas: 4 }],
    targets: [{ job: "web", mayRest: false }],
  });
});

it("a workload whose autoscaler may take its last pod notes that it may rest", async () => {
  const { targets } = (await noted((scope) => {
    const peer = { kind: "pods", namespace: "acme", labels: {} } as const;
    const endpoint = { name: "queue", host: "queue", port: 5432, peer, ready: [] };
    const trigger = { type: "postgresql", metadata: {}, secrets: {}, endpoint };
    const bounds = { minReplicas: 0, maxReplicas: 1 };
    const pace = { pollingIntervalSeconds: 30, cooldownSeconds: 300 };
    const scaling = { type: "keda", ...bounds, ...pace, trigger } as const;
    new Workload(
      "acme-web",
      server({ scope, scaling, metrics: { port: "http", path: "/metrics" } }),
    );
  })) as Scope["inventory"];
  expect(targets).toEqual([{ job: "web", mayRest: true }]);
});

it("a workload that is stopped is not read", async () => {
  const scaling = { type: "fixed", replicas: 0 } as const;
  const metrics = { port: "http", path: "/metrics" };
  expect(
    await noted((scope) => new Workload("acme-web", server({ scope, scaling, metrics }))),
  ).toEqual({ servers: [{ name: "web", kind: "Deployment", running: false }] });
});

it("a job notes that it runs once", async () => {
  expect(
    await noted(
      (scope) => new OneShotJob("acme-job", { ...server({ scope }), deadlineSeconds: 60 }),
    ),
  ).toEqual({ jobs: ["web"] });
});

it.each([
  ["its schedule", {}, undefined],
  ["the store that it backs up", { backupOf: "postgres" }, "postgres"],
])("a job by the clock notes %s", async (_what, backup, backupOf) => {
  const args = (scope: Scope) => ({ ...server({ scope }), ...scheduled, ...backup });
  expect(await noted((scope) => new ScheduledJob("acme-job", args(scope)))).toEqual({
    schedules: [{ name: "web", schedule: "0 2 * * *", suspended: false, backupOf }],
  });
});

it.each([
  ["notes itself while something uses it", true, { claims: ["data"] }],
  ["does not when nothing does", false, {}],
])("a claim %s", async (_what, inUse, expected) => {
  const retention = { declared: true, inUse, protect: false };
  expect(
    await noted(
      (scope) =>
        new Claim("acme-data", { scope, name: "data", volume: { size: "1Gi" }, retention }),
    ),
  ).toEqual(expected);
});

it("a certificate notes itself", async () => {
  const issuer = { kind: "Issuer", name: "ca" } as const;
  expect(
    await noted((scope) =>
      certificate("acme-web", { scope, name: "web", issuer, hosts: ["web"] }, {}),
    ),
  ).toEqual({ certificates: ["web"] });
});

it("an ingress notes the certificate that cert-manager makes for it", async () => {
  const settings = {
    enabled: true,
    host: "web.example.com",
    className: "nginx",
    tls: { from: "issuer", clusterIssuer: "letsencrypt" },
    annotations: {},
  } as const;
  const to = { name: "web", port: 80, ready: [] };
  expect(
    await noted((scope) => new Ingress("acme-web", { scope, settings, to, webSockets: false })),
  ).toEqual({ certificates: ["web-tls"] });
});
