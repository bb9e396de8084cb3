/** Proves what stays declared and protected; that a destroy leaves it, the cluster tests show. */
import type { Thunderline } from "../../../../components/systems/thunderline";
import { holdsData } from "../../../support/invariants/secrets";
import { titleOf } from "../../../support/manifests";
import { controllers } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { thunderlineOf } from "../../../support/thunderline";

let running: Synthesis<Thunderline>;
let off: Synthesis<Thunderline>;
beforeAll(async () => {
  running = await thunderlineOf("prod");
  off = await thunderlineOf("prod", { enabled: false });
});

/** The URNs of everything that holds data or opens it. */
function data({ resources }: Synthesis<unknown>): string[] {
  return resources
    .filter(holdsData)
    .map(({ urn }) => urn)
    .sort();
}

const volumes = ["livebook", "minio", "mlflow", "postgres"];
/** A store's own, and that of its backups. */
const claims = volumes.flatMap((name) => [`${name}-backups`, `${name}-data`]);

describe("a system that is switched off", () => {
  it("runs nothing", () => {
    expect(controllers(off)).toEqual([]);
  });

  it("serves nothing", () => {
    expect([...off.objects("Service"), ...off.objects("Ingress")]).toEqual([]);
  });

  it("keeps its namespace and its volumes", () => {
    expect([off.names("Namespace"), off.names("PersistentVolumeClaim")]).toEqual([
      ["thunderline"],
      claims,
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
      ...claims.map((name) => `claim thunderline/${name}`),
      "namespace thunderline",
      ...["livebook", "minio", "postgres", "thunderline"].map(
        (name) => `secret thunderline/${name}`,
      ),
    ]);
  });

  it("still refuses all traffic", () => {
    expect(off.names("NetworkPolicy")).toEqual(["default-deny", "dns-access"]);
  });

  it("has no address, but says where its secrets are", () => {
    expect(off.value.outputs).toEqual({
      namespace: "thunderline",
      secretNames: ["thunderline", "livebook"],
    });
  });
});

describe("a part's own policy", () => {
  it.each([
    ["postgres", "postgres-data"],
    ["objectStore", "minio-data"],
    ["mlflow", "mlflow-data"],
    ["livebook", "livebook-data"],
  ])("discards the data of %s alone", async (part, claim) => {
    const synthesis = await thunderlineOf("prod", { enabled: false, [part]: { data: "discard" } });
    expect(synthesis.names("PersistentVolumeClaim")).toEqual(
      claims.filter((name) => name !== claim),
    );
  });
});

describe("a system that is switched off and released", () => {
  let released: Synthesis<Thunderline>;
  beforeAll(async () => {
    released = await thunderlineOf("prod", { enabled: false, data: "release" });
  });

  it("keeps all its data", () => {
    expect(data(released)).toEqual(data(running));
  });

  it("protects none of it, so that the next step can remove it", () => {
    expect(released.protected).toEqual([]);
  });
});

describe("a system that is switched off and discarded", () => {
  let discarded: Synthesis<Thunderline>;
  beforeAll(async () => {
    discarded = await thunderlineOf("prod", { enabled: false, data: "discard" });
  });

  it("is gone, with its namespace and all its data", () => {
    expect(discarded.resources.filter(({ custom }) => custom).map(titleOf)).toEqual(["cluster"]);
  });

  it("has no outputs", () => {
    expect(discarded.value.outputs).toBeUndefined();
  });
});

describe("a running system", () => {
  it.each(["release", "discard"])(
    "keeps all its data whatever its policy says: %s",
    async (policy) => {
      const written = { data: policy };
      const synthesis = await thunderlineOf("prod", {
        ...written,
        postgres: written,
        objectStore: written,
        mlflow: written,
        livebook: written,
      });
      expect(synthesis.protected.sort()).toEqual(running.protected.sort());
    },
  );

  it("has nothing to say of its data", () => {
    expect(running.messages).toEqual([]);
  });
});

describe("stores that become external", () => {
  const cidrs = { "db.example.com": ["10.0.0.0/24"], "s3.example.com": ["10.0.0.0/24"] };
  const given = { from: "existing", secretName: "theirs", key: "key" };
  let external: Synthesis<Thunderline>;
  beforeAll(async () => {
    external = await thunderlineOf(
      "prod",
      {
        postgres: { mode: "external", external: { host: "db.example.com", password: given } },
        objectStore: {
          mode: "external",
          external: { host: "s3.example.com", accessKey: given, secretKey: given },
        },
      },
      { externalCidrs: cidrs },
    );
  });

  it("run nothing here any more", () => {
    expect(external.objects("StatefulSet")).toEqual([]);
  });

  it("keep volumes and passwords of the bundled ones under the URNs that they had", () => {
    expect(data(external)).toEqual(data(running));
  });

  it("keep them protected", () => {
    expect(external.protected.sort()).toEqual(running.protected.sort());
  });
});

describe("rotated secrets", () => {
  it("leave everything that was protected where it was", async () => {
    const rotation = { from: "generated", rotation: 2 };
    const rotated = await thunderlineOf("prod", {
      secrets: { secretKeyBase: rotation, livebookPassword: rotation },
    });
    const added = rotated.protected.filter((title) => !running.protected.includes(title));
    expect(added).toEqual([
      "thunderline-secrets-secret-key-base-2",
      "thunderline-livebook-secrets-password-2",
    ]);
  });
});
