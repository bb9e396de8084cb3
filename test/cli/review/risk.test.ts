/** What a change can cost. Each row is one change of one object. */
import type { Risk } from "../../../cli/review/model";
import { changeOf, type Inputs } from "./changed";

type Row = [
  what: string,
  type: string,
  before: Inputs | undefined,
  after: Inputs | undefined,
  risk: Risk,
];

const core = "kubernetes:core/v1:";
const apps = "kubernetes:apps/v1:";
const net = "kubernetes:networking.k8s.io/v1:";
const rbac = "kubernetes:rbac.authorization.k8s.io/v1:";
const random = "random:index/randomPassword:RandomPassword";

const spec = (inner: object): Inputs => ({ spec: inner });
const size = (storage: string): Inputs => spec({ resources: { requests: { storage } } });
const template = (inner: object): Inputs => spec({ template: inner });
const annotated = (name: string): Inputs => ({ metadata: { annotations: { [name]: "x" } } });
const labelled = (name: string): Inputs => ({ metadata: { labels: { [name]: "x" } } });
const exists: Inputs = { metadata: {} };

const updates: Row[] = [
  ["a claim shrinks", `${core}PersistentVolumeClaim`, size("10Gi"), size("9Gi"), "data"],
  ["a claim grows", `${core}PersistentVolumeClaim`, size("900Mi"), size("1Gi"), "quiet"],
  [
    "a claim changes its class",
    `${core}PersistentVolumeClaim`,
    spec({ storageClassName: "a" }),
    spec({ storageClassName: "b" }),
    "data",
  ],
  [
    "a StatefulSet's claims change",
    `${apps}StatefulSet`,
    spec({ volumeClaimTemplates: [] }),
    spec({ volumeClaimTemplates: [{}] }),
    "data",
  ],
  ["a key of a Secret goes", `${core}Secret`, { stringData: { a: "[secret]" } }, {}, "data"],
  ["a key of a Secret comes", `${core}Secret`, {}, { stringData: { a: "[secret]" } }, "quiet"],
  [
    "a StatefulSet selects other pods",
    `${apps}StatefulSet`,
    spec({ selector: { matchLabels: { a: "1" } } }),
    spec({ selector: { matchLabels: { a: "2" } } }),
    "identity",
  ],
  [
    "pods act as another service account",
    `${apps}Deployment`,
    template({ spec: { serviceAccountName: "a" } }),
    template({ spec: { serviceAccountName: "b" } }),
    "identity",
  ],
  [
    "pods have another name",
    `${apps}Deployment`,
    template({ metadata: { labels: { "app.kubernetes.io/name": "a" } } }),
    template({ metadata: { labels: { "app.kubernetes.io/name": "b" } } }),
    "identity",
  ],
  ["a Role allows something else", `${rbac}Role`, { rules: [] }, { rules: [{}] }, "identity"],
  ["a ClusterRole is aggregated", `${rbac}ClusterRole`, exists, labelled("aggregate"), "identity"],
  [
    "a namespace is enforced otherwise",
    `${core}Namespace`,
    exists,
    labelled("pod-security.kubernetes.io/enforce"),
    "identity",
  ],
  [
    "a Service changes its type",
    `${core}Service`,
    spec({ type: "A" }),
    spec({ type: "B" }),
    "exposure",
  ],
  [
    "a Service selects other pods",
    `${core}Service`,
    spec({ selector: { a: "1" } }),
    spec({ selector: { a: "2" } }),
    "identity",
  ],
  [
    "a cloud reads a Service's annotation",
    `${core}Service`,
    exists,
    annotated("aws.example.com/x"),
    "exposure",
  ],
  [
    "Pulumi reads a Service's annotation",
    `${core}Service`,
    exists,
    annotated("pulumi.com/skipAwait"),
    "quiet",
  ],
  [
    "a Service is excepted from a rule",
    `${core}Service`,
    exists,
    annotated("policy.platform/a"),
    "quiet",
  ],
  ["a policy lets others in", `${net}NetworkPolicy`, spec({}), spec({ ingress: [{}] }), "exposure"],
  [
    "an Ingress gets a limit",
    `${net}Ingress`,
    exists,
    annotated("nginx.example.com/rate"),
    "exposure",
  ],
  ["a Deployment's pods change", `${apps}Deployment`, template({}), template({ a: 1 }), "restart"],
  [
    "a Deployment has more replicas",
    `${apps}Deployment`,
    spec({ replicas: 1 }),
    spec({ replicas: 2 }),
    "restart",
  ],
  [
    "a scaler has another limit",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    spec({ maxReplicas: 2 }),
    spec({ maxReplicas: 3 }),
    "restart",
  ],
  ["a Deployment is labelled", `${apps}Deployment`, exists, labelled("x"), "quiet"],
  [
    "a CronJob's pods change",
    "kubernetes:batch/v1:CronJob",
    spec({ jobTemplate: { a: 1 } }),
    spec({ jobTemplate: { a: 2 } }),
    "quiet",
  ],
  ["a file changes", `${core}ConfigMap`, { data: { a: "1" } }, { data: { a: "2" } }, "quiet"],
];

