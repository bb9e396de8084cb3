/** The rules between the parts of FaultMaven. */
import { environments } from "../../config/environment";
import { profile } from "../../config/profiles";
import { faultsOf, type Said, saidBy } from "./support";

const blue = { name: "blue", image: "ghcr.io/faultmaven/faultmaven:1.0.0", release: 1 };
const green = { name: "green", image: "ghcr.io/faultmaven/faultmaven:1.1.0", release: 2 };

/** What is wrong with prod and some changes of FaultMaven, by path below it. */
function faults(changes: Said, cluster: Said = {}): string[] {
  const own = Object.entries(changes).map(
    ([path, value]) => [`faultmaven.${path}`, value] as const,
  );
  return faultsOf(saidBy("prod", { ...cluster, ...Object.fromEntries(own) }));
}

describe("a quota", () => {
  it("that is too small for both tracks is refused", () => {
    expect(faults({ tracks: [blue, green], "quota.pods": 20 })).toEqual([
      "platform:faultmaven.quota.pods: got 20, expected at least 32, the sum of the workloads with one roll-out under way",
    ]);
  });
});

describe("the live track", () => {
  it("is one that is up", () => {
    expect(faults({ live: "green" })).toEqual([
      'platform:faultmaven.live: got "green", expected the name of a track that is up: blue',
    ]);
  });

  it.each(["blue", "green"])("is any that is up: %s", (live) => {
    expect(faults({ tracks: [blue, green], live })).toEqual([]);
  });

  it("is blue or green", () => {
    expect(faults({ live: "red" })).toEqual([
      'platform:faultmaven.live: got "red", expected one of blue, green',
    ]);
  });
});

describe("two tracks", () => {
  it("have two names", () => {
    expect(faults({ tracks: [blue, { ...green, name: "blue" }] })).toEqual([
      'platform:faultmaven.tracks[1].name: got "blue", expected another name than that of the other track',
    ]);
  });

  it("are not one with a release that the other's takes the schema from", () => {
    expect(faults({ tracks: [blue, { ...green, contracts: true }] })).toEqual([
      "platform:faultmaven.tracks[0].release: got 1, expected a release that runs on the schema that release 2 on green leaves, which contracts it; take blue out and make green live: there is no going back across a contraction, only forward to a release that expands again",
    ]);
  });

  it("are refused so in either order", () => {
    expect(faults({ tracks: [{ ...green, contracts: true }, blue] })).toEqual([
      expect.stringMatching(
        /^platform:faultmaven\.tracks\[1\]\.release: got 1, expected a release/,
      ),
    ]);
  });

  it("may be one with a release that contracted, and a later one that expands", () => {
    expect(faults({ tracks: [{ ...blue, contracts: true }, green] })).toEqual([]);
  });

  it("may be of one release that contracts", () => {
    const contracting = { contracts: true, release: 2 };
    const tracks = [
      { ...blue, ...contracting },
      { ...green, ...contracting },
    ];
    expect(faults({ tracks })).toEqual([]);
  });
});

describe("a single track", () => {
  it("may contract", () => {
    expect(faults({ tracks: [{ ...green, contracts: true }], live: "green" })).toEqual([]);
  });
});

describe("files of a single replica", () => {
  const single = {
    "files.use": "singleReplica",
    "files.singleReplica": { volume: { size: "5Gi" } },
  };
  const fixed = { "app.scaling": { type: "fixed", replicas: 1 } };

  it("are refused where there may be more", () => {
    expect(faults(single)).toEqual([
      'platform:faultmaven.files.use: got "singleReplica", expected sharedClaim or objectStore, because there may be 10 replicas; or set app.scaling to { type: fixed, replicas: 1 }',
    ]);
  });

  it("are refused where two tracks are up", () => {
    expect(faults({ ...single, ...fixed, tracks: [blue, green] })).toEqual([
      'platform:faultmaven.files.use: got "singleReplica", expected sharedClaim or objectStore, because two tracks are up; or take one of the tracks out',
    ]);
  });

  it("are taken for one replica of one track", () => {
    expect(faults({ ...single, ...fixed })).toEqual([]);
  });

  it("need their volume", () => {
    expect(faults({ ...single, ...fixed, "files.singleReplica": undefined })).toEqual([
      "platform:faultmaven.files.singleReplica: nothing is set, expected the volume, because files.use names it",
    ]);
  });
});

describe("files on a shared claim", () => {
  it("need their volume", () => {
    expect(faults({ "files.sharedClaim": undefined })).toEqual([
      "platform:faultmaven.files.sharedClaim: nothing is set, expected the volume, because files.use names it",
    ]);
  });

  it("need a class of volumes for several nodes", () => {
    expect(faults({ "files.sharedClaim.volume.storageClass": "fast" })).toEqual([
      'platform:faultmaven.files.sharedClaim.volume.storageClass: got "fast", expected a class that offers ReadWriteMany: shared; name one, or declare it under platform:cluster.storageClasses',
    ]);
  });

  it("need a class that is named", () => {
    expect(faults({ "files.sharedClaim.volume.storageClass": undefined })).toEqual([
      "platform:faultmaven.files.sharedClaim.volume.storageClass: nothing is set, expected the name of a Kubernetes object such as fast-ssd",
    ]);
  });
});

