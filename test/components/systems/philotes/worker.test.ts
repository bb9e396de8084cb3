/** Proves what readers are told, allowed and made to wait for; that changes then flow, only a real cluster shows. */
import type { Philotes } from "../../../../components/systems/philotes";
import { sourceCheckSql } from "../../../../components/systems/philotes/source-sql";
import { philotesOf } from "../../../support/philotes";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";

const title = "Deployment/philotes-worker-main";

let dev: Synthesis<Philotes>;
let prod: Synthesis<Philotes>;
beforeAll(async () => {
  dev = await philotesOf("dev");
  prod = await philotesOf("prod", {}, { capabilities: { keda: true } });
});

describe("the only shard", () => {
  it("follows everything that the publication has", () => {
    const env = envOf(dev, title);
    expect([
      env.PHILOTES_CDC_REPLICATION_SLOT,
      env.PHILOTES_CDC_PUBLICATION,
      env.PHILOTES_CDC_TABLES,
    ]).toEqual(["philotes_cdc", "philotes_pub", undefined]);
  });

  it("buffers in Philotes' own database", () => {
    expect(envOf(dev, title).PHILOTES_DB_NAME).toBe("philotes");
  });
});

describe("one of several shards", () => {
  it("follows its own tables by its own slot, and buffers in its own database", () => {
    expect(envOf(prod, "Deployment/philotes-worker-orders")).toMatchObject({
      PHILOTES_CDC_PUBLICATION: "philotes_orders",
      PHILOTES_CDC_REPLICATION_SLOT: "philotes_orders",
      PHILOTES_CDC_TABLES: "public.orders",
      PHILOTES_DB_NAME: "philotes_orders",
    });
  });
});

describe("a reader", () => {
  it("lets go of its slot before the next one comes", () => {
    expect(dev.object("Deployment", "philotes-worker-main").spec.strategy).toEqual({
      type: "Recreate",
    });
  });

  it("is told the source with its password from the source's Secret", () => {
    expect(envOf(dev, title)).toMatchObject({
      PHILOTES_CDC_SOURCE_DATABASE: "shop",
      PHILOTES_CDC_SOURCE_HOST: "source-db.example.com",
      PHILOTES_CDC_SOURCE_PASSWORD: "secret philotes-source-credentials/password",
      PHILOTES_CDC_SOURCE_PORT: "5432",
      PHILOTES_CDC_SOURCE_SSLMODE: "disable",
      PHILOTES_CDC_SOURCE_USER: "philotes_reader",
    });
  });

  it("is told the catalogue without a path, because it appends the path itself", () => {
    expect(envOf(dev, title)).toMatchObject({
      PHILOTES_ICEBERG_CATALOG_URL: "http://philotes-lakekeeper.philotes.svc.cluster.local:8181",
      PHILOTES_ICEBERG_WAREHOUSE: "philotes",
    });
  });

  it.each([
    ["the source is fit and has its slots", /^Job\/philotes-source-check-/],
    ["the warehouse is there", /^Job\/philotes-lakekeeper-bootstrap-/],
    ["the database is there", /^Job\/philotes-postgresql-setup-/],
    ["the bucket is there", /^Job\/philotes-minio-setup-/],
  ])("waits until %s", (_, job) => {
    expect(dev.waits(title)).toContainEqual(expect.stringMatching(job));
  });

  it("serves its health and nothing else", () => {
    const { spec } = dev.object("Service", "philotes-worker-main");
    expect(spec.ports.map(({ name, port }) => [name, port])).toEqual([["health", 8081]]);
  });

  it.each(["readinessProbe", "livenessProbe"] as const)("has the %s delay of the sources", (at) => {
    const { spec } = dev.object("Deployment", "philotes-worker-main").spec.template;
    expect(spec.containers[0]?.[at].initialDelaySeconds).toBe(10);
  });

  it("is left out when there is no worker, with its check", async () => {
    const without = await philotesOf("dev", { worker: { enabled: false } });
    const left = [...without.names("Deployment"), ...without.names("Job")];
    expect(left.filter((name) => /worker|source/.test(name))).toEqual([]);
  });
});