const comeOrGo: Row[] = [
  ["a claim goes", `${core}PersistentVolumeClaim`, exists, undefined, "data"],
  ["a claim comes", `${core}PersistentVolumeClaim`, undefined, exists, "quiet"],
  ["a namespace goes", `${core}Namespace`, exists, undefined, "data"],
  ["a StatefulSet goes", `${apps}StatefulSet`, exists, undefined, "data"],
  ["a StatefulSet comes", `${apps}StatefulSet`, undefined, exists, "restart"],
  ["a Secret goes", `${core}Secret`, exists, undefined, "data"],
  ["a password goes", random, exists, undefined, "data"],
  [
    "a snapshot goes",
    "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot",
    exists,
    undefined,
    "data",
  ],
  ["a Deployment goes", `${apps}Deployment`, exists, undefined, "identity"],
  ["a Service goes", `${core}Service`, exists, undefined, "identity"],
  ["a service account goes", `${core}ServiceAccount`, exists, undefined, "identity"],
  ["a service account comes", `${core}ServiceAccount`, undefined, exists, "identity"],
  ["rights are given", `${rbac}RoleBinding`, undefined, exists, "identity"],
  ["rights are taken", `${rbac}ClusterRole`, exists, undefined, "identity"],
  ["a custom object goes", "kubernetes:example.com/v1:Thing", exists, undefined, "identity"],
  ["a policy comes", `${net}NetworkPolicy`, undefined, exists, "exposure"],
  ["a policy goes", `${net}NetworkPolicy`, exists, undefined, "exposure"],
  ["an Ingress goes", `${net}Ingress`, exists, undefined, "exposure"],
  ["a Job comes", "kubernetes:batch/v1:Job", undefined, exists, "restart"],
  ["a Job goes", "kubernetes:batch/v1:Job", exists, undefined, "quiet"],
  ["a budget goes", "kubernetes:policy/v1:PodDisruptionBudget", exists, undefined, "quiet"],
];

describe("the risk of a change", () => {
  it.each(updates)("where %s", (_, type, before, after, risk) => {
    expect(changeOf({ type, operation: "update", before, after }).risk).toBe(risk);
  });

  it.each(comeOrGo)("where %s", (_, type, before, after, risk) => {
    const operation = before === undefined ? "create" : "delete";
    expect(changeOf({ type, operation, before, after }).risk).toBe(risk);
  });

  it.each([
    ["a claim", `${core}PersistentVolumeClaim`, "data"],
    ["a password", random, "data"],
    ["a ConfigMap", `${core}ConfigMap`, "identity"],
    ["a Job, which runs again", "kubernetes:batch/v1:Job", "restart"],
    ["the provider, for another cluster", "pulumi:providers:kubernetes", "identity"],
  ])("where a replacement takes the place of %s", (_, type, risk) => {
    const change = changeOf({ type, operation: "replace", before: exists, after: { a: 1 } });
    expect(change.risk).toBe(risk);
  });

  it("is no loss where the cluster keeps what the program lets go", () => {
    const change = changeOf({
      type: `${core}PersistentVolumeClaim`,
      operation: "delete",
      before: exists,
      after: undefined,
      retainOnDelete: true,
    });
    expect(change.reasons.map(({ risk }) => risk)).toEqual(["identity"]);
    expect(change.reasons[0]?.text).toContain("stays in the cluster");
  });

  it("is the worst of all its reasons, which are told worst first", () => {
    const change = changeOf({
      type: `${apps}Deployment`,
      operation: "update",
      before: template({ spec: { serviceAccountName: "a" } }),
      after: template({ spec: { serviceAccountName: "b" } }),
    });
    expect(change.reasons.map(({ risk }) => risk)).toEqual(["identity", "restart"]);
  });

  it("of a Service with other pods is still one of who can reach what", () => {
    const [before, after] = ["blue", "green"].map((track) => spec({ selector: { track } }));
    const change = changeOf({ type: `${core}Service`, operation: "update", before, after });
    expect(change.reasons).toEqual([
      { risk: "identity", text: "it selects other pods: whoever calls its name reaches those" },
      { risk: "exposure", text: "an address for callers changes" },
    ]);
  });

  it("tells of a secret behind a key that stays, by what the engine says is different", () => {
    const inputs = { data: "[secret]" };
    const change = changeOf({
      type: `${core}Secret`,
      operation: "update",
      before: inputs,
      after: inputs,
      differs: { 'data["tls.key"]': "update", "data.old": "delete" },
    });
    expect(change.reasons).toEqual([
      { risk: "data", text: "its key old is taken away" },
      { risk: "identity", text: "the value of its key tls.key changes" },
    ]);
  });
});
