/** Proves what the worker is told and allowed; that Oban then runs, only a real cluster shows. */
import type { Thunderline } from "../../../../components/systems/thunderline";
import type { Container } from "../../../support/manifests";
import { controllers, envOf, selects } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { thunderlineOf } from "../../../support/thunderline";

let dev: Synthesis<Thunderline>;
beforeAll(async () => {
  dev = await thunderlineOf("dev");
});

function container(): Container {
  return dev.object("Deployment", "worker").spec.template.spec.containers[0] ?? {};
}

describe("the worker", () => {
  it("runs Oban, by the switch that the release reads", () => {
    expect(envOf(dev, "Deployment/worker").TL_ENABLE_OBAN).toBe("true");
  });

  it.each(["ROLE", "START_OBAN", "START_ENDPOINT", "START_COMPUTE"])(
    "is not told %s, which the release reads nowhere",
    (name) => {
      expect(envOf(dev, "Deployment/worker")).not.toHaveProperty(name);
    },
  );

  it("runs the image of web", () => {
    const web = dev.object("Deployment", "web").spec.template.spec.containers[0];
    expect(container().image).toBe(web?.image);
  });

  it("has the resources of document 000", () => {
    expect(container().resources).toEqual({
      requests: { cpu: "500m", memory: "512Mi" },
      limits: { cpu: "1000m", memory: "1Gi" },
    });
  });

  it("has no Service, although its image opens the web port", () => {
    const { labels } = controllers(dev).find(({ name }) => name === "worker")!;
    const leading = dev.objects("Service").filter(({ spec }) => selects(spec.selector, labels));
    expect(leading).toEqual([]);
  });

  it("lets nobody in", () => {
    const policies = dev.objects("NetworkPolicy").filter(({ spec }) => "ingress" in spec);
    expect(policies.map(({ metadata }) => metadata.name).join()).not.toMatch(/\bworker-from-/);
  });

  it("lets Prometheus alone in, where the cluster has its operator", async () => {
    const capabilities = { prometheusOperator: true };
    const monitored = await thunderlineOf("dev", {}, { capabilities });
    const policies = monitored
      .names("NetworkPolicy")
      .filter((name) => name.startsWith("worker-from-"));
    expect(policies).toEqual(["worker-from-prometheus"]);
  });

  it.each(["startupProbe", "readinessProbe", "livenessProbe"] as const)(
    "has a %s that asks the runtime, not an echo",
    (probe) => {
      expect(container()[probe]?.httpGet?.path).toMatch(/^\/(healthz|readyz)$/);
    },
  );

  it("finishes the jobs that it has begun", () => {
    const { spec } = dev.object("Deployment", "worker").spec.template;
    expect(spec.terminationGracePeriodSeconds).toBe(60);
  });

  it("waits until the database has the schema of the release", () => {
    expect(dev.waits("Deployment/worker")).toContainEqual(
      expect.stringMatching(/^Job\/migration-/),
    );
  });

  it("can be left out", async () => {
    const without = await thunderlineOf("dev", { worker: { enabled: false } });
    expect(without.names("Deployment")).not.toContain("worker");
  });
});

describe("the worker under KEDA", () => {
  const scaling = { type: "keda", minReplicas: 1, maxReplicas: 8, jobsPerReplica: 5 };
  let synthesis: Synthesis<Thunderline>;
  beforeAll(async () => {
    const capabilities = { keda: true };
    synthesis = await thunderlineOf("prod", { worker: { scaling } }, { capabilities });
  });

  it("scales by the jobs that are due in Oban's own table", () => {
    expect(synthesis.object("ScaledObject", "worker").spec.triggers).toEqual([
      {
        type: "postgresql",
        metadata: {
          host: "postgres.thunderline.svc.cluster.local",
          port: "5432",
          dbName: "thunderline",
          userName: "thunderline",
          sslmode: "disable",
          query:
            "SELECT count(*) FROM oban_jobs WHERE state IN ('available', 'executing') " +
            "OR (state IN ('scheduled', 'retryable') AND scheduled_at <= now())",
          targetQueryValue: "5",
        },
        authenticationRef: { name: "worker" },
      },
    ]);
  });

  it("has KEDA read the database's password from the database's Secret", () => {
    expect(synthesis.object("TriggerAuthentication", "worker").spec.secretTargetRef).toEqual([
      { parameter: "password", name: "postgres", key: "password" },
    ]);
  });

  it("has KEDA let in at the database", () => {
    expect(synthesis.names("NetworkPolicy")).toContain("postgres-from-keda");
  });
});
