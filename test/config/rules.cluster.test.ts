/** The rules within `platform:cluster`. */
import { faultsOf, saidBy } from "./support";

describe("the default storage class", () => {
  it("is one that the cluster offers", () => {
    expect(faultsOf(saidBy("dev", { "cluster.defaultStorageClass": "fast" }))).toEqual([
      'platform:cluster.defaultStorageClass: got "fast", expected one of standard',
    ]);
  });

  it("may be one that the stack adds", () => {
    const changes = {
      "cluster.defaultStorageClass": "fast",
      "cluster.storageClasses.fast": { accessModes: ["ReadWriteOnce"] },
    };
    expect(faultsOf(saidBy("dev", changes))).toEqual([]);
  });
});

describe("registry credentials", () => {
  it("are an encrypted setting", () => {
    expect(faultsOf(saidBy("dev", { "cluster.registryCredentials": { key: "pull" } }))).toEqual([
      'platform:cluster.registryCredentials.key: got "pull", expected the name of an encrypted setting of this stack; set it with: pulumi config set --secret platform:pull < .dockerconfigjson',
    ]);
  });

  it("are answered with the encrypted setting that they may mean", () => {
    const said = saidBy("dev", { "cluster.registryCredentials": { key: "pullSecrets" } });
    expect(faultsOf(said, ["pullSecret"])).toEqual([
      expect.stringContaining("; did you mean pullSecret?"),
    ]);
  });

  it("are taken where the stack has them", () => {
    const said = saidBy("dev", { "cluster.registryCredentials": { key: "pull" } });
    expect(faultsOf(said, ["pull"])).toEqual([]);
  });
});

describe("what the cluster offers", () => {
  it.each([
    [
      "an ingress class without controller",
      "ingressClasses.a",
      { namespace: "a" },
      ".controller: nothing is set, expected one of traefik, nginx",
    ],
    [
      "an ingress class of another controller",
      "ingressClasses.a",
      { controller: "caddy", namespace: "a" },
      '.controller: got "caddy", expected one of traefik, nginx',
    ],
    [
      "an ingress class that is a namespace alone",
      "ingressClasses.a",
      "traefik",
      ': got "traefik", expected a map of settings',
    ],
    [
      "a storage class without access mode",
      "storageClasses.a",
      { accessModes: [] },
      ".accessModes: got an empty list, expected a list of at least 1",
    ],
    [
      "a storage class of another access mode",
      "storageClasses.a",
      { accessModes: ["RWX"] },
      '.accessModes[0]: got "RWX", expected one of ReadWriteOnce, ReadWriteOncePod, ReadWriteMany, ReadOnlyMany',
    ],
    [
      "addresses that are none",
      "externalCidrs.a",
      ["10.0.0.1"],
      '[0]: got "10.0.0.1", expected a block in CIDR notation such as 10.20.0.0/16',
    ],
    [
      "addresses without list",
      "externalCidrs.a",
      "10.0.0.0/24",
      ': got "10.0.0.0/24", expected a list',
    ],
    ["a label that is no text", "monitorLabels.release", 1, ": got 1, expected text"],
    [
      "a registry with a scheme",
      "imageRegistry",
      "https://mirror.example.com",
      ': got "https://mirror.example.com", expected a registry, with a path if it has one, such as mirror.example.com/cache',
    ],
  ])("is not %s", (_what, path, value, text) => {
    expect(faultsOf(saidBy("dev", { [`cluster.${path}`]: value }))).toEqual([
      `platform:cluster.${path}${text}`,
    ]);
  });

  it("is named as Kubernetes names it", () => {
    const changes = { 'cluster.externalCidrs["https://a"]': ["10.0.0.0/24"] };
    expect(faultsOf(saidBy("dev", changes))).toEqual([
      'platform:cluster.externalCidrs["https://a"]: got "https://a", expected a host name such as web.example.com, without scheme or port',
    ]);
  });
});
