/** Proves what is asked of cert-manager; that it issues a certificate, only a real cluster shows. */
import { certificate, type CertificateArgs } from "../../../components/kubernetes/certificate";
import { roleIn } from "../../../components/scope";
import { testScope } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";

const args: CertificateArgs = {
  scope: roleIn(testScope(), "database"),
  name: "postgres",
  issuer: { kind: "ClusterIssuer", name: "internal-ca" },
  hosts: ["postgres.acme.svc.cluster.local", "postgres"],
};

describe("a certificate", () => {
  let synthesis: Synthesis<string>;
  beforeAll(async () => {
    synthesis = await synth(() => certificate("acme-postgres", args, {}));
  });

  it("is in a Secret named after its server", () => {
    const { spec } = synthesis.object("Certificate", "postgres");
    expect([spec.secretName, synthesis.value]).toEqual(["postgres-tls", "postgres-tls"]);
  });

  it("is for a server under all its names, and for nothing else", () => {
    expect(synthesis.object("Certificate", "postgres").spec).toMatchObject({
      dnsNames: ["postgres.acme.svc.cluster.local", "postgres"],
      usages: ["server auth"],
    });
  });

  it("belongs to its server's namespace and role", () => {
    const { namespace, labels } = synthesis.object("Certificate", "postgres").metadata;
    expect([namespace, labels["app.kubernetes.io/component"]]).toEqual(["acme", "database"]);
  });

  it("has a logical name of its own beside the server's", () => {
    expect(synthesis.resource("Certificate/postgres").name).toBe("acme-postgres-certificate");
  });

  it.each(["ClusterIssuer", "Issuer"] as const)("comes from an issuer of kind %s", async (kind) => {
    const issuer = { kind, name: "internal-ca" };
    const issued = await synth(() => certificate("acme-postgres", { ...args, issuer }, {}));
    expect(issued.object("Certificate", "postgres").spec.issuerRef).toEqual({
      group: "cert-manager.io",
      ...issuer,
    });
  });
});
