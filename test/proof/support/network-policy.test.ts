/**
 * The semantics of network policies, by the examples of the documentation of Kubernetes
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/) and its rules beside them.
 */
import { parse } from "yaml";

import { type End, Network, type Pod, policyOf, type Protocol } from "./network-policy";

const namespaces = new Map([
  ["default", { "kubernetes.io/metadata.name": "default" }],
  ["theirs", { "kubernetes.io/metadata.name": "theirs", project: "myproject", user: "alice" }],
  ["empty", { "kubernetes.io/metadata.name": "empty" }],
]);

let count = 0;
function pod(namespace: string, labels: Readonly<Record<string, string>> = {}): Pod {
  count += 1;
  return { namespace, labels, address: `10.244.0.${String(count)}`, ports: [] };
}

function network(...specs: string[]): Network {
  const policies = specs.map((spec, index) =>
    policyOf({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: `policy-${String(index)}`, namespace: "default" },
      spec: parse(spec) as unknown,
    }),
  );
  return new Network(namespaces, policies);
}

function passes(
  on: Network,
  from: End,
  to: End,
  port: number,
  protocol: Protocol = "TCP",
): boolean {
  return on.allows(from, to, { port, protocol });
}

const db = pod("default", { role: "db" });
const frontend = pod("default", { role: "frontend" });
const other = pod("default", { role: "other" });
const theirs = pod("theirs");
const client = pod("theirs", { role: "client" });
const stranger = pod("empty");
const address = (of: string): End => ({ address: of });

describe("the NetworkPolicy resource of the documentation", () => {
  const example = network(`
    podSelector: { matchLabels: { role: db } }
    policyTypes: [Ingress, Egress]
    ingress:
      - from:
          - ipBlock: { cidr: 172.17.0.0/16, except: [172.17.1.0/24] }
          - namespaceSelector: { matchLabels: { project: myproject } }
          - podSelector: { matchLabels: { role: frontend } }
        ports: [{ protocol: TCP, port: 6379 }]
    egress:
      - to: [{ ipBlock: { cidr: 10.0.0.0/24 } }]
        ports: [{ protocol: TCP, port: 5978 }]
  `);

  it.each([
    ["pods with a label in its namespace", frontend, true],
    ["any pod of a namespace with a label", theirs, true],
    ["an address of a block", address("172.17.0.255"), true],
    ["the last address of a block", address("172.17.255.255"), true],
    ["an address that the block excepts", address("172.17.1.7"), false],
    ["an address before the block", address("172.16.255.255"), false],
    ["another pod of its namespace", other, false],
    ["a pod of another namespace", stranger, false],
  ])("lets %s in as it says", (_who, from, allowed) => {
    expect(passes(example, from, db, 6379)).toBe(allowed);
  });

  it.each([
    ["the port", 6379, "TCP", true],
    ["another port", 6380, "TCP", false],
    ["another protocol", 6379, "UDP", false],
  ] as const)("lets them in on %s as it says", (_what, port, protocol, allowed) => {
    expect(passes(example, frontend, db, port, protocol)).toBe(allowed);
  });

  it.each([
    ["a block of addresses", address("10.0.0.1"), 5978, true],
    ["another port of them", address("10.0.0.1"), 5979, false],
    ["other addresses", address("10.0.1.0"), 5978, false],
    ["pods", frontend, 5978, false],
  ])("lets its pods out to %s as it says", (_what, to, port, allowed) => {
    expect(passes(example, db, to, port)).toBe(allowed);
  });

  it("leaves pods that it does not select as they are", () => {
    expect(passes(example, stranger, frontend, 80)).toBe(true);
  });

  it("keeps no pod from itself", () => {
    expect(passes(example, db, db, 1)).toBe(true);
  });
});

