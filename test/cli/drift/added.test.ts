/** What others have added to an object, and when that is rightly so. */
import { applied, container, fields, manager, port, refreshed } from "./objects";

describe("a field that nobody declared", () => {
  const added = (name: string, path: object, object: object, more = {}) =>
    refreshed("apps/v1:Deployment", applied, {
      object: { ...applied.object, ...object },
      managers: [...applied.managers, manager(name, path as Record<string, unknown>, more)],
    });
  const annotated = (key: string) =>
    [
      { "f:metadata": { "f:annotations": { ".": {}, [`f:${key}`]: {} } } },
      { metadata: { annotations: { [key]: "hush" } } },
    ] as const;

  it("is told where a person has set it, without its value", () => {
    const found = fields(added("kubectl-annotate", ...annotated("note")));
    expect(found).toEqual([
      {
        path: "metadata.annotations.note",
        kind: "added",
        by: { manager: "kubectl-annotate", time: "2026-11-21T22:13:01Z" },
      },
    ]);
  });

  it.each([
    ["a controller's", "cert-manager-ingress-shim", "issued"],
    ["an order to restart", "kubectl-rollout", "kubectl.kubernetes.io/restartedAt"],
  ])("is no drift where it is %s", (_, name, key) => {
    expect(fields(added(name, ...annotated(key)))).toEqual([]);
  });

  it("is no drift where it is an autoscaler's number of replicas", () => {
    const scaled = added(
      "kube-controller-manager",
      { "f:spec": { "f:replicas": {} } },
      { spec: { ...(applied.object.spec as object), replicas: 4 } },
      { subresource: "scale" },
    );
    expect(fields(scaled)).toEqual([]);
  });

  it.each([
    [
      "a claim's volume",
      "PersistentVolumeClaim",
      "kube-controller-manager",
      ["spec", "volumeName"],
    ],
    ["an account's tokens", "ServiceAccount", "kube-controller-manager", ["secrets"]],
    ["an address", "Service", "kube-vip-cloud-provider", ["spec", "loadBalancerIP"]],
  ])("is no drift where a controller fills it in: %s", (_, kind, name, path) => {
    const tree = path.reduceRight<Record<string, unknown>>(
      (below, at) => ({ [`f:${at}`]: below }),
      {},
    );
    const object = path.reduceRight<unknown>((below, at) => ({ [at]: below }), "x");
    const before = { object: {}, managers: [] };
    const after = { object: object as Record<string, unknown>, managers: [manager(name, tree)] };
    expect(fields(refreshed(`core/v1:${kind}`, before, after))).toEqual([]);
    expect(fields(refreshed("apps/v1:Deployment", before, after))).toHaveLength(1);
  });

  it("is no drift of a patch, which owns single fields of somebody else's object", () => {
    const [path, object] = annotated("note");
    const patch = added("helm", path, object);
    expect(fields({ ...patch, type: "kubernetes:apps/v1:DeploymentPatch" })).toEqual([]);
  });

  it("is told as one where it is a whole item of a list", () => {
    const side = {
      'k:{"name":"side"}': { ".": {}, "f:name": {}, "f:image": {} },
    };
    const path = { "f:spec": { "f:template": { "f:spec": { "f:containers": side } } } };
    const containers = [
      { name: "web", image: "app:1" },
      { name: "side", image: "x" },
    ];
    const object = { spec: { template: { spec: { containers } } } };
    expect(fields(added("kubectl-edit", path, object)).map((field) => field.path)).toEqual([
      "spec.template.spec.containers[side]",
    ]);
  });

  const listed = (list: string, item: string, value: object, below: object = {}) =>
    [{ [`f:${list}`]: { [item]: { ".": {}, ...below } } }, { [list]: [value] }] as const;
  const [env, variables] = listed("env", 'k:{"name":"KEY"}', { name: "KEY", value: "x" });
  const [volumes, mounted] = listed("volumes", 'k:{"name":"host"}', { name: "host" });
  const [opened, open] = listed("ports", 'k:{"port":22,"protocol":"TCP"}', port(22));
  const inTemplate = (of: object) => ({ spec: { template: { spec: of } } });
  const inTemplateOwned = (of: object) => ({ "f:spec": { "f:template": { "f:spec": of } } });

  it.each([
    [
      "containers",
      inTemplateOwned({ "f:containers": { 'k:{"name":"side"}': { ".": {}, "f:name": {} } } }),
      inTemplate({ containers: [{ name: "web", image: "app:1" }, { name: "side" }] }),
      "spec.template.spec.containers[side]",
    ],
    [
      "env",
      inTemplateOwned({ "f:containers": { 'k:{"name":"web"}': env } }),
      inTemplate({ containers: [{ name: "web", image: "app:1", ...variables }] }),
      "spec.template.spec.containers[web].env[KEY]",
    ],
    [
      "volumes",
      inTemplateOwned(volumes),
      inTemplate({
        ...(applied.object as ReturnType<typeof container>).spec.template.spec,
        ...mounted,
      }),
      "spec.template.spec.volumes[host]",
    ],
    [
      "ports",
      { "f:spec": opened },
      { spec: { ...(applied.object.spec as object), ...open } },
      "spec.ports[22/TCP]",
    ],
    ["rules", { "f:rules": {} }, { rules: [{ verbs: ["*"] }] }, "rules"],
  ])(
    "is told whatever its manager calls itself, where it changes what runs or who may do what: %s",
    (_, path, object, told) => {
      for (const name of ["kustomize-controller", "kube-edit", "my-operator", "helm-provisioner"]) {
        expect(fields(added(name, path, object)).map((field) => field.path)).toEqual([told]);
      }
    },
  );
});
