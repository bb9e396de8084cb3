/** Proves that the stack has the parts and names of document 004; that they work, only a real cluster shows. */
import type { Telemetry } from "../../../../components/systems/telemetry";
import { environments } from "../../../../config/environment";
import { tightQuota } from "../../../support/invariants/quota";
import { addressOf } from "../../../support/manifests";
import type { Synthesis } from "../../../support/synth";
import { namespaces, telemetryOf } from "../../../support/telemetry";

let dev: Synthesis<Telemetry>;
let prod: Synthesis<Telemetry>;
beforeAll(async () => {
  dev = await telemetryOf("dev");
  prod = await telemetryOf("prod");
});

/** `namespace Kind/name` of all objects of some kinds, Jobs without their hashes. */
function objects(synthesis: Synthesis<unknown>, ...kinds: readonly string[]): string[] {
  return synthesis.resources
    .map(addressOf)
    .filter((address) => kinds.some((kind) => address.includes(` ${kind}/`)))
    .map((address) => (address.includes(" Job/") ? address.replace(/-[a-z0-9]+$/, "") : address))
    .sort();
}

describe("the telemetry stack", () => {
  it("has three namespaces", () => {
    expect(prod.names("Namespace")).toEqual([
      "heatpump-settings",
      "mqtt-redpanda-bridge",
      "timescaledb",
    ]);
  });

  it("has the document's workloads, its databases as StatefulSets", () => {
    expect(objects(prod, "Deployment", "StatefulSet")).toEqual([
      "heatpump-settings Deployment/redpanda-connect",
      "heatpump-settings StatefulSet/postgres",
      "mqtt-redpanda-bridge Deployment/mqtt-redpanda-bridge",
      "timescaledb Deployment/redpanda-connect",
      "timescaledb StatefulSet/timescaledb",
    ]);
  });

  it("has Services by which its databases are found, and its processes' metrics", () => {
    expect(objects(prod, "Service")).toEqual([
      "heatpump-settings Service/postgres",
      "heatpump-settings Service/redpanda-connect",
      "mqtt-redpanda-bridge Service/mqtt-redpanda-bridge",
      "timescaledb Service/redpanda-connect",
      "timescaledb Service/timescaledb",
    ]);
  });

  it("has the document's Secrets, and one for the reader", () => {
    expect(objects(prod, "Secret")).toEqual([
      "heatpump-settings Secret/postgres-credentials",
      "mqtt-redpanda-bridge Secret/mqtt-credentials",
      "timescaledb Secret/timescaledb-credentials",
      "timescaledb Secret/timescaledb-reader",
    ]);
  });

  it("has a job for topics, set-ups, migrations and the reader's role", () => {
    expect(objects(prod, "Job")).toEqual([
      "heatpump-settings Job/postgres-migration",
      "heatpump-settings Job/postgres-setup",
      "mqtt-redpanda-bridge Job/kafka-topics",
      "timescaledb Job/timescaledb-migration",
      "timescaledb Job/timescaledb-reader",
      "timescaledb Job/timescaledb-setup",
    ]);
  });

  it.each([
    ["dev", "timescaledb-data", "5Gi"],
    ["dev", "postgres-data", "2Gi"],
    ["prod", "timescaledb-data", "50Gi"],
    ["prod", "postgres-data", "10Gi"],
  ] as const)("has in %s the claim %s of %s", (stack, name, storage) => {
    const synthesis = stack === "dev" ? dev : prod;
    const { resources } = synthesis.object("PersistentVolumeClaim", name).spec;
    expect(resources.requests).toEqual({ storage });
  });

  it("runs in other namespaces where the settings name some", async () => {
    const others = { bridge: "a", timescaledb: "b", heatpumpSettings: "c" };
    const synthesis = await telemetryOf("dev", { namespaces: others });
    expect(objects(synthesis, "Deployment")).toEqual([
      "a Deployment/mqtt-redpanda-bridge",
      "b Deployment/redpanda-connect",
      "c Deployment/redpanda-connect",
    ]);
  });
});

describe("the quota of each namespace", () => {
  const cases = environments.flatMap((stack) =>
    Object.values(namespaces).map((namespace) => [stack, namespace] as const),
  );

  it.each(cases)("holds in %s everything in %s without headroom", async (stack, namespace) => {
    const synthesis = await telemetryOf(stack, { quota: { headroomPercent: 0 } });
    expect(tightQuota(synthesis.within(namespace))).toEqual([]);
  });
});

describe("the outputs", () => {
  it("say where the databases are, and in which Secrets to look", () => {
    expect(prod.value.outputs).toEqual({
      phase: "parallel",
      namespaces,
      timescaledb: "timescaledb.timescaledb.svc.cluster.local:5432",
      heatpumpSettings: "postgres.heatpump-settings.svc.cluster.local:5432",
      secretNames: [
        "mqtt-credentials",
        "timescaledb-credentials",
        "timescaledb-reader",
        "postgres-credentials",
      ],
    });
  });
});