describe("the way in to the track beside the live one", () => {
  it("has another host", () => {
    expect(faults({ "preview.host": "faultmaven.example.com" })).toEqual([
      'platform:faultmaven.preview.host: got "faultmaven.example.com", expected another host than that of ingress',
    ]);
  });

  it("has the same class, because one controller is let in", () => {
    expect(faults({ "preview.className": "traefik" })).toEqual([
      'platform:faultmaven.preview.className: got "traefik", expected the class of ingress, nginx',
    ]);
  });

  it("is told once where its class is none at all", () => {
    expect(faults({ "preview.className": "1" })).toEqual([
      'platform:faultmaven.preview.className: got "1", expected one of nginx, traefik; or declare it under platform:cluster.ingressClasses',
    ]);
  });

  it.each(["ingress", "preview"])("may be as it likes while %s is off", (off) => {
    const changes = { "preview.className": "traefik", "preview.host": "faultmaven.example.com" };
    expect(faults({ ...changes, [`${off}.enabled`]: false })).toEqual([]);
  });
});

describe("the host of a model's provider", () => {
  const apiKey = { from: "existing", secretName: "a", key: "b" };
  const mend = (host: string): string =>
    `set them with: pulumi config set --path 'platform:cluster.externalCidrs["${host}"][0]' 10.0.0.0/24`;

  it.each([
    ["anthropic", "api.anthropic.com"],
    ["groq", "api.groq.com"],
  ])("has addresses that policies can name: %s", (provider, host) => {
    expect(faults({ model: { provider, apiKey } })).toEqual([
      `platform:faultmaven.model.provider: got "${provider}", expected one whose host, ${host}, has addresses that are known; ${mend(host)}`,
    ]);
  });

  it("has addresses that policies can name: ollama", () => {
    const url = "http://ollama.example.com:11434";
    expect(faults({ model: { provider: "ollama", url } })).toEqual([
      `platform:faultmaven.model.url: got "${url}", expected a host whose addresses are known; ${mend("ollama.example.com")}`,
    ]);
  });

  it("needs no addresses where it is a Service of the cluster", () => {
    const url = "http://ollama.models.svc.cluster.local:11434";
    expect(faults({ model: { provider: "ollama", url } })).toEqual([]);
  });

  it("is taken with its addresses", () => {
    const cluster = { 'cluster.externalCidrs["api.groq.com"]': ["10.0.0.0/24"] };
    expect(faults({ model: { provider: "groq", apiKey } }, cluster)).toEqual([]);
  });
});

describe("the model's provider", () => {
  it("is named while the system is on", () => {
    expect(faults({ model: undefined })).toEqual([
      "platform:faultmaven.model: nothing is set, expected who answers questions: provider openai, anthropic or groq with its apiKey, or ollama with its url; or set platform:faultmaven.enabled to false",
    ]);
  });

  it("may be nobody while it is off", () => {
    expect(faults({ model: undefined, enabled: false })).toEqual([]);
  });
});

describe("the key of a model's provider", () => {
  const missing = { "model.apiKey": { from: "setting", key: "notThere" } };

  it("is an encrypted setting of the stack", () => {
    expect(faults(missing)).toEqual([
      'platform:faultmaven.model.apiKey.key: got "notThere", expected the name of an encrypted setting of this stack; set it with: pulumi config set --secret platform:notThere',
    ]);
  });

  it("may be missing while the system is off", () => {
    expect(faults({ ...missing, enabled: false })).toEqual([]);
  });

  it("has no default, or another provider could be handed it", () => {
    const having = environments.filter((environment) => {
      return "model" in (profile(environment).faultmaven as object);
    });
    expect(having).toEqual([]);
  });
});

describe("an external database", () => {
  it("is not verified, because the drivers have nothing to verify it with", () => {
    const password = { from: "existing", secretName: "theirs", key: "password" };
    const external = { host: "db.shared.svc", password, tlsMode: "verify-full" };
    expect(faults({ "postgres.mode": "external", "postgres.external": external })).toEqual([
      'platform:faultmaven.postgres.external.tlsMode: got "verify-full", expected require: the application\'s drivers have no authority to verify with',
    ]);
  });
});

describe("the vector store", () => {
  const image = (tag: string): Said => ({ "chromadb.image": `docker.io/chromadb/chroma:${tag}` });

  it.each(["0.5.23", "0.6.3"])("is not of version %s, which keeps its data elsewhere", (tag) => {
    expect(faults(image(tag))).toEqual([
      `platform:faultmaven.chromadb.image: got "docker.io/chromadb/chroma:${tag}", expected version 1.0 or later, which keeps its data in /data and runs without root`,
    ]);
  });

  it.each(["1.0.20", "10.0.0"])("may be of version %s", (tag) => {
    expect(faults(image(tag))).toEqual([]);
  });

  it("may be of any version on somebody else's server", () => {
    const external = { "chromadb.mode": "external", "chromadb.external": { host: "a.b.svc" } };
    expect(faults({ ...image("0.5.23"), ...external })).toEqual([]);
  });
});

describe("a system that is off", () => {
  it("may be anything that its schema takes", () => {
    const changes = {
      enabled: false,
      live: "green",
      "files.use": "singleReplica",
      "preview.host": "faultmaven.example.com",
      "chromadb.image": "docker.io/chromadb/chroma:0.5.23",
      "model.provider": "groq",
      "quota.pods": 1,
    };
    expect(faults(changes)).toEqual([]);
  });
});
