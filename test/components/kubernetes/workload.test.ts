/** Proves what is declared of a server; that it comes up, the cluster tests show. */
import * as k8s from "@pulumi/kubernetes";

import { Claim } from "../../../components/kubernetes/claim";
import { Workload, type WorkloadArgs } from "../../../components/kubernetes/workload";
import { given } from "../../../components/scope";
import { testScope } from "../../support/scope";
import { server } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

const prod = testScope({ environment: "prod" });
const ingressCaller = {
  name: "ingress",
  peer: { kind: "namespace", namespace: "traefik" },
  ports: ["http"],
} as const;
const labels = { "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "acme" };

function workload(args: Partial<WorkloadArgs> = {}): Promise<Synthesis<Workload>> {
  return synth(() => new Workload("acme-web", server(args)));
}

describe("a server", () => {
  let synthesis: Synthesis<Workload>;
  beforeAll(async () => {
    synthesis = await workload();
  });

  it("runs one replica unless told otherwise", () => {
    expect(synthesis.object("Deployment", "web").spec.replicas).toBe(1);
  });

  it("has an account of its own, without a token of the API server", () => {
    const account = synthesis.object("ServiceAccount", "web");
    expect(account.automountServiceAccountToken).toBe(false);
  });

  it("starts its new pod before it stops the old one", () => {
    expect(synthesis.object("Deployment", "web").spec.strategy).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  it("selects its pods by labels that never change", () => {
    expect(synthesis.object("Deployment", "web").spec.selector).toEqual({ matchLabels: labels });
  });

  it("says what it is for", () => {
    const { annotations } = synthesis.object("Deployment", "web").metadata;
    expect(annotations["kubernetes.io/description"]).toBe("A server under test");
  });

  it("has no Service unless it serves others", () => {
    expect(synthesis.objects("Service")).toEqual([]);
  });

  it("lets nobody in unless a caller is named", () => {
    expect(synthesis.objects("NetworkPolicy")).toEqual([]);
  });

  it.each(["Deployment", "StatefulSet"] as const)(
    "is waited for as long as the cluster's setting says, as a %s",
    async (kind) => {
      const scope = testScope({ cluster: { readySeconds: 90 } });
      const { timeouts } = (await workload({ scope, kind })).resource(`${kind}/web`);
      expect(timeouts).toEqual({ create: "90s", update: "90s" });
    },
  );

  it("has Kubernetes' own 30 seconds to stop", () => {
    const { spec } = synthesis.object("Deployment", "web").spec.template;
    expect(spec.terminationGracePeriodSeconds).toBe(30);
  });
});

/** How the pods of a server that mounts a volume take turns. */
async function turns(shared: boolean): Promise<string> {
  const synthesis = await synth(() => {
    const data = { scope: testScope(), name: "data", volume: { size: "1Gi" }, retention: given };
    const claim = new Claim("acme-data", { ...data, shared });
    new Workload("acme-web", server({ mounts: [{ kind: "claim", claim, path: "/data" }] }));
  });
  return synthesis.object("Deployment", "web").spec.strategy.type;
}

describe("a server with a volume", () => {
  it("stops the old pod before it starts the new one, because two cannot write it", async () => {
    expect(await turns(false)).toBe("Recreate");
  });

  it("starts its new pod first where the volume is shared", async () => {
    expect(await turns(true)).toBe("RollingUpdate");
  });

  it("is a StatefulSet where even a lost node must not make two pods of one", async () => {
    const synthesis = await workload({ kind: "StatefulSet", serves: ["http"] });
    expect(synthesis.object("StatefulSet", "web").spec).toMatchObject({
      replicas: 1,
      selector: { matchLabels: labels },
      serviceName: "web",
    });
  });
});

describe("a server that works on what only one pod may hold", () => {
  it("stops the old pod before it starts the new one", async () => {
    const synthesis = await workload({ exclusive: true });
    expect(synthesis.object("Deployment", "web").spec.strategy).toEqual({ type: "Recreate" });
  });
});

describe("a server that serves others", () => {
  let synthesis: Synthesis<Workload>;
  beforeAll(async () => {
    synthesis = await workload({ ports: { http: 8080, admin: 9000 }, serves: ["http"] });
  });

  it("offers the ports that it names, and no other", () => {
    expect(synthesis.object("Service", "web").spec).toMatchObject({
      type: "ClusterIP",
      selector: labels,
      ports: [{ name: "http", port: 8080, targetPort: "http", protocol: "TCP" }],
    });
  });

  it("does not wait for its Service, which the provider would take ten seconds over", () => {
    const { annotations } = synthesis.object("Service", "web").metadata;
    expect(annotations["pulumi.com/skipAwait"]).toBe("true");
  });

  it("is reached by its full DNS name", () => {
    expect(synthesis.value.endpoint("http")).toMatchObject({
      name: "web",
      host: "web.acme.svc.cluster.local",
      port: 8080,
      peer: { kind: "pods", namespace: "acme", labels },
    });
  });

  it("has clients wait for itself and its Service", async () => {
    const client = await synth(() => {
      const to = new Workload("acme-web", server({ serves: ["http"] })).endpoint("http");
      new Workload("acme-client", server({ name: "client", connections: [{ to, env: {} }] }));
    });
    expect(client.waits("Deployment/client")).toEqual(
      expect.arrayContaining(["Deployment/web", "Service/web"]),
    );
  });

  it("has no port but its own", () => {
    expect(() => synthesis.value.endpoint("https")).toThrow(
      "no port is called https; there are http, admin",
    );
  });
});

describe("replicas that talk to each other", () => {
  let synthesis: Synthesis<Workload>;
  beforeAll(async () => {
    synthesis = await workload({ peerPorts: [4369, 9100] });
  });

  it("find one another by a headless Service, also while they start", () => {
    expect(synthesis.object("Service", "web-peers").spec).toMatchObject({
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: labels,
    });
  });

  it.each([
    ["out", "web-to-web", "egress"],
    ["in", "web-from-web", "ingress"],
  ] as const)("let each other %s, on those ports alone", (_, name, direction) => {
    const [rule] = synthesis.object("NetworkPolicy", name).spec[direction];
    expect(rule?.ports.map(({ port }) => port)).toEqual([4369, 9100]);
  });
});

describe("a caller from outside the system", () => {
  it("reaches the ports that it is named for, from its namespace", async () => {
    const callers = [ingressCaller];
    const synthesis = await workload({ callers });
    expect(synthesis.object("NetworkPolicy", "web-from-ingress").spec).toEqual({
      podSelector: { matchLabels: labels },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } } },
          ],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
    });
  });
});

