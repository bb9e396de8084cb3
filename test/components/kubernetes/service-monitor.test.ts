/** Proves what Prometheus' operator is told; that Prometheus reads it, only a real cluster shows. */
import { Workload } from "../../../components/kubernetes/workload";
import { selects } from "../../support/pods";
import { testScope } from "../../support/scope";
import { server } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

function monitored(prometheusOperator: boolean): Promise<Synthesis<Workload>> {
  const cluster = {
    capabilities: { prometheusOperator },
    namespaces: { prometheus: "observability" },
    monitorLabels: { release: "kube-prometheus" },
  };
  const metrics = { port: "http", path: "/metrics" };
  const scope = testScope({ cluster });
  return synth(() => new Workload("acme-web", server({ scope, serves: ["http"], metrics })));
}

describe("a service monitor", () => {
  let synthesis: Synthesis<Workload>;
  beforeAll(async () => {
    synthesis = await monitored(true);
  });

  it("reads the workload's port and path", () => {
    expect(synthesis.object("ServiceMonitor", "web").spec.endpoints).toEqual([
      { port: "http", path: "/metrics", interval: "30s", scrapeTimeout: "10s" },
    ]);
  });

  it("selects the workload's Service", () => {
    const { selector } = synthesis.object("ServiceMonitor", "web").spec as {
      selector: { matchLabels: Record<string, string> };
    };
    const { labels } = synthesis.object("Service", "web").metadata;
    expect(selects(selector.matchLabels, labels)).toBe(true);
  });

  it("carries the labels by which this cluster's Prometheus looks for it", () => {
    const { labels } = synthesis.object("ServiceMonitor", "web").metadata;
    expect(labels.release).toBe("kube-prometheus");
  });

  it("comes with a way in for Prometheus, from its own namespace", () => {
    const { spec } = synthesis.object("NetworkPolicy", "web-from-prometheus");
    expect(spec.ingress).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "observability" } },
          },
        ],
        ports: [{ protocol: "TCP", port: 8080 }],
      },
    ]);
  });
});

describe("a pod monitor, of a workload that no Service leads to", () => {
  const unserved = (): Promise<Synthesis<Workload>> => {
    const scope = testScope({
      cluster: {
        capabilities: { prometheusOperator: true },
        monitorLabels: { release: "kube-prometheus" },
      },
    });
    const metrics = { port: "http", path: "/metrics" };
    return synth(() => new Workload("acme-web", server({ scope, metrics })));
  };

  it("reads the pods' port and path, under the workload's name", async () => {
    expect((await unserved()).object("PodMonitor", "web").spec).toMatchObject({
      jobLabel: "app.kubernetes.io/name",
      podMetricsEndpoints: [
        { port: "http", path: "/metrics", interval: "30s", scrapeTimeout: "10s" },
      ],
    });
  });

  it("selects the workload's pods", async () => {
    const synthesis = await unserved();
    const { selector } = synthesis.object("PodMonitor", "web").spec as {
      selector: { matchLabels: Record<string, string> };
    };
    const { labels } = synthesis.object("Deployment", "web").spec.template.metadata;
    expect(selects(selector.matchLabels, labels)).toBe(true);
  });

  it("takes the place of a service monitor", async () => {
    expect((await unserved()).objects("ServiceMonitor")).toEqual([]);
  });

  it("carries the labels by which this cluster's Prometheus looks for it", async () => {
    const { labels } = (await unserved()).object("PodMonitor", "web").metadata;
    expect(labels.release).toBe("kube-prometheus");
  });
});

describe("a cluster without Prometheus' operator", () => {
  it("gets no service monitor, whose kind it does not know", async () => {
    expect((await monitored(false)).objects("ServiceMonitor")).toEqual([]);
  });

  it("gets no way in for Prometheus", async () => {
    expect((await monitored(false)).objects("NetworkPolicy")).toEqual([]);
  });
});
