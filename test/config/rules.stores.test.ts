/** The rule of the stores: an external one says where it is, and policies can name that place. */
import { faultsOf, type Said, saidBy } from "./support";

const existing = { from: "existing", secretName: "theirs", key: "key" };
const keys = { accessKey: existing, secretKey: existing };

describe.each([
  ["thunderline.postgres", { password: existing }],
  ["thunderline.objectStore", keys],
  ["faultmaven.redis", { password: existing }],
  ["faultmaven.chromadb", {}],
  ["faultmaven.files.objectStore", keys],
  ["philotes.postgres", { password: existing }],
  ["philotes.objectStore", keys],
])("an external store: %s", (path, credentials) => {
  /** The faults of this store where it is at `host`. */
  function faults(host: string, changes: Said = {}): string[] {
    const external = { host, ...credentials };
    const chosen = { [`${path}.mode`]: "external", [`${path}.external`]: external };
    return faultsAt({ ...chosen, ...changes });
  }

  function faultsAt(changes: Said): string[] {
    return faultsOf(saidBy("dev", changes)).filter((fault) => fault.startsWith(`platform:${path}`));
  }

  it("says where it is", () => {
    expect(faultsAt({ [`${path}.mode`]: "external" })).toEqual([
      `platform:${path}.external: nothing is set, expected where the external service is, because mode is external`,
    ]);
  });

  it("has addresses that network policies can name", () => {
    expect(faults("store.example.com")).toEqual([
      `platform:${path}.external.host: got "store.example.com", expected a host whose addresses are known; set them with: pulumi config set --path 'platform:cluster.externalCidrs["store.example.com"][0]' 10.0.0.0/24`,
    ]);
  });

  it("is taken with its addresses", () => {
    const addresses = { 'cluster.externalCidrs["store.example.com"]': ["10.0.0.0/24"] };
    expect(faults("store.example.com", addresses)).toEqual([]);
  });

  it.each(["store.shared.svc", "store.shared.svc.cluster.local"])(
    "needs no addresses elsewhere in the cluster, where policies name its namespace: %s",
    (host) => {
      expect(faults(host)).toEqual([]);
    },
  );

  it("needs addresses in another cluster, whatever that one is called", () => {
    expect(faults("store.shared.svc.other.local")).toHaveLength(1);
  });

  it("needs nothing while the bundled one is used", () => {
    expect(faults("store.example.com", { [`${path}.mode`]: "bundled" })).toEqual([]);
  });
});

describe("a store that a system can do without", () => {
  it.each(["postgres", "objectStore"])("needs no place while it is off: %s", (store) => {
    const path = `platform:philotes.${store}.external`;
    const faults = faultsOf(saidBy("dev", { [`philotes.${store}.mode`]: "off" }));
    expect(faults.filter((fault) => fault.startsWith(path))).toEqual([]);
  });

  it("is not one that its system needs", () => {
    expect(faultsOf(saidBy("dev", { "thunderline.postgres.mode": "off" }))).toEqual([
      'platform:thunderline.postgres.mode: got "off", expected one of bundled, external',
    ]);
  });
});

describe("the certificate of a bundled database", () => {
  const tls = "telemetry.timescaledb.postgres.tls";
  const faults = (choice: Said, certManager: boolean): string[] =>
    faultsOf(saidBy("dev", { [tls]: choice, "cluster.capabilities": { certManager } })).filter(
      (fault) => fault.startsWith("platform:telemetry"),
    );

  it("comes from an issuer only where cert-manager is installed", () => {
    expect(faults({ from: "issuer", name: "internal-ca" }, false)).toEqual([
      `platform:${tls}.from: got "issuer", expected none or secret; install cert-manager and set platform:cluster.capabilities.certManager to true`,
    ]);
  });

  it("comes from an issuer where it is", () => {
    expect(faults({ from: "issuer", name: "internal-ca" }, true)).toEqual([]);
  });

  it("comes from a Secret anywhere", () => {
    expect(faults({ from: "secret", secretName: "their-tls" }, false)).toEqual([]);
  });
});