describe("peers", () => {
  const all = "podSelector: {}\npolicyTypes: [Ingress]\n";

  it("of one entry have to meet both selectors", () => {
    const both = network(`${all}ingress: [{ from: [{
      namespaceSelector: { matchLabels: { user: alice } },
      podSelector: { matchLabels: { role: client } } }] }]`);
    const own = pod("default", { role: "client" });
    const allowed = [client, theirs, own].map((from) => passes(both, from, db, 1));
    expect(allowed).toEqual([true, false, false]);
  });

  it("of two entries have to meet one", () => {
    const either = network(`${all}ingress: [{ from: [
      { namespaceSelector: { matchLabels: { user: alice } } },
      { podSelector: { matchLabels: { role: client } } }] }]`);
    const own = pod("default", { role: "client" });
    const allowed = [client, theirs, own, other].map((from) => passes(either, from, db, 1));
    expect(allowed).toEqual([true, true, true, false]);
  });

  it.each([
    ["no list of them is for everybody", "ingress: [{}]", [true, true, true]],
    ["an empty list is for everybody", "ingress: [{ from: [] }]", [true, true, true]],
    [
      "an empty podSelector is every pod of the namespace",
      "ingress: [{ from: [{ podSelector: {} }] }]",
      [true, false, false],
    ],
    [
      "an empty namespaceSelector is every pod of the cluster",
      "ingress: [{ from: [{ namespaceSelector: {} }] }]",
      [true, true, false],
    ],
    ["no rule is for nobody", "ingress: []", [false, false, false]],
  ])("%s", (_what, rules, allowed) => {
    const some = network(all + rules);
    const sources = [other, theirs, address("192.0.2.1")];
    expect(sources.map((from) => passes(some, from, db, 1))).toEqual(allowed);
  });

  it("of namespaces by name are those with the label of the API server", () => {
    const named = network(`
      podSelector: {}
      policyTypes: [Egress]
      egress:
        - to:
            - namespaceSelector:
                matchExpressions:
                  - { key: kubernetes.io/metadata.name, operator: In, values: [theirs, more] }
    `);
    const allowed = [theirs, stranger, db].map((to) => passes(named, other, to, 1));
    expect(allowed).toEqual([true, false, false]);
  });

  it("that are addresses are pods too, where they have them", () => {
    const wide = network(`${all}ingress: [{ from: [{ ipBlock: { cidr: 10.244.0.0/16 } }] }]`);
    expect(passes(wide, stranger, db, 1)).toBe(true);
  });

  it("may have addresses of IPv6", () => {
    const six = network(`${all}ingress: [{ from: [{ ipBlock: { cidr: "2001:db8::/64" } }] }]`);
    const sources = ["2001:db8::1", "2001:db8:1::1", "192.0.2.1"].map(address);
    expect(sources.map((from) => passes(six, from, db, 1))).toEqual([true, false, false]);
  });
});

describe("the types of a policy", () => {
  it.each([
    ["are those that it names", "policyTypes: [Egress]", [false, true]],
    ["are both where it names both", "policyTypes: [Ingress, Egress]", [true, true]],
    ["are ingress by default", "ingress: []", [true, false]],
    ["are egress too where it has rules of that kind", "egress: [{}]", [true, true]],
  ])("%s", (_what, spec, isolated) => {
    const some = network(`podSelector: {}\n${spec}`);
    expect([some.isolates(db, "ingress"), some.isolates(db, "egress")]).toEqual(isolated);
  });

  it("decide which of its rules count", () => {
    const some = network("podSelector: {}\npolicyTypes: [Egress]\ningress: []\negress: [{}]");
    expect(passes(some, stranger, db, 1)).toBe(true);
  });

  it("are for pods of its own namespace", () => {
    const some = network("podSelector: {}\npolicyTypes: [Ingress]");
    expect(some.isolates(theirs, "ingress")).toBe(false);
  });
});

