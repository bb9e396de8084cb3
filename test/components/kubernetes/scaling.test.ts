/** Proves what is declared; that a metrics server or KEDA then scales, only a real cluster shows. */
import type { SecretRef } from "../../../components/kubernetes/env";
import type { WorkloadScaling } from "../../../components/kubernetes/scaling";
import { Workload, type WorkloadArgs } from "../../../components/kubernetes/workload";
import { testScope } from "../../support/scope";
import { server } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

function scaled(
  scaling: WorkloadScaling,
  args: Partial<WorkloadArgs> = {},
): Promise<Synthesis<Workload>> {
  return synth(() => new Workload("acme-web", server({ scaling, ...args })));
}

const hpa = { type: "hpa", minReplicas: 2, maxReplicas: 6, cpuPercent: 70 } as const;
const password: SecretRef = {
  kind: "secret",
  secretName: "queue",
  key: "password",
  rotation: 1,
  ready: [],
};
const queueLabels = { "app.kubernetes.io/name": "queue", "app.kubernetes.io/part-of": "acme" };
const keda = {
  type: "keda",
  minReplicas: 0,
  maxReplicas: 9,
  pollingIntervalSeconds: 30,
  cooldownSeconds: 300,
  trigger: {
    type: "postgresql",
    metadata: { query: "SELECT 1" },
    secrets: { password },
    endpoint: {
      name: "queue",
      host: "queue.acme.svc.cluster.local",
      port: 5432,
      peer: { kind: "pods", namespace: "acme", labels: queueLabels },
      ready: [],
    },
  },
} as const satisfies WorkloadScaling;

describe("a fixed number of replicas", () => {
  const fixed = { type: "fixed", replicas: 3 } as const;

  it("is the Deployment's own", async () => {
    expect((await scaled(fixed)).object("Deployment", "web").spec.replicas).toBe(3);
  });

  it("is put back when somebody changed it by hand", async () => {
    expect((await scaled(fixed)).resource("Deployment/web").ignoreChanges).toEqual([]);
  });

  it("has no autoscaler", async () => {
    const synthesis = await scaled(fixed);
    expect(synthesis.objects("HorizontalPodAutoscaler")).toEqual([]);
  });
});

describe("the cluster's own autoscaler", () => {
  let synthesis: Synthesis<Workload>;
  beforeAll(async () => {
    synthesis = await scaled(hpa);
  });

  it("sets the number alone", () => {
    expect(Object.keys(synthesis.object("Deployment", "web").spec)).not.toContain("replicas");
  });

  it("is not overruled by the next update", () => {
    expect(synthesis.resource("Deployment/web").ignoreChanges).toEqual(["spec.replicas"]);
  });

  it("holds the mean use that the settings name, within their bounds", () => {
    expect(synthesis.object("HorizontalPodAutoscaler", "web").spec).toMatchObject({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
    });
  });

  it("adds as many as there are, or two, every half minute, without waiting first", () => {
    const { behavior } = synthesis.object("HorizontalPodAutoscaler", "web").spec;
    expect(behavior.scaleUp).toEqual({
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [
        { type: "Percent", value: 100, periodSeconds: 30 },
        { type: "Pods", value: 2, periodSeconds: 30 },
      ],
    });
  });

  it("takes half of them away at most in a minute, after five quiet ones", () => {
    const { behavior } = synthesis.object("HorizontalPodAutoscaler", "web").spec;
    expect(behavior.scaleDown).toEqual({
      stabilizationWindowSeconds: 300,
      policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
    });
  });

  it("goes by memory where the settings name it", async () => {
    const { cpuPercent, ...rest } = hpa;
    const { spec } = (await scaled({ ...rest, memoryPercent: cpuPercent })).object(
      "HorizontalPodAutoscaler",
      "web",
    );
    expect(spec.metrics.map(({ resource }) => resource.name)).toEqual(["memory"]);
  });

  it("scales a StatefulSet too", async () => {
    const { spec } = (await scaled(hpa, { kind: "StatefulSet" })).object(
      "HorizontalPodAutoscaler",
      "web",
    );
    expect(spec.scaleTargetRef.kind).toBe("StatefulSet");
  });

  it("comes after what it scales", () => {
    expect(synthesis.waits("HorizontalPodAutoscaler/web")).toEqual(["Deployment/web"]);
  });

  it("spreads its replicas, because there can be several", async () => {
    const prod = await scaled(hpa, { scope: testScope({ environment: "prod" }) });
    const { spec } = prod.object("Deployment", "web").spec.template;
    expect(spec.topologySpreadConstraints).toHaveLength(2);
  });
});

describe("KEDA", () => {
  let synthesis: Synthesis<Workload>;
  beforeAll(async () => {
    synthesis = await scaled(keda);
  });

  it("sets the number alone", () => {
    expect(Object.keys(synthesis.object("Deployment", "web").spec)).not.toContain("replicas");
  });

  it("is not overruled by the next update", () => {
    expect(synthesis.resource("Deployment/web").ignoreChanges).toEqual(["spec.replicas"]);
  });

  it("scales by its trigger, within the settings' bounds", () => {
    expect(synthesis.object("ScaledObject", "web").spec).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicaCount: 0,
      maxReplicaCount: 9,
      pollingInterval: 30,
      cooldownPeriod: 300,
      triggers: [
        {
          type: "postgresql",
          metadata: { query: "SELECT 1" },
          authenticationRef: { name: "web" },
        },
      ],
    });
  });

  it("reads the queue's password from its Secret", () => {
    expect(synthesis.object("TriggerAuthentication", "web").spec).toEqual({
      secretTargetRef: [{ parameter: "password", name: "queue", key: "password" }],
    });
  });

  it("is let in at the queue, from its own namespace", () => {
    expect(synthesis.object("NetworkPolicy", "queue-from-keda").spec).toEqual({
      podSelector: { matchLabels: queueLabels },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "keda" } } }],
          ports: [{ protocol: "TCP", port: 5432 }],
        },
      ],
    });
  });

  it("needs no leave of this cluster to read a queue outside it", async () => {
    const peer = { kind: "addresses", cidrs: ["10.0.0.0/24"] } as const;
    const endpoint = { ...keda.trigger.endpoint, peer };
    const outside = await scaled({ ...keda, trigger: { ...keda.trigger, endpoint } });
    expect(outside.objects("NetworkPolicy")).toEqual([]);
  });

  it("has no autoscaler of the cluster beside it, which would fight it", () => {
    expect(synthesis.objects("HorizontalPodAutoscaler")).toEqual([]);
  });
});
