/** Proves what stays declared and protected; that a destroy leaves it, the cluster tests show. */
import type { Philotes } from "../../../../components/systems/philotes";
import { holdsData } from "../../../support/invariants/secrets";
import { titleOf } from "../../../support/manifests";
import { philotesOf } from "../../../support/philotes";
import { controllers } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";

let running: Synthesis<Philotes>;
let off: Synthesis<Philotes>;
beforeAll(async () => {
  running = await philotesOf("staging");
  off = await philotesOf("staging", { enabled: false });
});

/** The URNs of everything that holds data or opens it. */
function data({ resources }: Synthesis<unknown>): string[] {
  return resources
    .filter(holdsData)
    .map(({ urn }) => urn)
    .sort();
}

const volumes = ["philotes-minio", "philotes-postgresql"];
/** A store's own, and that of its backups. */
const claims = volumes.flatMap((name) => [`${name}-backups`, `${name}-data`]);
const secrets = ["api", "lakekeeper", "minio", "postgresql"].map((part) => `philotes-${part}`);

describe("a system that is switched off", () => {
  it("runs and serves nothing", () => {
    expect([controllers(off), off.objects("Service"), off.objects("Ingress")]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it("keeps its data and secrets under the URNs that they had", () => {
    expect(data(off)).toEqual(data(running));
  });

  it("keeps them protected", () => {
    expect(off.protected.sort()).toEqual(running.protected.sort());
  });

  it("names each of them, so that nobody keeps them by mistake", () => {
    expect(off.messages.map((message) => message.split(" is ")[0]).sort()).toEqual([
      ...claims.map((name) => `claim philotes-staging/${name}`),
      "namespace philotes-staging",
      ...secrets.map((name) => `secret philotes-staging/${name}`),
    ]);
  });

  it("still refuses all traffic", () => {
    expect(off.names("NetworkPolicy")).toEqual(["default-deny", "dns-access"]);
  });

  it("has no address, but says where its secrets are", () => {
    expect(off.value.outputs).toEqual({
      namespace: "philotes-staging",
      secretNames: ["philotes-api", "philotes-source-credentials", "philotes-lakekeeper"],
    });
  });
});

describe("a running system", () => {
  it("has nothing to say of its data", () => {
    expect(running.messages).toEqual([]);
  });
});

describe("a system that is switched off and released", () => {
  let released: Synthesis<Philotes>;
  beforeAll(async () => {
    released = await philotesOf("staging", { enabled: false, data: "release" });
  });

  it("keeps all its data", () => {
    expect(data(released)).toEqual(data(running));
  });

  it("protects none of it, so that the next step can remove it", () => {
    expect(released.protected).toEqual([]);
  });
});

describe("a system that is switched off and discarded", () => {
  it("is gone, with its namespace and all its data", async () => {
    const discarded = await philotesOf("staging", { enabled: false, data: "discard" });
    expect(discarded.resources.filter(({ custom }) => custom).map(titleOf)).toEqual(["cluster"]);
  });
});

describe("a part that is no longer in use", () => {
  it.each([
    ["the API", { api: { enabled: false } }],
    ["its authentication", { api: { auth: { enabled: false } } }],
    ["the worker", { worker: { enabled: false } }],
    ["Lakekeeper", { lakekeeper: { mode: "external", url: "http://catalog.data.svc:8181" } }],
  ])("leaves what opens data where it was: %s", async (_, overrides) => {
    const without = await philotesOf("staging", overrides);
    expect([data(without), without.protected.sort()]).toEqual([
      data(running),
      running.protected.sort(),
    ]);
  });

  it.each([
    ["the API's secrets", { api: { enabled: false, auth: { data: "discard" } } }, "philotes-api"],
    [
      "the encryption key",
      {
        lakekeeper: {
          mode: "external",
          url: "http://catalog.data.svc:8181",
          data: "discard",
        },
      },
      "philotes-lakekeeper",
    ],
  ])("lets go of %s alone where its own policy says so", async (_, overrides, secret) => {
    const without = await philotesOf("staging", overrides);
    expect(
      running.names("Secret").filter((name) => !without.names("Secret").includes(name)),
    ).toEqual([secret]);
  });
});

describe("stores that become external", () => {
  it("keep volumes and passwords of the bundled ones under the URNs that they had", async () => {
    const given = { from: "existing", secretName: "theirs", key: "key" };
    const external = await philotesOf("staging", {
      postgres: {
        mode: "external",
        external: { host: "philotes-db.example.com", password: given },
      },
      objectStore: {
        mode: "external",
        external: { host: "philotes-s3.example.com", accessKey: given, secretKey: given },
      },
    });
    expect([external.objects("StatefulSet"), data(external)]).toEqual([[], data(running)]);
  });
});
