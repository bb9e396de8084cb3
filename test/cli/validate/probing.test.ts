/**
 * Proves when a program is asked at all, by whose port, and what is found where it cannot be: nothing that
 * was not asked has passed. That a forwarded port leads to a pod is the client library's.
 */
import type { KubernetesObject } from "../../../cli/kubernetes";
import { checks } from "../../../cli/validate/checks";
import type { PodPort, ValidationContext } from "../../../cli/validate/model";
import {
  collector,
  health,
  livebook,
  liveView,
  mlflow,
  oban,
  streamRows,
} from "../../../cli/validate/probing";
import { migrations } from "../../../cli/validate/recorded";
import { contextOf, type LocalServer, object, serve, textOf } from "./support";

const labels = (name: string, system = "thunderline") => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": system,
});

const workload = (name: string, container: object = {}): KubernetesObject =>
  object(
    "Deployment",
    name,
    {
      metadata: { labels: labels(name) },
      spec: {
        selector: { matchLabels: labels(name) },
        template: {
          metadata: { labels: labels(name) },
          spec: {
            containers: [{ name, ports: [{ name: "http", containerPort: 8080 }], ...container }],
          },
        },
      },
    },
    "apps/v1",
  );

const pod = (name: string, nodeName = "node-1", ready = "True"): KubernetesObject =>
  object("Pod", `${name}-1`, {
    metadata: { labels: labels(name) },
    spec: { nodeName },
    status: { conditions: [{ type: "Ready", status: ready }] },
  });

const probed = { readinessProbe: { httpGet: { path: "/readyz", port: "http" } } };
const web = workload("web", { ...probed, env: [{ name: "PHX_HOST", value: "acme.example.com" }] });

let server: LocalServer;
const asked: PodPort[] = [];
let answer: number | "nothing";

beforeAll(async () => {
  server = await serve((request, response) => {
    if (answer === "nothing") request.socket.destroy();
    else response.writeHead(answer).end("Livebook");
  });
});
afterAll(() => server.stop());
beforeEach(() => {
  asked.splice(0);
  answer = 200;
});

const forward: ValidationContext["forward"] = async (to) => {
  asked.push(to);
  return { port: server.port, close: async () => undefined };
};

const on = (live: readonly KubernetesObject[], declared = [web], more = {}) =>
  contextOf(declared, live, { forward, ...more });

describe("health", () => {
  it("is asked of the pod's own port, and passes in one line", async () => {
    expect((await health(on([pod("web")]))).map(textOf)).toEqual([
      "passed: Health of Deployment acme/web: well, by 1 answer of 1 pod",
    ]);
    expect(asked).toEqual([{ namespace: "acme", pod: "web-1", port: 8080 }]);
  });

  it("has failed with the pod and path that is not well", async () => {
    answer = 503;
    expect((await health(on([pod("web")]))).map(textOf)).toEqual([
      "failed: acme/web-1/readyz: answered with 503: Livebook",
    ]);
  });

  it("of a program that hangs up has failed, and the mend is to see that by hand", async () => {
    answer = "nothing";
    const [finding] = await health(on([pod("web")]));
    expect(finding).toMatchObject({
      status: "failed",
      evidence: "GET /readyz: socket hang up",
      mend: "kubectl -n acme port-forward pod/web-1 8080",
    });
  });

  it("is unchecked without a pod that is ready", async () => {
    expect((await health(on([pod("web", "node-1", "False")]))).map(textOf)).toEqual([
      "unchecked: Health of Deployment acme/web: no pod of Deployment acme/web is ready",
    ]);
  });

  it("is unchecked of a pod on a simulated node, whatever the cluster is called", async () => {
    const node = object("Node", "kwok-1", {
      metadata: { namespace: undefined, annotations: { "kwok.x-k8s.io/node": "fake" } },
    });
    const [finding] = await health(on([pod("web", "kwok-1"), node]));
    expect(finding).toMatchObject({ status: "unchecked" });
    expect(asked).toEqual([]);
  });

  it("is unchecked where ports may not be forwarded", async () => {
    const context = on([pod("web")]);
    const refused = async (review: object) => ({ ...review, status: { allowed: false } });
    const api = { ...context.api, create: refused } as never;
    expect((await health({ ...context, api })).map(textOf)).toEqual([
      expect.stringMatching(/^unchecked: .*you may not forward a port to pods of acme/),
    ]);
    expect(asked).toEqual([]);
  });
});

it("on simulated pods nothing is asked, no Secret is opened, and all is unchecked", async () => {
  const job = (name: string, system: string, env: object[]) =>
    object(
      "Job",
      name,
      {
        metadata: { labels: labels(name, system) },
        spec: { template: { spec: { containers: [{ name, env }] } } },
        status: { conditions: [{ type: "Complete", status: "True" }] },
      },
      "batch/v1",
    );
  const declared = [
    web,
    ...["livebook", "mlflow", "otelcol"].map((name) => workload(name)),
    workload("worker", { env: [{ name: "TL_ENABLE_OBAN", value: "true" }] }),
    job("migration-0123456789", "thunderline", []),
    job("reader-0123456789", "telemetry", [{ name: "READER_USER", value: "grafana" }]),
  ];
  const context = on(
    [...declared, ...["web", "livebook", "mlflow", "otelcol"].map((name) => pod(name))],
    declared,
    { simulated: true, writes: true },
  );
  const read = jest.spyOn(context.api, "list");
  for (const check of [
    ...[health, liveView, livebook, mlflow, collector, oban, streamRows, migrations],
  ]) {
    const found = await check(context);
    expect(found.length).toBeGreaterThan(0);
    for (const { status, evidence } of found) {
      expect(status).toBe("unchecked");
      expect(evidence).toMatch(/simulated/);
    }
  }
  expect(asked).toEqual([]);
  expect(read.mock.calls.map(([{ kind }]) => kind)).not.toContain("Secret");
});

it("what writes is not tried without --apply, and is recorded with it", async () => {
  const declared = [workload("mlflow")];
  const live = [pod("mlflow")];
  const [open] = await mlflow(on(live, declared));
  expect(open).toMatchObject({ status: "unchecked", mend: "Run it again with --apply." });
  expect(asked).toEqual([]);

  const recorded: string[] = [];
  const record: ValidationContext["record"] = (what, _why, work) => {
    recorded.push(what);
    return work();
  };
  answer = 500;
  const [tried] = await mlflow(on(live, declared, { writes: true, record }));
  expect(tried).toMatchObject({ status: "failed" });
  expect(recorded).toEqual([expect.stringMatching(/^record a run .* and delete it$/)]);
});

it("of a system that the stack has not, nothing is said", async () => {
  for (const check of [liveView, livebook, mlflow, collector, oban, streamRows, migrations]) {
    expect(await check(on([], []))).toEqual([]);
  }
});

it("each check has a name of its own", () => {
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
});
