/** Proves which ways in there are and who may take them; that a controller follows, only a real cluster shows. */
import type { FaultMaven } from "../../../../components/systems/faultmaven";
import { blue, faultmavenOf, green } from "../../../support/faultmaven";
import type { Synthesis } from "../../../support/synth";

const sourceRanges = ["198.51.100.0/24", "2001:db8::/32"];
const tracks = [blue, green];

let prod: Synthesis<FaultMaven>;
beforeAll(async () => {
  prod = await faultmavenOf("prod");
});

/** The policies that let somebody in at the application who is none of its own pods. */
function callers(synthesis: Synthesis<unknown>): string[] {
  return synthesis.names("NetworkPolicy").filter((name) => /^faultmaven-\w+-from-/.test(name));
}

describe("FaultMaven's Service", () => {
  it("is reached by the cluster alone unless the settings say more", () => {
    expect(prod.object("Service", "faultmaven").spec).toMatchObject({
      type: "ClusterIP",
      ports: [{ port: 80 }],
    });
  });

  it("that is a LoadBalancer lets the named addresses in, and shows the policy who asks", async () => {
    const service = { type: "LoadBalancer", sourceRanges };
    const open = await faultmavenOf("prod", { service });
    expect(open.object("Service", "faultmaven").spec).toMatchObject({
      type: "LoadBalancer",
      loadBalancerSourceRanges: sourceRanges,
      externalTrafficPolicy: "Local",
    });
  });

  it("that is a NodePort shows the policy who asks", async () => {
    const open = await faultmavenOf("prod", { service: { type: "NodePort", sourceRanges } });
    expect(open.object("Service", "faultmaven").spec).toMatchObject({
      type: "NodePort",
      externalTrafficPolicy: "Local",
    });
  });

  it.each(["LoadBalancer", "NodePort"])(
    "that is a %s admits the named addresses to both tracks, so that a switch opens nothing",
    async (type) => {
      const open = await faultmavenOf("prod", { tracks, service: { type, sourceRanges } });
      const rules = tracks.map(
        ({ name }) =>
          open.object("NetworkPolicy", `faultmaven-${name}-from-outside`).spec.ingress[0],
      );
      const rule = {
        from: sourceRanges.map((cidr) => ({ ipBlock: { cidr } })),
        ports: [{ protocol: "TCP", port: 8000 }],
      };
      expect(rules).toEqual([rule, rule]);
    },
  );

  it("of the track beside the live one is never reached from outside", async () => {
    const service = { type: "LoadBalancer", sourceRanges };
    const open = await faultmavenOf("prod", { tracks, service });
    expect(open.object("Service", "faultmaven-preview").spec.type).toBe("ClusterIP");
  });

  it("waits for the replicas, so that it never leads to nobody", () => {
    expect(prod.waits("Service/faultmaven")).toContain("Deployment/faultmaven-blue");
  });
});

describe("FaultMaven's ingress", () => {
  it("is that of document 002: class nginx, the whole host, a certificate for it", () => {
    expect(prod.object("Ingress", "faultmaven").spec).toEqual({
      ingressClassName: "nginx",
      rules: [
        {
          host: "faultmaven.example.com",
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: "faultmaven", port: { number: 80 } } },
              },
            ],
          },
        },
      ],
      tls: [{ hosts: ["faultmaven.example.com"], secretName: "wildcard-tls" }],
    });
  });

  it("has its certificate from an issuer where the settings name one, in document 002's Secret", async () => {
    const tls = { from: "issuer", clusterIssuer: "letsencrypt-prod" };
    const capabilities = { certManager: true };
    const issued = await faultmavenOf("prod", { ingress: { tls } }, { capabilities });
    const { metadata, spec } = issued.object("Ingress", "faultmaven");
    expect(metadata.annotations).toEqual({ "cert-manager.io/cluster-issuer": "letsencrypt-prod" });
    expect(spec.tls).toEqual([{ hosts: ["faultmaven.example.com"], secretName: "faultmaven-tls" }]);
  });

  it("limits the rate in nginx's own words", async () => {
    const limited = await faultmavenOf("prod", { ingress: { requestsPerSecond: 20 } });
    expect(limited.object("Ingress", "faultmaven").metadata.annotations).toEqual({
      "nginx.ingress.kubernetes.io/limit-rps": "20",
    });
  });

  it("takes the settings' own annotations", async () => {
    const annotations = { "nginx.ingress.kubernetes.io/proxy-body-size": "50m" };
    const large = await faultmavenOf("prod", { ingress: { annotations } });
    expect(large.object("Ingress", "faultmaven").metadata.annotations).toEqual(annotations);
  });

  it("lets the controller in from its namespace, and nobody else", () => {
    expect(callers(prod)).toEqual(["faultmaven-blue-from-ingress"]);
    const { spec } = prod.object("NetworkPolicy", "faultmaven-blue-from-ingress");
    expect(spec.ingress).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } },
          },
        ],
        ports: [{ protocol: "TCP", port: 8000 }],
      },
    ]);
  });

  it("is not there in dev, and nobody is let in", async () => {
    const dev = await faultmavenOf("dev");
    expect([dev.names("Ingress"), callers(dev)]).toEqual([[], []]);
  });

  it("that is off lets no controller in at the one track", async () => {
    const closed = await faultmavenOf("prod", { ingress: { enabled: false } });
    expect([closed.names("Ingress"), callers(closed)]).toEqual([[], []]);
  });
});
