/** Proves that the invariants of whole systems take what is right, and find what is wrong. */
import { certificate } from "../../components/kubernetes/certificate";
import { Claim } from "../../components/kubernetes/claim";
import { ConfigFiles } from "../../components/kubernetes/config-files";
import { connect, type Endpoint } from "../../components/kubernetes/connection";
import { Namespace } from "../../components/kubernetes/namespace";
import { service, serviceCallers } from "../../components/kubernetes/service";
import { Workload, type WorkloadArgs } from "../../components/kubernetes/workload";
import { given, serviceHost } from "../../components/scope";
import { nothing, podDemand } from "../../config/demand";
import { invariants } from "../support/invariants";
import {
  aimlessPolicies,
  deadAddresses,
  oneSidedConnections,
  openPolicies,
  uselessPorts,
} from "../support/invariants/network";
import { sharedClaims, type Violations } from "../support/invariants/pods";
import { danglingObjects, danglingPods } from "../support/invariants/references";
import { malformedObjects, twins } from "../support/invariants/structure";
import { testScope } from "../support/scope";
import { resources, server } from "../support/server";
import { synth, type Synthesis } from "../support/synth";

const scope = testScope();

/** The namespace and, in it, `web` on port 8080 and its client, which is told the port 80 of a Service. */
function behindAService(
  opened: number,
  args: Partial<WorkloadArgs> = {},
): Promise<Synthesis<unknown>> {
  return synth(() => {
    new Namespace("acme-namespace", {
      place: scope,
      belonging: scope,
      settings: { enabled: true, namespace: "acme", data: "keep", quota: { headroomPercent: 0 } },
      demand: nothing,
      retention: given,
    });
    const web = new Workload("acme-web", server(args));
    const ports = [{ name: "http", port: 80, targetPort: "http" }];
    service("acme-web", { scope, name: "web", selector: web.podLabels, ports }, {});
    const client = new Workload(
      "acme-client",
      server({ name: "client", env: { WEB: `http://${serviceHost(scope, "web")}:80` } }),
    );
    const peer = { kind: "pods", namespace: "acme", labels: web.podLabels } as const;
    const to: Endpoint = { name: "web", host: "web", port: opened, peer, ready: [] };
    connect({ scope, name: "client", labels: client.podLabels, opts: {} }, "acme-client", to);
  });
}

const ofPods = invariants["what a pod reads, mounts or runs as exists before it"]!;
const ofTheNetwork: ((synthesis: Synthesis<unknown>) => Violations)[] = [
  aimlessPolicies,
  deadAddresses,
  oneSidedConnections,
  openPolicies,
  uselessPorts,
  danglingObjects,
  malformedObjects,
];

describe("a Service that leads to a named port of another number", () => {
  it("is right where policies open the pods' port", async () => {
    const synthesis = await behindAService(8080);
    expect(ofTheNetwork.flatMap((invariant) => invariant(synthesis))).toEqual([]);
  });

  it("is found where they open the Service's own", async () => {
    const synthesis = await behindAService(80);
    expect(uselessPorts(synthesis)).toEqual([
      "NetworkPolicy/web-from-client opens port 80 of Deployment/web, where nobody listens",
    ]);
    expect(deadAddresses(synthesis)).toEqual([
      "Deployment/client is told of web:80, but may not reach it",
    ]);
  });

  it("is found where no pod has a port of that name", async () => {
    const synthesis = await behindAService(8080, { ports: { metrics: 8080 } });
    expect(danglingObjects(synthesis)).toEqual(["Service/web leads to http, which no pod opens"]);
  });
});

describe("a policy that names addresses", () => {
  it("is right, though no pod is behind them", async () => {
    const callers = serviceCallers({ type: "NodePort", sourceRanges: ["192.0.2.0/24"] }, "http");
    const synthesis = await behindAService(8080, { callers });
    expect(ofTheNetwork.flatMap((invariant) => invariant(synthesis))).toEqual([]);
  });
});

describe("a volume that two kinds of pods mount", () => {
  const mounted = (shared: boolean): Promise<Synthesis<unknown>> =>
    synth(() => {
      const data = { scope, name: "data", volume: { size: "1Gi" }, retention: given };
      const claim = new Claim("acme-data", { ...data, shared });
      for (const name of ["web", "job"]) {
        const mounts = [{ kind: "claim", claim, path: "/data" }] as const;
        new Workload(`acme-${name}`, server({ name, mounts }));
      }
    });

  it("is right where it is for many", async () => {
    expect(sharedClaims(await mounted(true))).toEqual([]);
  });

  it("is found where it is for one node", async () => {
    expect(sharedClaims(await mounted(false))).toEqual(["data is mounted by several"]);
  });
});

describe("a Secret that a pod mounts", () => {
  const mounted = (issued: boolean): Promise<Synthesis<unknown>> =>
    synth(() => {
      const issuer = { kind: "Issuer", name: "internal-ca" } as const;
      if (issued) certificate("acme-web", { scope, name: "web", issuer, hosts: ["web"] }, {});
      const mounts = [{ kind: "secret", secretName: "web-tls", path: "/tls" }] as const;
      new Workload("acme-web", server({ mounts }));
    });

  it("is right where cert-manager makes it", async () => {
    expect(danglingPods(await mounted(true))).toEqual([]);
  });

  it("is found where nobody does", async () => {
    expect(danglingPods(await mounted(false))).toContain(
      "Deployment/web needs Secret/web-tls, which is not there",
    );
  });
});

describe("a system of two namespaces", () => {
  /** `web` in both, with files that are in its own, or in the first one alone. */
  const inBoth = (apart: boolean): Promise<Synthesis<unknown>> =>
    synth(() => {
      const [first, second] = ["one", "two"].map((namespace) => ({ ...scope, namespace }));
      for (const there of [first!, second!]) {
        const { namespace } = there;
        new Namespace(`acme-${namespace}`, {
          place: scope,
          belonging: scope,
          settings: { enabled: true, namespace, data: "keep", quota: { headroomPercent: 0 } },
          demand: podDemand(2, resources),
          retention: given,
        });
        const files = new ConfigFiles(`acme-${namespace}-files`, {
          scope: apart ? there : first!,
          name: apart ? "files" : `files-of-${namespace}`,
          files: { a: "1" },
        });
        const mounts = [{ kind: "files", files, path: "/etc/acme" }] as const;
        new Workload(`acme-${namespace}-web`, server({ scope: there, mounts }));
      }
    });

  it("may have two objects of one kind and name", async () => {
    const synthesis = await inBoth(true);
    expect([synthesis.names("Deployment"), twins(synthesis)]).toEqual([["web", "web"], []]);
  });

  it("has in each what its pods need", async () => {
    expect(ofPods(await inBoth(true), {})).toEqual([]);
  });

  it("is found where a pod needs what only the other one has", async () => {
    expect(ofPods(await inBoth(false), {})).toContain(
      "Deployment/web needs ConfigMap/files-of-two, which is not there",
    );
  });
});
