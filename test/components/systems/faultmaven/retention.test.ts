/** Proves what stays declared and protected; that a destroy leaves it, the cluster tests show. */
import type { FaultMaven } from "../../../../components/systems/faultmaven";
import {
  addresses,
  blue,
  elsewhere,
  faultmaven,
  faultmavenOf,
  green,
} from "../../../support/faultmaven";
import { holdsData } from "../../../support/invariants/secrets";
import { titleOf } from "../../../support/manifests";
import { controllers } from "../../../support/pods";
import { settingsOf } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";

let running: Synthesis<FaultMaven>;
let off: Synthesis<FaultMaven>;
beforeAll(async () => {
  running = await faultmavenOf("prod");
  off = await faultmavenOf("prod", { enabled: false });
});

/** Everything that holds data or opens it, with all that the engine is told of it. */
function data({ resources }: Synthesis<unknown>): unknown[] {
  return resources
    .filter(holdsData)
    .map(({ urn, inputs, protect }) => ({ urn, inputs, protect }))
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

function urns({ resources }: Synthesis<unknown>): string[] {
  return resources
    .filter(holdsData)
    .map(({ urn }) => urn)
    .sort();
}

const claims = [
  "chromadb-backups",
  "chromadb-data",
  "faultmaven-data",
  "faultmaven-files-backups",
  "postgres-backups",
  "postgres-data",
  "redis-backups",
  "redis-data",
];
const secrets = ["faultmaven-secrets", "postgres", "redis"];

describe("a system that is switched off", () => {
  it("runs nothing", () => {
    expect(controllers(off)).toEqual([]);
  });

  it("serves nothing", () => {
    expect([...off.objects("Service"), ...off.objects("Ingress")]).toEqual([]);
  });

  it("keeps its namespace, its volumes and its Secrets", () => {
    expect([
      off.names("Namespace"),
      off.names("PersistentVolumeClaim"),
      off.names("Secret"),
    ]).toEqual([["faultmaven"], claims, secrets]);
  });

  it("keeps data, Secrets and passwords as they were: same URNs, inputs and protection", () => {
    expect(data(off)).toEqual(data(running));
  });

  it("keeps them as they were with the files in an object store too", async () => {
    const files = { use: "objectStore" };
    const stored = await faultmavenOf("prod", { files });
    expect(data(await faultmavenOf("prod", { enabled: false, files }))).toEqual(data(stored));
  });

  it("keeps a Secret with the addresses of external stores as it was", async () => {
    const password = { from: "setting", key: "byHand" };
    const { postgres, redis } = elsewhere;
    const stores = {
      postgres: { ...postgres, external: { ...postgres.external, password } },
      redis: { ...redis, external: { ...redis.external, password } },
    };
    const build = (enabled: boolean): Promise<Synthesis<FaultMaven>> =>
      faultmaven(
        settingsOf("prod", { faultmaven: { ...stores, enabled }, cluster: addresses }, ["byHand"]),
      );
    const before = await build(true);
    const after = await build(false);
    expect(after.names("Secret")).toContain("postgres-external");
    expect(data(after)).toEqual(data(before));
  });

  it("keeps nothing of a track, however many were up", async () => {
    const tracks = [blue, green];
    const both = await faultmavenOf("prod", { enabled: false, tracks });
    expect(data(both)).toEqual(data(off));
    expect(both.resources.map(titleOf).join()).not.toMatch(/blue|green/);
  });

  it("names each of them, so that nobody keeps them by mistake", () => {
    expect(off.messages.map((message) => message.split(" is ")[0]).sort()).toEqual([
      ...claims.map((name) => `claim faultmaven/${name}`),
      "namespace faultmaven",
      ...secrets.map((name) => `secret faultmaven/${name}`),
    ]);
  });

  it("says that each is kept and protected", () => {
    expect(off.messages.filter((message) => !message.includes(" is kept and protected;"))).toEqual(
      [],
    );
  });

  it("still refuses all traffic", () => {
    expect(off.names("NetworkPolicy")).toEqual(["default-deny", "dns-access"]);
  });

  it("has no address and no live track, but says where its secrets are", () => {
    expect(off.value.outputs).toEqual({
      namespace: "faultmaven",
      live: undefined,
      url: undefined,
      previewUrl: undefined,
      secretNames: ["faultmaven-secrets"],
    });
  });
});

describe("a part's own policy", () => {
  it.each([
    ["postgres", "postgres-data"],
    ["redis", "redis-data"],
    ["chromadb", "chromadb-data"],
  ])("discards the data of %s alone", async (part, claim) => {
    const synthesis = await faultmavenOf("prod", { enabled: false, [part]: { data: "discard" } });
    expect(synthesis.names("PersistentVolumeClaim")).toEqual(
      claims.filter((name) => name !== claim),
    );
  });

  it("discards the volume of files that are elsewhere now", async () => {
    const files = { use: "objectStore", sharedClaim: { data: "discard" } };
    const synthesis = await faultmavenOf("prod", { enabled: false, files });
    expect(synthesis.names("PersistentVolumeClaim")).not.toContain("faultmaven-data");
  });
});

describe("a system that is switched off and released", () => {
  let released: Synthesis<FaultMaven>;
  beforeAll(async () => {
    released = await faultmavenOf("prod", { enabled: false, data: "release" });
  });

  it("keeps all its data", () => {
    expect(urns(released)).toEqual(urns(running));
  });

  it("protects none of it, so that the next step can remove it", () => {
    expect(released.protected).toEqual([]);
  });
});

describe("a system that is switched off and discarded", () => {
  let discarded: Synthesis<FaultMaven>;
  beforeAll(async () => {
    discarded = await faultmavenOf("prod", { enabled: false, data: "discard" });
  });

  it("is gone, with its namespace and all its data", () => {
    expect(discarded.resources.filter(({ custom }) => custom).map(titleOf)).toEqual(["cluster"]);
  });

  it("has no outputs", () => {
    expect(discarded.value.outputs).toBeUndefined();
  });
});

describe("a running system", () => {
  it.each(["release", "discard"])("keeps all its data whatever its policy says: %s", async (to) => {
    const written = { data: to };
    const synthesis = await faultmavenOf("prod", {
      ...written,
      postgres: written,
      redis: written,
      chromadb: written,
      files: { sharedClaim: written, objectStore: written },
    });
    expect(synthesis.protected.sort()).toEqual(running.protected.sort());
  });

  it("has nothing to say of its data", () => {
    expect(running.messages).toEqual([]);
  });

  it("protects nothing in dev", async () => {
    expect((await faultmavenOf("dev")).protected).toEqual([]);
  });
});

describe("stores that become external", () => {
  let external: Synthesis<FaultMaven>;
  beforeAll(async () => {
    const { postgres, redis, chromadb } = elsewhere;
    external = await faultmavenOf("prod", { postgres, redis, chromadb }, addresses);
  });

  it("run nothing here any more", () => {
    expect(external.objects("StatefulSet")).toEqual([]);
  });

  it("keep volumes and passwords of the bundled ones under the URNs that they had", () => {
    expect(urns(external)).toEqual(urns(running));
  });

  it("keep them protected", () => {
    expect(external.protected.sort()).toEqual(running.protected.sort());
  });
});

describe("a rotated signing key", () => {
  it("leaves everything that was protected where it was", async () => {
    const rotated = await faultmavenOf("prod", {
      secrets: { jwtSecret: { from: "generated", rotation: 2 } },
    });
    expect(rotated.protected.filter((title) => !running.protected.includes(title))).toEqual([
      "faultmaven-secrets-jwt-secret-2",
    ]);
    expect(running.protected.filter((title) => !rotated.protected.includes(title))).toEqual([]);
  });
});

describe("another provider of the model", () => {
  it("touches no data but the one Secret that has its key", async () => {
    const model = { provider: "ollama", url: "http://ollama.example.com:11434" };
    const other = await faultmavenOf("prod", { model }, addresses);
    expect(urns(other)).toEqual(urns(running));
  });
});
