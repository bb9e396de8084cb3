/** Which differences are drift, and whose. That a refresh tells them so, test/cluster/roles-and-drift shows. */
import {
  applied,
  container,
  drift,
  fields,
  imageOf,
  manager,
  ours,
  port,
  refreshed,
} from "./objects";

describe("an object that is as it was applied", () => {
  it("has not drifted, whatever its status and its version are", () => {
    const status = manager("kubelet", { "f:status": { "f:phase": {} } }, { subresource: "status" });
    const now = { ...applied.object, status: { phase: "Running" } };
    const resource = refreshed("apps/v1:Deployment", applied, {
      object: now,
      managers: [...applied.managers, status],
    });
    expect(drift(resource)).toMatchObject({ objects: 1, deleted: [], changed: [] });
  });
});

describe("an object that is gone", () => {
  it("is named", () => {
    expect(drift(refreshed("core/v1:ConfigMap", applied, undefined)).deleted).toEqual([
      expect.objectContaining({ kind: "ConfigMap", namespace: "acme", name: "web" }),
    ]);
  });
});

describe("a field that somebody has changed", () => {
  const image = { ...imageOf };
  const changedBy = (name: string, more = {}) =>
    refreshed("apps/v1:Deployment", applied, {
      object: container("app:2"),
      managers: [manager(name, image, more)],
    });

  it("is told with both values, with who it was and when", () => {
    expect(fields(changedBy("kubectl-set"))).toEqual([
      {
        path: "spec.template.spec.containers[web].image",
        kind: "changed",
        declared: "app:1",
        live: "app:2",
        by: { manager: "kubectl-set", time: "2026-11-21T22:13:01Z" },
      },
    ]);
  });

  it.each([
    ["helm", {}],
    ["kubectl", { subresource: "scale" }],
  ])("stands in the way of an update where the provider takes nothing over: %s", (name, more) => {
    expect(fields(changedBy(name, more))).toEqual([expect.objectContaining({ conflicts: true })]);
  });

  it("is found in a list whose items have other places now", () => {
    const before = { object: { spec: { ports: [port(80), port(81)] } }, managers: [ours(ports)] };
    const after = { object: { spec: { ports: [port(81), port(80)] } }, managers: [ours(ports)] };
    expect(fields(refreshed("core/v1:Service", before, after))).toEqual([]);
  });

  it("is found where its only owner is somebody who has set the declared value before", () => {
    const replicas = { "f:spec": { "f:replicas": {} } };
    const scale = manager("kubectl", replicas, { subresource: "scale" });
    const before = { object: { spec: { replicas: 1 } }, managers: [ours({}), scale] };
    const after = { object: { spec: { replicas: 3 } }, managers: [ours({}), scale] };
    expect(fields(refreshed("apps/v1:Deployment", before, after))).toEqual([
      expect.objectContaining({ path: "spec.replicas", declared: "1", live: "3" }),
    ]);
  });
});

describe("the number of replicas", () => {
  const replicas = (number: number, manager: Record<string, unknown>) => ({
    object: { spec: { replicas: number } },
    managers: [manager],
  });
  const owned = { "f:spec": { "f:replicas": {} } };
  const scaled = refreshed(
    "apps/v1:Deployment",
    // The provider applies a number that it leaves to others as it is, and so comes to own it.
    replicas(3, ours(owned)),
    replicas(9, manager("kube-controller-manager", owned, { subresource: "scale" })),
  );
  const autoscaler = (
    type: string,
    scaleTargetRef: Record<string, unknown>,
    namespace = "acme",
  ) => {
    const object = { metadata: { name: "web", namespace }, spec: { scaleTargetRef } };
    const side = { object, managers: [] };
    return refreshed(type, side, side);
  };

  it.each([
    ["HorizontalPodAutoscaler", { kind: "Deployment", name: "web" }, "autoscaling/v2"],
    ["ScaledObject", { kind: "Deployment", name: "web" }, "keda.sh/v1alpha1"],
    ["ScaledObject", { name: "web" }, "keda.sh/v1alpha1"],
  ])("is that of its autoscaler: %s of %j", (kind, target, group) => {
    expect(drift(scaled, autoscaler(`${group}:${kind}`, target)).changed).toEqual([]);
  });

  it.each([
    ["another workload", { kind: "Deployment", name: "worker" }, "acme"],
    ["another kind", { kind: "StatefulSet", name: "web" }, "acme"],
    ["another namespace", { kind: "Deployment", name: "web" }, "other"],
  ])("is told where the autoscaler is that of %s", (_, target, namespace) => {
    const other = autoscaler("autoscaling/v2:HorizontalPodAutoscaler", target, namespace);
    expect(drift(scaled, other).changed).toHaveLength(1);
  });
});

