/** What a reviewer is told that a change costs, word by word. Each row is one change of one object. */
import type { PlannedResource } from "../../../cli/plan";
import { changeOf, type Inputs } from "./changed";

const apps = "kubernetes:apps/v1:";
const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const metadata = { name: "web", namespace: "demo" };
const named = (spec: object): Inputs => ({ metadata, spec });

function told(
  type: string,
  operation: PlannedResource["operation"],
  before: Inputs | undefined,
  after: Inputs | undefined,
  retainOnDelete = false,
): readonly string[] {
  const { reasons } = changeOf({ type, operation, before, after, retainOnDelete });
  return reasons.map(({ risk, text }) => `${risk}: ${text}`);
}

describe("a patch of somebody else's object", () => {
  const patch = `${apps}DeploymentPatch`;
  const replicas = (number: number): Inputs => named({ replicas: number });

  it("to no replicas stops its pods, whether it is new or not", () => {
    const expected = ["restart: sets replicas of Deployment demo/web to 0: its pods stop"];
    expect(told(patch, "create", undefined, replicas(0))).toEqual(expected);
    expect(told(patch, "update", replicas(2), replicas(0))).toEqual(expected);
  });

  it("to some replicas starts pods, or stops some", () => {
    const expected = ["restart: sets replicas of Deployment demo/web: pods of it start or stop"];
    expect(told(patch, "update", replicas(0), replicas(2))).toEqual(expected);
  });

  it("leaves its fields as they are where it is let go with retainOnDelete", () => {
    expect(told(patch, "delete", replicas(0), undefined, true)).toEqual([
      "quiet: lets go of fields of Deployment demo/web, which stay as they are",
    ]);
  });

  it("gives its fields back to their defaults where it goes", () => {
    expect(told(patch, "delete", replicas(0), undefined)).toEqual([
      "restart: takes back replicas of Deployment demo/web: it has one pod then",
    ]);
  });

  it("restarts nothing where replicas and pods stay", () => {
    expect(told(patch, "update", replicas(2), { ...replicas(2), other: true })).toEqual([
      "quiet: is changed where it is",
    ]);
  });

  it("of the pods has them made anew", () => {
    expect(told(patch, "update", named({}), named({ template: { metadata: {} } }))).toEqual([
      "restart: sets fields of the pods of Deployment demo/web: they are made anew",
    ]);
  });

  it.each([
    ["PersistentVolumeClaim", "data"],
    ["ServiceAccount", "identity"],
    ["Service", "exposure"],
    ["ConfigMap", "quiet"],
  ])("of a %s is a risk of its kind: %s", (kind, risk) => {
    const { risk: found } = changeOf({
      type: `kubernetes:core/v1:${kind}Patch`,
      operation: "update",
      before: named({}),
      after: named({ a: 1 }),
    });
    expect(found).toBe(risk);
  });
});

it("is the same whatever the values are, because the digest is made of it", () => {
  const pod = (value: string): Inputs =>
    named({ template: { spec: { serviceAccountName: value, containers: [{ image: value }] } } });
  const [first, second] = [pod("b"), pod("c")].map((after) =>
    told(`${apps}Deployment`, "update", pod("a"), after),
  );
  expect(first).toEqual(second);
  expect(first).toHaveLength(2);
});

describe("a volume of pods", () => {
  const mounting = (...volumes: object[]): Inputs =>
    named({ template: { spec: { volumes, containers: [] } } });
  const claim = (name: string, claimName: string) => ({
    name,
    persistentVolumeClaim: { claimName },
  });
  const losses = (before: Inputs, after: Inputs, kind = "Deployment") =>
    told(`${apps}${kind}`, "update", before, after).filter((text) => text.startsWith("data"));

  it.each([
    ["another claim", mounting(claim("data", "b")), "is another claim: it starts on other data"],
    [
      "no claim any more",
      mounting({ name: "data", emptyDir: {} }),
      "is no claim any more: it starts without the data",
    ],
    ["there no more", mounting(), "is no claim any more: it starts without the data"],
  ])("that is %s is a loss of data", (_, after, text) => {
    expect(losses(mounting(claim("data", "a")), after)).toEqual([`data: its volume data ${text}`]);
  });

  it("is told of for a schedule too", () => {
    const scheduled = (inputs: Inputs): Inputs => named({ jobTemplate: inputs });
    const [before, after] = ["a", "b"].map((name) => scheduled(mounting(claim("data", name))));
    expect(losses(before ?? {}, after ?? {}, "CronJob")).toHaveLength(1);
  });

  it("that only has another name, or is new, loses nothing", () => {
    const before = mounting(claim("data", "a"));
    expect(losses(before, mounting(claim("store", "a"), claim("more", "b")))).toEqual([]);
    expect(losses(mounting(), before)).toEqual([]);
  });

  it.each([
    ["whenDeleted", "the claims of its pods are deleted with it from now on"],
    ["whenScaled", "the claims of pods that it has no more are deleted from now on"],
  ])("that is retained no longer %s is a loss of data", (when, text) => {
    const policy = (value: string): Inputs =>
      named({ persistentVolumeClaimRetentionPolicy: { [when]: value } });
    const expected = [`data: ${text}`];
    expect(losses(policy("Retain"), policy("Delete"), "StatefulSet")).toEqual(expected);
    expect(losses(named({}), policy("Delete"), "StatefulSet")).toEqual(expected);
    expect(losses(policy("Delete"), policy("Retain"), "StatefulSet")).toEqual([]);
  });
});

describe("a policy for all pods of a namespace", () => {
  const wall = (spec: object): Inputs =>
    named({ podSelector: {}, policyTypes: ["Ingress", "Egress"], ...spec });
  const opened = [
    "exposure: everything may reach the pods of demo that no other policy is for",
    "exposure: the pods of demo that no other policy is for may reach everything",
  ];

  it("leaves them open where it goes", () => {
    expect(told(policy, "delete", wall({}), undefined)).toEqual(opened);
  });

  it("leaves them open where it is for some of them only, or for one direction", () => {
    const some = wall({ podSelector: { matchLabels: { a: "1" } } });
    expect(told(policy, "update", wall({}), some)).toEqual(opened);
    expect(told(policy, "update", wall({}), wall({ policyTypes: ["Ingress"] }))).toEqual([
      opened[1],
    ]);
  });

  it("leaves them open meanwhile where it is made anew", () => {
    expect(told(policy, "replace", wall({}), wall({}))).toEqual(
      opened.map((text) => text.replace("exposure: ", "exposure: meanwhile ")),
    );
  });

  it("closes them where it comes", () => {
    expect(told(policy, "create", undefined, wall({}))).toEqual([
      "exposure: only what a policy names may reach the pods of demo",
      "exposure: the pods of demo may only reach what a policy names",
    ]);
  });

  it("takes with it what it let through itself", () => {
    const rules = wall({ policyTypes: ["Egress"], egress: [{}] });
    expect(told(policy, "delete", rules, undefined)).toEqual([
      opened[1],
      "exposure: a connection vanishes",
    ]);
  });

  it("is told apart from one for some pods", () => {
    const some = wall({ podSelector: { matchLabels: { a: "1" } } });
    expect(told(policy, "delete", some, undefined)).toEqual(["exposure: a connection vanishes"]);
  });
});