describe("ports", () => {
  const open = (ports: string): Network =>
    network(`podSelector: {}\npolicyTypes: [Ingress]\ningress: [{ ports: ${ports} }]`);

  it("of a range are all from the first to the last", () => {
    const range = open("[{ protocol: TCP, port: 32000, endPort: 32768 }]");
    const tried = [31999, 32000, 32500, 32768, 32769];
    const allowed = tried.map((port) => passes(range, stranger, db, port));
    expect(allowed).toEqual([false, true, true, true, false]);
  });

  it("are those of TCP unless they say otherwise", () => {
    const port = open("[{ port: 53 }]");
    const allowed = [passes(port, stranger, db, 53), passes(port, stranger, db, 53, "UDP")];
    expect(allowed).toEqual([true, false]);
  });

  it("without a number are all of a protocol", () => {
    const udp = open("[{ protocol: UDP }]");
    const allowed = [passes(udp, stranger, db, 9, "UDP"), passes(udp, stranger, db, 9)];
    expect(allowed).toEqual([true, false]);
  });

  it.each(["[]", "~"])("given as %s are all of all protocols", (list) => {
    const all = network(
      `podSelector: {}\npolicyTypes: [Ingress]\ningress: [{ ${list === "~" ? "" : `ports: ${list}`} }]`,
    );
    expect(passes(all, stranger, db, 9, "SCTP")).toBe(true);
  });

  it("by name are those of the pod that is reached, by number and protocol", () => {
    const named = open("[{ port: http }]");
    const ports = [{ name: "http", number: 8080, protocol: "TCP" as const }];
    const server = { ...pod("default"), ports };
    const datagrams = {
      ...pod("default"),
      ports: [{ ...ports[0], number: 8080, protocol: "UDP" as const }],
    };
    expect([
      passes(named, stranger, server, 8080),
      passes(named, stranger, server, 80),
      passes(named, stranger, db, 8080),
      passes(named, stranger, datagrams, 8080),
    ]).toEqual([true, false, false, false]);
  });

  it("by name are resolved at the destination of egress too, and no address has any", () => {
    const named = network(
      "podSelector: { matchLabels: { role: other } }\negress: [{ ports: [{ port: http }] }]",
    );
    const ports = [{ name: "http", number: 8080, protocol: "TCP" as const }];
    const server = { ...pod("theirs"), ports };
    expect([
      passes(named, other, server, 8080),
      passes(named, other, address("192.0.2.1"), 8080),
    ]).toEqual([true, false]);
  });
});

describe("several policies", () => {
  const deny = "podSelector: {}\npolicyTypes: [Ingress, Egress]";

  it("add up: what one lets through, no other takes away", () => {
    const some = network(
      deny,
      "podSelector: { matchLabels: { role: db } }\ningress: [{ from: [{ namespaceSelector: {} }] }]",
    );
    const allowed = [passes(some, stranger, db, 1), passes(some, stranger, other, 1)];
    expect(allowed).toEqual([true, false]);
  });

  it("of both ends have to let a connection through", () => {
    const out =
      "podSelector: { matchLabels: { role: frontend } }\npolicyTypes: [Egress]\negress: [{}]";
    const into = "podSelector: { matchLabels: { role: db } }\ningress: [{}]";
    const results = [
      [deny, out],
      [deny, into],
      [deny, out, into],
    ].map((specs) => passes(network(...specs), frontend, db, 1));
    expect(results).toEqual([false, false, true]);
  });
});

describe("a policy that is not understood", () => {
  it.each([
    ["a field that is not known", "podSelector: {}\nfrom: []"],
    ["a rule with a field that is not known", "podSelector: {}\ningress: [{ to: [] }]"],
    ["a peer that is nobody", "podSelector: {}\ningress: [{ from: [{}] }]"],
    [
      "a peer of addresses and labels",
      "podSelector: {}\ningress: [{ from: [{ podSelector: {}, ipBlock: { cidr: 10.0.0.0/8 } }] }]",
    ],
    [
      "an operator that is not known",
      "podSelector: { matchExpressions: [{ key: a, operator: Like }] }",
    ],
  ])("is refused: %s", (_what, spec) => {
    expect(() => network(spec)).toThrow();
  });
});
