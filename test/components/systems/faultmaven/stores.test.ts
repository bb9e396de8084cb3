/** Proves what follows a store that is bundled or external; that it answers, only a real cluster shows. */
import { shortHash } from "../../../../components/hash";
import type { FaultMaven } from "../../../../components/systems/faultmaven";
import {
  addresses,
  elsewhere,
  faultmaven,
  faultmavenOf,
  keysOf,
  migrationOf,
  theirs,
} from "../../../support/faultmaven";
import { titleOf } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import { settingsOf } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";

const { postgres, redis, chromadb, objectStore } = elsewhere;
const application = "Deployment/faultmaven-blue";

let prod: Synthesis<FaultMaven>;
let stored: Synthesis<FaultMaven>;
beforeAll(async () => {
  prod = await faultmavenOf("prod");
  stored = await faultmavenOf("prod", { files: { use: "objectStore" } });
});

/** What there is of a store's server: everything but its data and what opens it. */
function serverOf(synthesis: Synthesis<unknown>, store: string): string[] {
  return synthesis.resources
    .map(titleOf)
    .filter((title) => /^(StatefulSet|Service|ServiceAccount|ConfigMap|Job)\//.test(title))
    .filter((title) => title.split("/")[1]?.startsWith(store));
}

describe.each([
  ["postgres", { postgres }, 5432, "10.8.2.0/24"],
  ["redis", { redis }, 6379, "10.8.3.0/24"],
  ["chromadb", { chromadb }, 8000, "10.8.1.0/24"],
  ["minio", { files: { use: "objectStore", objectStore } }, 443, "10.8.4.0/24"],
] as const)("%s on somebody else's server", (store, overrides, port, cidr) => {
  let external: Synthesis<FaultMaven>;
  beforeAll(async () => {
    external = await faultmavenOf("prod", overrides, addresses);
  });

  it("has no server here, which it had before", () => {
    expect([serverOf(stored, store).length > 0, serverOf(external, store)]).toEqual([true, []]);
  });

  it("is reached at its own addresses and port alone", () => {
    const { spec } = external.object("NetworkPolicy", `faultmaven-blue-to-${store}`);
    expect(spec.egress).toEqual([
      { to: [{ ipBlock: { cidr } }], ports: [{ protocol: "TCP", port }] },
    ]);
  });

  it("has no policy here that lets anybody in at it", () => {
    expect(external.names("NetworkPolicy").join()).not.toContain(`${store}-from-`);
  });

  it("leaves every other store as it was", () => {
    const others = ["postgres", "redis", "chromadb"].filter((other) => other !== store);
    expect(others.flatMap((other) => serverOf(external, other))).toEqual(
      others.flatMap((other) => serverOf(prod, other)),
    );
  });
});

describe("a bundled store", () => {
  it.each([
    ["postgres", 5432],
    ["redis", 6379],
    ["chromadb", 8000],
  ])("%s admits the application at port %i alone", (store, port) => {
    const { spec } = prod.object("NetworkPolicy", `${store}-from-faultmaven-blue`);
    expect(spec.ingress.map(({ ports }) => ports)).toEqual([[{ protocol: "TCP", port }]]);
  });

  it.each(["postgres", "redis", "chromadb"])("%s is up before the application starts", (store) => {
    expect(prod.waits(application)).toContain(`StatefulSet/${store}`);
  });

  it("has its bucket made before the application starts", () => {
    expect(stored.waits(application)).toContainEqual(expect.stringMatching(/^Job\/minio-setup-/));
  });

  it("that is the vector store is reached at the port that its container opens", () => {
    expect(envOf(prod, application)).toMatchObject({
      CHROMA_HOST: "chromadb.faultmaven.svc.cluster.local",
      CHROMA_PORT: "8000",
    });
  });
});

describe("the address of a store", () => {
  /** What the application is told, and the text that it reads in the Secret. */
  async function told(
    overrides: Readonly<Record<string, unknown>>,
    key: "database-url" | "redis-url",
  ): Promise<string | undefined> {
    const said = { faultmaven: overrides, cluster: addresses };
    const synthesis = await faultmaven(settingsOf("prod", said, ["byHand"]));
    return synthesis.object("Secret", "faultmaven-secrets").stringData[key];
  }
  const password = { from: "setting", key: "byHand" };

  it("of a bundled PostgreSQL has its role, its password and its database", async () => {
    expect(await told({ postgres: { password } }, "database-url")).toBe(
      "postgresql+asyncpg://faultmaven:value of byHand@postgres.faultmaven.svc.cluster.local:5432/faultmaven?ssl=disable",
    );
  });

  it.each([
    ["postgresql+asyncpg", "ssl=require"],
    ["postgresql", "sslmode=require"],
  ])("of an external PostgreSQL asks the driver of %s for %s", async (databaseScheme, query) => {
    const external = { host: "db.example.com", password };
    const overrides = { app: { databaseScheme }, postgres: { mode: "external", external } };
    expect(await told(overrides, "database-url")).toBe(
      `${databaseScheme}://faultmaven:value of byHand@db.example.com:5432/faultmaven?${query}`,
    );
  });

  it("of a bundled Redis has its password", async () => {
    expect(await told({ redis: { password } }, "redis-url")).toBe(
      "redis://:value of byHand@redis.faultmaven.svc.cluster.local:6379/0",
    );
  });

  it("of an external Redis is encrypted, and has its database", async () => {
    const external = { host: "redis.example.com", port: 6380, database: 2, password };
    expect(await told({ redis: { mode: "external", external } }, "redis-url")).toBe(
      "rediss://:value of byHand@redis.example.com:6380/2",
    );
  });

  it("of an external vector store has no secret in it", async () => {
    const external = await faultmavenOf("prod", { chromadb }, addresses);
    expect(envOf(external, application)).toMatchObject({
      CHROMA_HOST: "chroma.example.com",
      CHROMA_PORT: "8000",
    });
  });

  it("of an external object store comes with its region and the keys of its Secret", async () => {
    const files = { use: "objectStore", objectStore };
    const external = await faultmavenOf("prod", { files }, addresses);
    expect(envOf(external, application)).toMatchObject({
      AWS_ACCESS_KEY_ID: "secret theirs/key",
      AWS_ENDPOINT_URL_S3: "https://s3.example.com:443",
      AWS_REGION: "eu-central-1",
      AWS_SECRET_ACCESS_KEY: "secret theirs/key",
    });
  });
});

describe("a password's next generation", () => {
  it.each([
    ["postgres", "database-url", "db.example.com"],
    ["redis", "redis-url", "redis.example.com"],
  ] as const)("of %s rolls who reads %s", async (store, key, host) => {
    const annotation = async (rotation: number): Promise<string | undefined> => {
      const password = { from: "setting", key: "byHand", rotation };
      const overrides = { [store]: { mode: "external", external: { host, password } } };
      const said = { faultmaven: overrides, cluster: addresses };
      const synthesis = await faultmaven(settingsOf("prod", said, ["byHand"]));
      const { template } = synthesis.object("Deployment", "faultmaven-blue").spec;
      return template.metadata.annotations[`rotation.platform/faultmaven-secrets.${key}`];
    };
    const first = await annotation(1);
    expect(await annotation(2)).not.toBe(first);
  });
});

describe("a store that moves", () => {
  const password = { from: "setting", key: "byHand" };
  const moves = {
    postgres: { mode: "external", external: { host: "db.example.com", password } },
    redis: { mode: "external", external: { host: "redis.example.com", password } },
  };

  async function moved(store: "postgres" | "redis"): Promise<Synthesis<FaultMaven>> {
    const said = { faultmaven: { [store]: moves[store] }, cluster: addresses };
    return faultmaven(settingsOf("prod", said, ["byHand"]));
  }

  /** Pods are replaced when their template changes, and never otherwise. */
  function template(synthesis: Synthesis<unknown>): string {
    return shortHash(synthesis.object("Deployment", "faultmaven-blue").spec.template);
  }

  it.each(["postgres", "redis"] as const)(
    "rolls the replicas, which read its address only when they start: %s",
    async (store) => {
      expect(template(await moved(store))).not.toBe(template(prod));
    },
  );

  it("has its schema made where it is now", async () => {
    expect(migrationOf(await moved("postgres"))).not.toBe(migrationOf(prod));
  });

  it("rolls the replicas for another driver too", async () => {
    const other = await faultmavenOf("prod", { app: { databaseScheme: "postgresql" } });
    expect(template(other)).not.toBe(template(prod));
  });
});

describe("a store whose password is in somebody else's Secret", () => {
  const database = "postgres.faultmaven.svc.cluster.local:5432/faultmaven";
  let given: Synthesis<FaultMaven>;
  beforeAll(async () => {
    const password = { password: theirs };
    given = await faultmavenOf("prod", { postgres: password, redis: password });
  });

  it.each([
    ["the application", () => application],
    ["the migration", () => migrationOf(given)],
  ])("has its address put together in the pod of %s", (_, title) => {
    expect(envOf(given, title())).toMatchObject({
      DATABASE_PASSWORD: "secret theirs/key",
      DATABASE_URL: `postgresql+asyncpg://faultmaven:$(DATABASE_PASSWORD)@${database}?ssl=disable`,
    });
  });

  it("has its address put together in the pod where it is Redis too", () => {
    expect(envOf(given, application)).toMatchObject({
      REDIS_PASSWORD: "secret theirs/key",
      REDIS_URL: "redis://:$(REDIS_PASSWORD)@redis.faultmaven.svc.cluster.local:6379/0",
    });
  });

  it("has no address in faultmaven-secrets", () => {
    expect(keysOf(given)).toEqual(["jwt-secret", "openai-api-key"]);
  });
});

describe("a store on another Service of the cluster", () => {
  it("is reached in its namespace, and needs no addresses", async () => {
    const host = "pg-rw.databases.svc.cluster.local";
    const inCluster = await faultmavenOf("prod", {
      postgres: { mode: "external", external: { host, password: theirs } },
    });
    expect(inCluster.object("NetworkPolicy", "faultmaven-blue-to-postgres").spec.egress).toEqual([
      {
        to: [
          { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "databases" } } },
        ],
        ports: [{ protocol: "TCP", port: 5432 }],
      },
    ]);
  });
});
