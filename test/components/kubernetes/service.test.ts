/** Proves what is declared of a Service; that a load balancer comes and filters, only a real cluster shows. */
import { service, type ServiceArgs, serviceCallers } from "../../../components/kubernetes/service";
import { Workload } from "../../../components/kubernetes/workload";
import { selectorLabels } from "../../../components/labels";
import { roleIn } from "../../../components/scope";
import type { ServiceSettings } from "../../../config/blocks";
import type { Manifests } from "../../support/manifests";
import { testScope } from "../../support/scope";
import { server } from "../../support/server";
import { synth } from "../../support/synth";

const scope = testScope();
const selector = selectorLabels(scope, "web");
const sourceRanges = ["192.0.2.0/24", "2001:db8::/32"];
const outside = (type: "NodePort" | "LoadBalancer"): ServiceSettings => ({ type, sourceRanges });

async function declared(args: Partial<ServiceArgs> = {}): Promise<Manifests["Service"]> {
  const ports = [{ name: "http", port: 80, targetPort: "http" }];
  const complete = { scope, name: "web", selector, ports, ...args };
  return (await synth(() => service("acme-web", complete, {}))).object("Service", "web");
}

async function specOf(settings: ServiceSettings): Promise<Manifests["Service"]["spec"]> {
  return (await declared({ settings })).spec;
}

describe("a Service", () => {
  it("is for the cluster alone unless told otherwise", async () => {
    expect((await declared()).spec.type).toBe("ClusterIP");
  });

  it("leads from its own port to the pods' named one", async () => {
    const { ports } = (await declared()).spec;
    expect(ports).toEqual([{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }]);
  });

  it("leads to the pods that its labels select", async () => {
    expect((await declared()).spec.selector).toEqual(selector);
  });

  it("is labelled with the role that it is for", async () => {
    const { labels } = (await declared({ scope: roleIn(scope, "backend") })).metadata;
    expect(labels["app.kubernetes.io/component"]).toBe("backend");
  });

  it("is not waited for, which would take the provider ten seconds", async () => {
    const { annotations } = (await declared()).metadata;
    expect(annotations["pulumi.com/skipAwait"]).toBe("true");
  });
});

describe("a headless Service", () => {
  it("answers with each pod's address, also while the pod starts", async () => {
    expect((await declared({ headless: true })).spec).toMatchObject({
      clusterIP: "None",
      publishNotReadyAddresses: true,
    });
  });
});

describe("a Service for the cluster alone", () => {
  const settings = { type: "ClusterIP" } as const;

  it("says nothing of clients from outside", async () => {
    const spec = await specOf(settings);
    expect(Object.keys(spec).sort()).toEqual(["ports", "selector", "type"]);
  });

  it("lets nobody in from outside", () => {
    expect(serviceCallers(settings, "http")).toEqual([]);
  });
});

describe.each(["NodePort", "LoadBalancer"] as const)("a Service of type %s", (type) => {
  it("keeps traffic on the node that it came to, or policies would see that node's address", async () => {
    expect(await specOf(outside(type))).toMatchObject({ type, externalTrafficPolicy: "Local" });
  });

  it("lets in the addresses that the settings name, to the port that it leads to", () => {
    expect(serviceCallers(outside(type), "http")).toEqual([
      { name: "outside", peer: { kind: "addresses", cidrs: sourceRanges }, ports: ["http"] },
    ]);
  });
});

describe("a load balancer", () => {
  it("refuses whoever comes from another address, before a node sees it", async () => {
    expect((await specOf(outside("LoadBalancer"))).loadBalancerSourceRanges).toEqual(sourceRanges);
  });
});

describe("a node's port", () => {
  it("leaves its clients' addresses to the policy: no load balancer is there to know them", async () => {
    expect(await specOf(outside("NodePort"))).not.toHaveProperty("loadBalancerSourceRanges");
  });
});

describe("a workload that is reached from outside the cluster", () => {
  it("has a policy that names the addresses, and the number of the pods' port", async () => {
    const callers = serviceCallers(outside("LoadBalancer"), "http");
    const synthesis = await synth(() => new Workload("acme-web", server({ callers })));
    expect(synthesis.object("NetworkPolicy", "web-from-outside").spec).toEqual({
      podSelector: { matchLabels: selector },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: sourceRanges.map((cidr) => ({ ipBlock: { cidr } })),
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
    });
  });
});
