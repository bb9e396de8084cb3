/** Proves what is declared so that people can watch a system; that Prometheus reads it, the tests of data show. */
import { Workload } from "../../../components/kubernetes/workload";
import type { Alert } from "../../../components/observability/alert";
import { Monitoring } from "../../../components/observability/monitoring";
import { testScope } from "../../support/scope";
import { server } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

const own: Alert = {
  name: "AcmeTired",
  expr: "up == 2",
  for: "5m",
  severity: "warning",
  summary: "Acme is tired",
  description: "It wants to rest.",
  runbook: "restarts",
};

function monitored(
  cluster: Readonly<Record<string, unknown>> = {},
  replicas = 1,
): Promise<Synthesis<Monitoring>> {
  const scope = testScope({
    cluster: {
      capabilities: { prometheusOperator: true },
      monitorLabels: { release: "kube-prometheus" },
      dashboardLabels: { shows: "dashboards" },
      ...cluster,
    },
  });
  return synth(() => {
    const scaling = { type: "fixed", replicas } as const;
    new Workload("acme-web", server({ scope, scaling }));
    return new Monitoring("acme-monitoring", {
      title: "Acme",
      namespaces: [{ scope, alerts: [own] }],
      rows: [{ title: "Own", panels: [] }],
    });
  });
}

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function rules(synthesis: Synthesis<Monitoring>): Rule[] {
  const { groups } = synthesis.object("PrometheusRule", "alerts").spec as {
    groups: { rules: Rule[] }[];
  };
  return groups.flatMap((group) => group.rules);
}

describe("the rules of a namespace", () => {
  it("are those of what is in it, and the system's own", async () => {
    const names = rules(await monitored()).map(({ alert }) => alert);
    expect(names).toContain("ContainerRestarts");
    expect(names.at(-1)).toBe("AcmeTired");
  });

  it("carry the labels by which this cluster's Prometheus looks for them", async () => {
    const { labels } = (await monitored()).object("PrometheusRule", "alerts").metadata;
    expect(labels.release).toBe("kube-prometheus");
  });

  it("say how bad it is, and of what", async () => {
    expect(rules(await monitored()).at(-1)?.labels).toEqual({
      severity: "warning",
      namespace: "acme",
      system: "acme",
    });
  });

  it.each([
    ["the file of this repository", {}, "docs/RUNBOOKS.md#restarts"],
    [
      "where the settings say that people read it",
      { runbookUrl: "https://wiki.example.com/runbooks" },
      "https://wiki.example.com/runbooks#restarts",
    ],
  ])("name the mend: %s", async (_where, cluster, url) => {
    expect(rules(await monitored(cluster)).at(-1)?.annotations.runbook_url).toBe(url);
  });
});

describe("the dashboard", () => {
  it("carries the labels by which Grafana's sidecar looks for it", async () => {
    const { labels } = (await monitored()).object("ConfigMap", "dashboard").metadata;
    expect(labels.shows).toBe("dashboards");
  });

  it("is a file whose name no other namespace has", async () => {
    const { data } = (await monitored()).object("ConfigMap", "dashboard");
    expect(Object.keys(data)).toEqual(["acme-dashboard.json"]);
  });

  it("shows what the system adds below what all have", async () => {
    const [text = ""] = Object.values((await monitored()).object("ConfigMap", "dashboard").data);
    const { panels } = JSON.parse(text) as { panels: { type: string; title: string }[] };
    const rows = panels.filter(({ type }) => type === "row").map(({ title }) => title);
    expect(rows).toEqual(["Pods", "Jobs", "Own"]);
  });
});

it.each([["without Prometheus' operator", { capabilities: { prometheusOperator: false } }]])(
  "a cluster %s gets neither",
  async (_what, cluster) => {
    const synthesis = await monitored(cluster);
    expect([synthesis.names("PrometheusRule"), synthesis.names("ConfigMap")]).toEqual([[], []]);
  },
);

it("a namespace in which nothing runs has no alerts of the system", async () => {
  const scope = testScope({ cluster: { capabilities: { prometheusOperator: true } } });
  const synthesis = await synth(
    () =>
      new Monitoring("acme-monitoring", {
        title: "Acme",
        namespaces: [{ scope, alerts: [own] }],
      }),
  );
  expect([synthesis.names("PrometheusRule"), synthesis.names("ConfigMap")]).toEqual([[], []]);
});
