/** The floor has the objects of the program, with the orders that Kubernetes needs and no others. */
import { floorResources } from "../../../cli/bench/floor";

interface Saved {
  readonly type: string;
  readonly name: string;
  readonly custom?: boolean;
  readonly inputs?: object;
}

function stateOf(...saved: readonly Saved[]): string {
  const resources = saved.map(({ type, name, custom = true, inputs }) => ({
    ...{ urn: `urn:pulumi:prod::platform::parent$${type}::${name}`, type, custom },
    ...(inputs === undefined ? {} : { inputs }),
  }));
  return JSON.stringify({ checkpoint: { latest: { resources } } });
}

const floorOf = (...saved: readonly Saved[]) => floorResources({ state: stateOf(...saved) });

const inAcme = (name: string) => ({ name, namespace: "acme" });
const namespace = {
  type: "kubernetes:core/v1:Namespace",
  name: "acme-namespace",
  inputs: { metadata: { name: "acme" } },
};
const secret = {
  type: "kubernetes:core/v1:Secret",
  name: "acme-keys",
  inputs: { metadata: inAcme("keys") },
};
const deployment = (pod: object) => ({
  type: "kubernetes:apps/v1:Deployment",
  name: "acme-web",
  inputs: { metadata: inAcme("web"), spec: { template: { spec: pod } } },
});

const afterOf = (resources: readonly { type: string; after: readonly string[] }[], kind: string) =>
  resources.find(({ type }) => type.endsWith(`:${kind}`))?.after;

it("leaves out the engine's own resources, and components where they are not wanted", () => {
  const state = stateOf(
    { type: "pulumi:pulumi:Stack", name: "prod", custom: false },
    { type: "pulumi:providers:kubernetes", name: "cluster" },
    { type: "platform:systems:Web", name: "acme-web", custom: false },
    namespace,
  );
  expect(floorResources({ state }).map(({ type }) => type)).toEqual([
    "kubernetes:core/v1:Namespace",
    "component:systems:Web",
  ]);
  expect(floorResources({ state, components: false }).map(({ name }) => name)).toEqual([
    "acme-namespace",
  ]);
});

it("makes a namespace before what is in it", () => {
  const resources = floorOf(secret, namespace);
  expect(resources.map(({ name }) => name)).toEqual(["acme-namespace", "acme-keys"]);
  expect(afterOf(resources, "Secret")).toEqual(["kubernetes:core/v1:Namespace::acme-namespace"]);
});

it.each([
  { envFrom: [{ secretRef: { name: "keys" } }] },
  { env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: "keys", key: "a" } } }] },
])("makes a Secret before the pods that read it: %j", (container) => {
  const resources = floorOf(deployment({ containers: [container] }), secret);
  expect(afterOf(resources, "Deployment")).toEqual(["kubernetes:core/v1:Secret::acme-keys"]);
});

it("makes no order between workloads", () => {
  const job = {
    type: "kubernetes:batch/v1:Job",
    name: "acme-setup",
    inputs: { metadata: inAcme("setup") },
  };
  expect(afterOf(floorOf(deployment({}), job), "Deployment")).toEqual([]);
});

it("tells apart what shares its name", () => {
  const account = {
    type: "kubernetes:core/v1:ServiceAccount",
    name: "acme-web",
    inputs: { metadata: inAcme("web") },
  };
  const resources = floorOf(deployment({ serviceAccountName: "web" }), account);
  expect(afterOf(resources, "Deployment")).toEqual(["kubernetes:core/v1:ServiceAccount::acme-web"]);
});

describe("in place of a secret", () => {
  const encrypted = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: "v1:".padEnd(96, "a"),
  };

  it("is another text of about the same length", () => {
    const [first] = floorOf({ ...secret, inputs: { metadata: inAcme("keys"), text: encrypted } });
    expect(first?.inputs).toMatchObject({ text: { $secret: "x".repeat(32) } });
  });

  it("is a map where the whole of a Secret is one", () => {
    const [first] = floorOf({ ...secret, inputs: { metadata: inAcme("keys"), data: encrypted } });
    expect(first?.inputs).toMatchObject({ data: { $secret: { value: "x".repeat(32) } } });
  });
});