const ports = {
  "f:spec": {
    "f:ports": {
      'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {} },
      'k:{"port":81,"protocol":"TCP"}': { ".": {}, "f:port": {} },
    },
  },
};

describe("a field that is gone", () => {
  it("is told once, with the item of the list that went", () => {
    const after = { object: { spec: { ports: [port(81)] } }, managers: [] };
    const before = { object: { spec: { ports: [port(80), port(81)] } }, managers: [ours(ports)] };
    expect(fields(refreshed("core/v1:Service", before, after))).toEqual([
      {
        path: "spec.ports[80/TCP]",
        kind: "removed",
        declared: '{"port":80,"protocol":"TCP"}',
      },
    ]);
  });
});

describe("a Secret", () => {
  const data = { "f:data": { "f:password": {} } };
  const before = { object: { data: "[secret]" }, managers: [ours(data)] };

  it("has drifted where a key has another owner, and no value is told", () => {
    const after = { object: { data: "[secret]" }, managers: [manager("kubectl-patch", data)] };
    expect(fields(refreshed("core/v1:Secret", before, after))).toEqual([
      expect.objectContaining({
        path: "data.password",
        kind: "changed",
        declared: "[secret]",
        live: "[secret]",
      }),
    ]);
  });

  it("has not drifted where the key is still ours", () => {
    expect(fields(refreshed("core/v1:Secret", before, before))).toEqual([]);
  });

  it("has lost a key that nobody owns", () => {
    const after = { object: { data: "[secret]" }, managers: [ours({})] };
    expect(fields(refreshed("core/v1:Secret", before, after))).toEqual([
      expect.objectContaining({ path: "data.password", kind: "removed" }),
    ]);
  });
});

describe("what programs read", () => {
  it.each(["data", "spec.template.spec.containers[web].env"])(
    "is told without its value, since somebody may have put a secret there: %s",
    (place) => {
      const isMap = place === "data";
      const env = (value: string) => ({
        spec: {
          template: { spec: { containers: [{ name: "web", env: [{ name: "KEY", value }] }] } },
        },
      });
      const tree = isMap
        ? { "f:data": { "f:key": {} } }
        : {
            "f:spec": {
              "f:template": {
                "f:spec": {
                  "f:containers": {
                    'k:{"name":"web"}': { "f:env": { 'k:{"name":"KEY"}': { "f:value": {} } } },
                  },
                },
              },
            },
          };
      const object = (value: string) => (isMap ? { data: { key: value } } : env(value));
      const found = fields(
        refreshed(
          "core/v1:ConfigMap",
          { object: object("plain"), managers: [ours(tree)] },
          { object: object("hush"), managers: [manager("kubectl-edit", tree)] },
        ),
      );
      expect(found).toHaveLength(1);
      expect(JSON.stringify(found)).not.toMatch(/hush|plain/);
    },
  );
});

describe("a difference that the account of owners does not tell", () => {
  it("is told as the engine calls it", () => {
    const resource = refreshed(
      "core/v1:Service",
      { object: {}, managers: [] },
      { object: {}, managers: [] },
    );
    expect(fields({ ...resource, differs: { "spec.type": "update" } })).toEqual([
      { path: "spec.type", kind: "changed" },
    ]);
  });
});
