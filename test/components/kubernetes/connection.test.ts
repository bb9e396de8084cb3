/** Proves what is declared; that a network plugin enforces the policies, only a real cluster shows. */
import * as k8s from "@pulumi/kubernetes";

import {
  authority,
  type Endpoint,
  externalEndpoint,
  type Peer,
} from "../../../components/kubernetes/connection";
import { Workload } from "../../../components/kubernetes/workload";
import { testScope } from "../../support/scope";
import { server } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

const databaseLabels = { "app.kubernetes.io/name": "db", "app.kubernetes.io/part-of": "acme" };
const webLabels = { "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "acme" };

/** A workload `web` that connects to `db` at `peer`. */
function connected(peer: Peer, to: Partial<Endpoint> = {}): Promise<Synthesis<Workload>> {
  return synth(() => {
    const ready = [new k8s.core.v1.ConfigMap("db", { metadata: { name: "db-is-up" } })];
    const endpoint = { name: "db", host: "db.acme.svc", port: 5432, peer, ready, ...to };
    const connections = [{ to: endpoint, env: { DB_HOST: endpoint.host } }];
    return new Workload("acme-web", server({ name: "web", connections }));
  });
}

const sameNamespace: Peer = { kind: "pods", namespace: "acme", labels: databaseLabels };
const otherNamespace: Peer = { ...sameNamespace, namespace: "shared" };

describe("a connection to pods", () => {
  let synthesis: Synthesis<Workload>;
  beforeAll(async () => {
    synthesis = await connected(sameNamespace);
  });

  it("gives the consumer its variables", () => {
    const [container] = synthesis.object("Deployment", "web").spec.template.spec.containers;
    expect(container?.env).toEqual([{ name: "DB_HOST", value: "db.acme.svc" }]);
  });

  it("makes the consumer wait until the other side is up", () => {
    expect(synthesis.waits("Deployment/web")).toContain("ConfigMap/db-is-up");
  });

  it("lets the consumer out to the other side's pods and port alone", () => {
    expect(synthesis.object("NetworkPolicy", "web-to-db").spec).toEqual({
      podSelector: { matchLabels: webLabels },
      policyTypes: ["Egress"],
      egress: [
        {
          to: [{ podSelector: { matchLabels: databaseLabels } }],
          ports: [{ protocol: "TCP", port: 5432 }],
        },
      ],
    });
  });

  it("lets the consumer's pods in at the other side, to that port alone", () => {
    expect(synthesis.object("NetworkPolicy", "db-from-web").spec).toEqual({
      podSelector: { matchLabels: databaseLabels },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: webLabels } }],
          ports: [{ protocol: "TCP", port: 5432 }],
        },
      ],
    });
  });

  it("makes the consumer wait for its way there", () => {
    expect(synthesis.waits("Deployment/web")).toEqual(
      expect.arrayContaining(["NetworkPolicy/web-to-db", "NetworkPolicy/db-from-web"]),
    );
  });

  it("opens no other way", () => {
    expect(synthesis.names("NetworkPolicy")).toEqual(["db-from-web", "web-to-db"]);
  });
});

describe("a connection to another namespace", () => {
  let synthesis: Synthesis<Workload>;
  beforeAll(async () => {
    synthesis = await connected(otherNamespace);
  });

  it("lets the consumer out to that namespace's pods", () => {
    const { spec } = synthesis.object("NetworkPolicy", "web-to-db");
    expect(spec.egress[0]?.to).toEqual([
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shared" } },
        podSelector: { matchLabels: databaseLabels },
      },
    ]);
  });

  it("lets the consumer's pods of this namespace in there", () => {
    const { spec } = synthesis.object("NetworkPolicy", "db-from-web");
    expect(spec.ingress[0]?.from).toEqual([
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "acme" } },
        podSelector: { matchLabels: webLabels },
      },
    ]);
  });

  it("puts the policy of the other side into its namespace", () => {
    const { metadata } = synthesis.object("NetworkPolicy", "db-from-web");
    expect(metadata.namespace).toBe("shared");
  });
});

describe("a connection to a Service elsewhere in the cluster", () => {
  const host = "db.shared.svc.cluster.local";
  const endpoint = externalEndpoint(testScope(), "db", host, 5432);

  it("lets the consumer out to that Service's namespace, without a setting of addresses", async () => {
    const { spec } = (await connected(endpoint.peer)).object("NetworkPolicy", "web-to-db");
    expect(spec.egress[0]?.to).toEqual([
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shared" } } },
    ]);
  });

  it("leaves the other side to whoever it belongs to", async () => {
    expect((await connected(endpoint.peer)).names("NetworkPolicy")).toEqual(["web-to-db"]);
  });

  it("goes by the host that the settings name", () => {
    expect(authority(endpoint)).toBe("db.shared.svc.cluster.local:5432");
  });

  it("waits for nothing, because nobody here starts it", () => {
    expect(endpoint.ready).toEqual([]);
  });
});

describe("a connection to an external service", () => {
  const cluster = { externalCidrs: { "db.example.com": ["10.1.0.0/24", "10.2.0.0/24"] } };
  const endpoint = externalEndpoint(testScope({ cluster }), "db", "db.example.com", 6432);

  it("lets the consumer out to the host's addresses alone", async () => {
    const { spec } = (await connected(endpoint.peer)).object("NetworkPolicy", "web-to-db");
    expect(spec.egress[0]?.to).toEqual([
      { ipBlock: { cidr: "10.1.0.0/24" } },
      { ipBlock: { cidr: "10.2.0.0/24" } },
    ]);
  });

  it("has no other side here", async () => {
    expect((await connected(endpoint.peer)).names("NetworkPolicy")).toEqual(["web-to-db"]);
  });

  it("waits for nothing, because nobody here starts it", () => {
    expect(endpoint.ready).toEqual([]);
  });

  it("has an address of host and port", () => {
    expect(authority(endpoint)).toBe("db.example.com:6432");
  });

  it("is refused where nobody knows the host's addresses, because no address would mean all", () => {
    expect(() => externalEndpoint(testScope(), "db", "unknown.example.com", 80)).toThrow(
      "platform:cluster.externalCidrs has no addresses of unknown.example.com",
    );
  });
});