describe("a server's availability", () => {
  const two = { scaling: { type: "fixed", replicas: 2 } } as const;

  it("is guarded by a budget that drains one pod at a time, and broken ones always", async () => {
    const synthesis = await workload({ scope: prod });
    expect(synthesis.object("PodDisruptionBudget", "web").spec).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: labels },
    });
  });

  it("needs no budget where the environment is not highly available", async () => {
    expect((await workload(two)).objects("PodDisruptionBudget")).toEqual([]);
  });

  it("spreads replicas over zones and nodes, without refusing to run", async () => {
    const { spec } = (await workload({ scope: prod, ...two })).object("Deployment", "web").spec
      .template;
    expect(spec.topologySpreadConstraints).toEqual(
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: labels },
      })),
    );
  });

  it("has nothing to spread with one replica", async () => {
    const { spec } = (await workload({ scope: prod })).object("Deployment", "web").spec.template;
    expect(spec.topologySpreadConstraints).toBeUndefined();
  });
});

describe("a server's start", () => {
  it("waits for the namespace's limits, its account, its ways and its Service", async () => {
    const synthesis = await synth(() => {
      const ready = [new k8s.core.v1.ConfigMap("ready", { metadata: { name: "ready" } })];
      const callers = [ingressCaller];
      const scope = testScope({ ready });
      return new Workload("acme-web", server({ scope, serves: ["http"], callers }));
    });
    expect(synthesis.waits("Deployment/web")).toEqual([
      "ConfigMap/ready",
      "ServiceAccount/web",
      "NetworkPolicy/web-from-ingress",
      "Service/web",
    ]);
  });

  it("waits for what has to be done before", async () => {
    const synthesis = await synth(() => {
      const after = [new k8s.core.v1.ConfigMap("migrated", { metadata: { name: "migrated" } })];
      return new Workload("acme-web", server({ after }));
    });
    expect(synthesis.waits("Deployment/web")).toContain("ConfigMap/migrated");
  });
});
