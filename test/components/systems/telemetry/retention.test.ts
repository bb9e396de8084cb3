/** Proves what stays declared and protected; that a destroy leaves it, the cluster tests show. */
import type { Telemetry } from "../../../../components/systems/telemetry";
import { holdsData } from "../../../support/invariants/secrets";
import { titleOf } from "../../../support/manifests";
import { controllers } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { telemetryOf } from "../../../support/telemetry";

let running: Synthesis<Telemetry>;
let off: Synthesis<Telemetry>;
beforeAll(async () => {
  running = await telemetryOf("prod");
  off = await telemetryOf("prod", { enabled: false });
});

/** The URNs of everything that holds data or opens it. */
function data({ resources }: Synthesis<unknown>): string[] {
  return resources
    .filter(holdsData)
    .map(({ urn }) => urn)
    .sort();
}

const volumes = ["postgres", "timescaledb"];
/** A store's own, and that of its backups. */
const claims = volumes.flatMap((name) => [`${name}-backups`, `${name}-data`]);
const spaces = ["heatpump-settings", "mqtt-redpanda-bridge", "timescaledb"];

describe("a stack that is switched off", () => {
  it("runs nothing", () => {
    expect(controllers(off)).toEqual([]);
  });

  it("serves nothing", () => {
    expect(off.objects("Service")).toEqual([]);
  });

  it("keeps its namespaces and the volumes of its databases", () => {
    expect([off.names("Namespace"), off.names("PersistentVolumeClaim")]).toEqual([spaces, claims]);
  });

  it("keeps data and secrets under the URNs that they had", () => {
    expect(data(off)).toEqual(data(running));
  });

  it("keeps them protected", () => {
    expect(off.protected.sort()).toEqual(running.protected.sort());
  });

  it("names each of them, so that nobody keeps them by mistake", () => {
    expect(off.messages.map((message) => message.split(" is ")[0]).sort()).toEqual([
      "claim heatpump-settings/postgres-backups",
      "claim heatpump-settings/postgres-data",
      "claim timescaledb/timescaledb-backups",
      "claim timescaledb/timescaledb-data",
      ...spaces.map((name) => `namespace ${name}`),
      "secret heatpump-settings/postgres-credentials",
      "secret timescaledb/timescaledb-credentials",
      "secret timescaledb/timescaledb-reader",
    ]);
  });

  it("still refuses all traffic, in each namespace", () => {
    const policies = spaces.map((namespace) => off.within(namespace).names("NetworkPolicy"));
    expect(policies).toEqual(Array(3).fill(["default-deny", "dns-access"]));
  });

  it("has no databases, but says where its secrets are", () => {
    expect(off.value.outputs).toMatchObject({
      timescaledb: undefined,
      heatpumpSettings: undefined,
      secretNames: ["mqtt-credentials", "timescaledb-reader"],
    });
  });
});

describe("a database's own policy", () => {
  it.each([
    ["timescaledb", "timescaledb-data"],
    ["heatpumpSettings", "postgres-data"],
  ])("discards the data of %s alone", async (part, claim) => {
    const postgres = { data: "discard" };
    const synthesis = await telemetryOf("prod", { enabled: false, [part]: { postgres } });
    expect(synthesis.names("PersistentVolumeClaim")).toEqual(
      claims.filter((name) => name !== claim),
    );
  });
});

describe("a stack that is switched off and released", () => {
  let released: Synthesis<Telemetry>;
  beforeAll(async () => {
    released = await telemetryOf("prod", { enabled: false, data: "release" });
  });

  it("keeps all its data", () => {
    expect(data(released)).toEqual(data(running));
  });

  it("protects none of it, so that the next step can remove it", () => {
    expect(released.protected).toEqual([]);
  });
});

describe("a stack that is switched off and discarded", () => {
  let discarded: Synthesis<Telemetry>;
  beforeAll(async () => {
    discarded = await telemetryOf("prod", { enabled: false, data: "discard" });
  });

  it("is gone, with its namespaces and all its data", () => {
    expect(discarded.resources.filter(({ custom }) => custom).map(titleOf)).toEqual(["cluster"]);
  });

  it("has no outputs", () => {
    expect(discarded.value.outputs).toBeUndefined();
  });
});

describe("a running stack", () => {
  it.each(["release", "discard"])(
    "keeps all its data whatever its policy says: %s",
    async (policy) => {
      const written = { data: policy };
      const synthesis = await telemetryOf("prod", {
        ...written,
        timescaledb: { postgres: written },
        heatpumpSettings: { postgres: written },
      });
      expect(synthesis.protected.sort()).toEqual(running.protected.sort());
    },
  );

  it("keeps all its data while it is paused", async () => {
    const paused = await telemetryOf("prod", { paused: true });
    expect(paused.protected.sort()).toEqual(running.protected.sort());
  });

  it("has nothing to say of its data", () => {
    expect(running.messages).toEqual([]);
  });
});
