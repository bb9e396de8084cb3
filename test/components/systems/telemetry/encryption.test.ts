/** Proves how the databases' connections are encrypted; that a certificate is issued, only a real cluster shows. */
import type { Telemetry } from "../../../../components/systems/telemetry";
import { violations } from "../../../support/invariants";
import { envOf } from "../../../support/pods";
import { stackSettings } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";
import { databases, encrypted, jobOf, telemetry, telemetryOf } from "../../../support/telemetry";

let prod: Synthesis<Telemetry>;
beforeAll(async () => {
  prod = await telemetryOf("prod", encrypted.settings, encrypted.cluster);
});

describe.each(databases)("with a certificate, $server", ({ namespace, server }) => {
  let here: Synthesis<Telemetry>;
  beforeAll(() => {
    here = prod.within(namespace);
  });

  it("has it for the name by which its clients know it", () => {
    expect(here.object("Certificate", server).spec).toMatchObject({
      dnsNames: expect.arrayContaining([`${server}.${namespace}.svc.cluster.local`]) as unknown,
      issuerRef: { kind: "ClusterIssuer", name: "internal-ca" },
      secretName: `${server}-tls`,
    });
  });

  it("shows it to its clients", () => {
    const { spec } = here.object("StatefulSet", server).spec.template;
    expect(spec.containers[0]?.args).toEqual(
      expect.arrayContaining(["ssl=on", "ssl_cert_file=/tls/tls.crt", "ssl_key_file=/tls/tls.key"]),
    );
  });

  it("has clients that ask for it: set-up and migration", () => {
    const jobs = [`${server}-setup`, `${server}-migration`].map((name) => jobOf(here, name));
    expect(jobs.map((job) => envOf(here, job).PGSSLMODE)).toEqual(["require", "require"]);
  });

  it("has a sink that asks for it", () => {
    expect(envOf(here, "Deployment/redpanda-connect").DATABASE_DSN).toMatch(/\?sslmode=require$/);
  });
});

it("with a certificate, the reader's role is made over TLS", () => {
  const here = prod.within("timescaledb");
  expect(envOf(here, jobOf(here, "timescaledb-reader")).PGSSLMODE).toBe("require");
});

it("with a certificate, all that has to hold holds", () => {
  expect(violations(prod)).toEqual([]);
});

it("in the team's prod, both databases have a certificate", async () => {
  const synthesis = await telemetry(stackSettings("prod"));
  expect(synthesis.names("Certificate")).toEqual(["postgres", "timescaledb"]);
});

it("without one, no certificate is asked for", async () => {
  const dev = await telemetryOf("dev");
  expect(dev.objects("Certificate")).toEqual([]);
});
