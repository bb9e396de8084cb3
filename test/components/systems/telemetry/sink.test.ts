/** Proves what is declared between Kafka and the databases; that rows arrive, the data tests show. */
import type { Telemetry } from "../../../../components/systems/telemetry";
import type { NetworkPolicy } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { databases, jobOf, namespaces, telemetryOf } from "../../../support/telemetry";

const sink = "Deployment/redpanda-connect";

let dev: Synthesis<Telemetry>;
beforeAll(async () => {
  dev = await telemetryOf("dev");
});

/** Who is let in from other namespaces, and where. */
function admitted(synthesis: Synthesis<unknown>): string[] {
  const policies: NetworkPolicy[] = synthesis.objects("NetworkPolicy");
  return policies.flatMap(({ spec }) =>
    (spec?.ingress ?? []).flatMap(({ from = [], ports = [] }) =>
      from
        .filter((peer) => peer.namespaceSelector !== undefined || peer.ipBlock !== undefined)
        .map((peer) => {
          const [namespace] = Object.values(peer.namespaceSelector?.matchLabels ?? {});
          const [pods] = Object.values(spec?.podSelector?.matchLabels ?? {});
          return `${namespace ?? "?"} to ${pods ?? "?"} ${ports.map(({ port }) => port).join()}`;
        }),
    ),
  );
}

describe.each(databases)("in $namespace", ({ namespace, server, secretName, part, owner }) => {
  let here: Synthesis<Telemetry>;
  beforeAll(() => {
    here = dev.within(namespace);
  });
  const migration = `${server}-migration`;
  const migrationOf = (synthesis: Synthesis<unknown>): string =>
    jobOf(synthesis.within(namespace), migration);

  it("the migration waits until role, database and extensions are there", () => {
    expect(here.waits(migrationOf(dev))).toContain(jobOf(here, `${server}-setup`));
  });

  it("the migration runs as the owner of the database", () => {
    expect(envOf(here, migrationOf(dev))).toEqual({
      PGDATABASE: owner,
      PGHOST: `${server}.${namespace}.svc.cluster.local`,
      PGPASSWORD: `secret ${secretName}/password`,
      PGPORT: "5432",
      PGSSLMODE: "disable",
      PGUSER: owner,
    });
  });

  it("the migration runs the image of its server, which has the client that fits", () => {
    const [container] = here.object("Job", migrationOf(dev).slice(4)).spec.template.spec.containers;
    const [running] = here.object("StatefulSet", server).spec.template.spec.containers;
    expect(container?.image).toBe(running?.image);
  });

  it("the migration does not run again for a setting of the sink", async () => {
    const other = await telemetryOf("dev", {
      connect: { image: "docker.io/redpandadata/connect:4.32.0" },
    });
    expect(migrationOf(other)).toBe(migrationOf(dev));
  });

  it("the sink waits for the tables, and for the topics", () => {
    expect(here.waits(sink)).toEqual(
      expect.arrayContaining([
        migrationOf(dev),
        jobOf(dev.within(namespaces.bridge), "kafka-topics"),
      ]),
    );
  });

  it("the sink's address of the database takes the password from the Secret", () => {
    expect(envOf(here, sink)).toMatchObject({
      DATABASE_DSN: `postgres://${owner}:$(DATABASE_PASSWORD)@${server}.${namespace}.svc.cluster.local:5432/${owner}?sslmode=disable`,
      DATABASE_PASSWORD: `secret ${secretName}/password`,
    });
  });

  it("the sink's files name no address and no password of a database", () => {
    const { data } = here.object("ConfigMap", "redpanda-connect-streams");
    expect(Object.values(data).join("\n")).not.toMatch(/postgres:\/\/|password/i);
  });

  it("the sink is one at most", () => {
    const { replicas, strategy } = here.object("Deployment", "redpanda-connect").spec;
    expect([replicas, strategy]).toEqual([1, { type: "Recreate" }]);
  });

  it("the sink is asked by /ping whether it lives, and by /ready whether it is ready", () => {
    const { template } = here.object("Deployment", "redpanda-connect").spec;
    const [container] = template.spec.containers;
    expect([
      container?.startupProbe.httpGet,
      container?.livenessProbe.httpGet,
      container?.readinessProbe.httpGet,
    ]).toEqual([
      { path: "/ping", port: "http" },
      { path: "/ping", port: "http" },
      { path: "/ready", port: "http" },
    ]);
  });

  it("the sink reads with a consumer group that no other cluster and no other stack has", () => {
    const { data } = here.object("ConfigMap", "redpanda-connect-streams");
    const streams = Object.entries(data).filter(([file]) => file !== "process.yaml");
    expect(
      streams.filter(([, text]) => !text.includes("consumer_group: test-dev-telemetry-")),
    ).toEqual([]);
  });

  it("the database is told its parameters", async () => {
    const parameters = { work_mem: "8MB" };
    const synthesis = await telemetryOf("dev", { [part]: { postgres: { parameters } } });
    const { spec } = synthesis.object("StatefulSet", server).spec.template;
    expect(spec.containers[0]?.args).toContain("work_mem=8MB");
  });
});

describe("the measurements", () => {
  const { timescaledb, heatpumpSettings } = namespaces;
  const readerOf = (synthesis: Synthesis<unknown>): string =>
    jobOf(synthesis.within(timescaledb), "timescaledb-reader");

  it("are kept by TimescaleDB, whose extension the set-up makes", () => {
    const { data } = dev.object("ConfigMap", "timescaledb-setup");
    expect(data["setup.sql"]).toContain('CREATE EXTENSION IF NOT EXISTS "timescaledb";');
  });

  it("are kept for another time by another run of the migration", async () => {
    const other = await telemetryOf("dev", { timescaledb: { retentionDays: 30 } });
    const migrations = [dev, other].map((one) =>
      jobOf(one.within(timescaledb), "timescaledb-migration"),
    );
    expect(new Set(migrations).size).toBe(2);
  });

  it("have a reader whose role is made after its tables", () => {
    expect(dev.waits(readerOf(dev))).toContain(
      jobOf(dev.within(timescaledb), "timescaledb-migration"),
    );
  });

  it("have a reader whose role the superuser makes", () => {
    expect(envOf(dev.within(timescaledb), readerOf(dev))).toEqual({
      DATABASE_NAME: "telemetry",
      PGDATABASE: "postgres",
      PGHOST: "timescaledb.timescaledb.svc.cluster.local",
      PGPASSWORD: "secret timescaledb-credentials/superuser-password",
      PGPORT: "5432",
      PGUSER: "postgres",
      READER_PASSWORD: "secret timescaledb-reader/password",
      READER_USER: "grafana",
    });
  });

  it("let Grafana's namespace in to the server, and nobody else from outside", () => {
    expect(admitted(dev.within(timescaledb))).toEqual(["grafana to timescaledb 5432"]);
  });

  it("let the reader in from where the settings say", async () => {
    const reader = { namespace: "dashboards" };
    const other = await telemetryOf("dev", { timescaledb: { reader } });
    expect(admitted(other.within(timescaledb))).toEqual(["dashboards to timescaledb 5432"]);
  });

  it("are all that has a reader: the heat pump's settings let nobody in", () => {
    const here = dev.within(heatpumpSettings);
    expect([admitted(here), here.names("Secret")]).toEqual([[], ["postgres-credentials"]]);
  });
});
