/** Proves what a controller is told; that it serves the host, only a real cluster shows. */
import { Ingress, ingressController } from "../../../components/kubernetes/ingress";
import { Workload } from "../../../components/kubernetes/workload";
import type { Ingress as IngressSettings } from "../../../config/blocks";
import type { Manifests } from "../../support/manifests";
import { testScope } from "../../support/scope";
import { server } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

const cluster = {
  ingressClasses: {
    traefik: { controller: "traefik", namespace: "kube-system" },
    public: { controller: "nginx", namespace: "ingress-nginx" },
  },
};
const plain: IngressSettings = {
  enabled: true,
  host: "web.example.com",
  className: "traefik",
  annotations: {},
};
const issuer = { from: "issuer", clusterIssuer: "letsencrypt" } as const;
const certificate = { from: "secret", secretName: "wildcard" } as const;

function ingress(
  settings: Partial<IngressSettings> = {},
  webSockets = false,
): Promise<Synthesis<Ingress>> {
  return synth(() => {
    const scope = testScope({ cluster });
    const to = new Workload("acme-web", server({ serves: ["http"] })).endpoint("http");
    return new Ingress("acme-web-ingress", {
      scope,
      settings: { ...plain, ...settings },
      to,
      webSockets,
    });
  });
}

async function specOf(settings: Partial<IngressSettings>): Promise<Manifests["Ingress"]["spec"]> {
  return (await ingress(settings)).object("Ingress", "web").spec;
}

async function annotationsOf(
  settings: Partial<IngressSettings>,
  webSockets = false,
): Promise<Record<string, string>> {
  return (await ingress(settings, webSockets)).object("Ingress", "web").metadata.annotations;
}

describe("an ingress", () => {
  it("leads from the host to the workload's Service", async () => {
    expect((await specOf({})).rules).toEqual([
      {
        host: "web.example.com",
        http: {
          paths: [
            {
              path: "/",
              pathType: "Prefix",
              backend: { service: { name: "web", port: { number: 8080 } } },
            },
          ],
        },
      },
    ]);
  });

  it("is served by the class that the settings name", async () => {
    expect((await specOf({ className: "public" })).ingressClassName).toBe("public");
  });

  it("comes after the workload, so that nobody is led to nothing", async () => {
    expect((await ingress()).waits("Ingress/web")).toContain("Deployment/web");
  });

  it("adds the annotations of the settings", async () => {
    const annotations = { "traefik.ingress.kubernetes.io/router.priority": "10" };
    expect(await annotationsOf({ annotations })).toEqual(annotations);
  });
});

describe("an ingress without a certificate", () => {
  it("has no TLS", async () => {
    expect(await specOf({})).not.toHaveProperty("tls");
  });

  it("has an http address", async () => {
    expect((await ingress()).value.url).toBe("http://web.example.com");
  });
});

describe("an ingress with a certificate", () => {
  it("takes it from a Secret that exists", async () => {
    expect((await specOf({ tls: certificate })).tls).toEqual([
      { hosts: ["web.example.com"], secretName: "wildcard" },
    ]);
  });

  it("takes it from cert-manager, in a Secret named after the workload", async () => {
    expect((await specOf({ tls: issuer })).tls).toEqual([
      { hosts: ["web.example.com"], secretName: "web-tls" },
    ]);
  });

  it("tells cert-manager which issuer to ask", async () => {
    expect(await annotationsOf({ tls: issuer, className: "public" })).toEqual({
      "cert-manager.io/cluster-issuer": "letsencrypt",
    });
  });

  it("asks no issuer for a certificate that exists", async () => {
    expect(await annotationsOf({ tls: certificate, className: "public" })).toEqual({});
  });

  it("has an https address", async () => {
    expect((await ingress({ tls: certificate })).value.url).toBe("https://web.example.com");
  });
});

describe("traefik", () => {
  it("is told to serve a host with a certificate over TLS alone", async () => {
    expect(await annotationsOf({ tls: certificate })).toEqual({
      "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
      "traefik.ingress.kubernetes.io/router.tls": "true",
    });
  });

  it("needs to be told nothing for WebSockets", async () => {
    expect(await annotationsOf({}, true)).toEqual({});
  });
});

describe("nginx", () => {
  const nginx = { className: "public" };

  it("is told to leave a silent WebSocket open for an hour", async () => {
    expect(await annotationsOf(nginx, true)).toEqual({
      "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
      "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
    });
  });

  it("is told the limit of each client's requests", async () => {
    expect(await annotationsOf({ ...nginx, requestsPerSecond: 20 })).toEqual({
      "nginx.ingress.kubernetes.io/limit-rps": "20",
    });
  });
});

describe("the controller as a caller", () => {
  const caller = (settings: Partial<IngressSettings>): unknown =>
    ingressController(testScope({ cluster }).cluster, { ...plain, ...settings }, "http");

  it.each([
    ["traefik", "kube-system"],
    ["public", "ingress-nginx"],
  ])("of class %s comes from %s", (className, namespace) => {
    const peer = { kind: "namespace", namespace };
    expect(caller({ className })).toEqual([{ name: "ingress", peer, ports: ["http"] }]);
  });

  it("is nobody where there is no ingress", () => {
    expect(caller({ enabled: false })).toEqual([]);
  });
});

describe("the challenge for a certificate", () => {
  it("reaches cert-manager's solver, through the controller alone", async () => {
    const { spec } = (await ingress({ tls: issuer })).object(
      "NetworkPolicy",
      "web-solver-from-ingress",
    );
    expect(spec).toEqual({
      podSelector: { matchLabels: { "acme.cert-manager.io/http01-solver": "true" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            },
          ],
          ports: [{ protocol: "TCP", port: 8089 }],
        },
      ],
    });
  });

  it("has no policy where the certificate is there already", async () => {
    expect((await ingress({ tls: certificate })).names("NetworkPolicy")).toEqual([]);
  });
});