describe("a reader under KEDA", () => {
  it("stays at one: none would let the log grow, and two cannot share a slot", () => {
    const { spec } = prod.object("ScaledObject", "philotes-worker-orders");
    expect([spec.minReplicaCount, spec.maxReplicaCount]).toEqual([1, 1]);
  });

  it("has its lag measured with the source's own password", () => {
    const { spec } = prod.object("TriggerAuthentication", "philotes-worker-orders");
    expect(spec.secretTargetRef).toEqual([
      { parameter: "password", name: "philotes-source-credentials", key: "password" },
    ]);
  });

  it("has one fixed replica where the cluster has no KEDA", async () => {
    const plain = await philotesOf("prod");
    expect([
      plain.names("ScaledObject"),
      plain.object("Deployment", "philotes-worker-orders").spec.replicas,
    ]).toEqual([[], 1]);
  });

  it("says so in the preview", async () => {
    const { messages } = await philotesOf("prod");
    expect(messages).toContain(
      "philotes-worker-orders runs one fixed replica: its scaling is keda, and this cluster has no KEDA",
    );
  });
});

describe("the check of the source", () => {
  const shard = { name: "a", slot: "slot_a", publication: "pub_a", tables: ["public.orders"] };
  const sql = sourceCheckSql("wal2json", [shard]);

  it("runs psql as the source's user, with the source's encryption", () => {
    const job = prod.names("Job").find((name) => name.startsWith("philotes-source-check")) ?? "";
    expect(envOf(prod, `Job/${job}`)).toEqual({
      PGDATABASE: "shop",
      PGHOST: "source-db.example.com",
      PGPASSWORD: "secret philotes-source-credentials/password",
      PGPORT: "5432",
      PGSSLMODE: "require",
      PGUSER: "philotes_reader",
    });
  });

  it("trusts the system's authorities where the host's name is verified", async () => {
    const strict = await philotesOf("dev", { worker: { source: { tlsMode: "verify-full" } } });
    const job = strict.names("Job").find((name) => name.startsWith("philotes-source-check")) ?? "";
    expect(envOf(strict, `Job/${job}`).PGSSLROOTCERT).toBe("system");
  });

  it.each([
    ["a server that decodes nothing", "wal_level", "ALTER SYSTEM SET wal_level = ''logical''"],
    [
      "a server whose disk a stopped reader would fill",
      "max_slot_wal_keep_size",
      "ALTER SYSTEM SET max_slot_wal_keep_size = ''4GB''",
    ],
  ])("refuses %s, and says what mends it", (_, setting, mend) => {
    expect(sql).toMatch(
      new RegExp(`RAISE EXCEPTION '${setting} is [^]*?HINT = '${mend.replace(/[()]/g, "\\$&")}`),
    );
  });

  it("makes the publication with the shard's tables, once", () => {
    expect(sql).toContain(
      `SELECT 'CREATE PUBLICATION "pub_a" FOR TABLE "public"."orders"'\n` +
        "  WHERE NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'pub_a') \\gexec",
    );
  });

  it("makes it for all tables where the shard names none", () => {
    expect(sourceCheckSql("pgoutput", [{ ...shard, tables: [] }])).toContain(
      `'CREATE PUBLICATION "pub_a" FOR ALL TABLES'`,
    );
  });

  it("makes the slot with its plugin, once", () => {
    expect(sql).toContain(
      "SELECT pg_create_logical_replication_slot('slot_a', 'wal2json')\n" +
        "  WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'slot_a');",
    );
  });

  it("runs again for other shards", async () => {
    const check = (synthesis: Synthesis<unknown>): string | undefined =>
      synthesis.names("Job").find((name) => name.startsWith("philotes-source-check"));
    const shards = [{ name: "main", slot: "other", publication: "philotes_pub" }];
    expect(check(await philotesOf("dev", { worker: { shards } }))).not.toBe(check(dev));
  });
});
