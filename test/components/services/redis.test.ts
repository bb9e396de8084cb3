/** Proves what is declared of a Redis database; that it keeps its data, only a real server shows. */
import * as pulumi from "@pulumi/pulumi";

import { Redis, redisUrl } from "../../../components/services/redis";
import { redis as schema, type RedisSettings } from "../../../config/stores";
import type { Container } from "../../support/manifests";
import { textOf } from "../../support/outputs";
import { envOf } from "../../support/pods";
import { generatedPassword } from "../../support/recorder";
import { type Surroundings, testScope } from "../../support/scope";
import { noBackup, resources } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

const bundled = schema.parse({
  mode: "bundled",
  image: "redis:7.4.1",
  runAsUser: 999,
  resources,
  volume: { size: "5Gi" },
  data: "keep",
  backup: noBackup,
  password: { from: "generated" },
});
const external = schema.parse({
  ...bundled,
  mode: "external",
  external: {
    host: "redis.example.com",
    database: 3,
    password: { from: "setting", key: "redisPassword", rotation: 2 },
  },
});
const elsewhere: Surroundings = {
  cluster: { externalCidrs: { "redis.example.com": ["10.1.0.0/24"] } },
  encrypted: { redisPassword: pulumi.secret("set-by-hand") },
};

function redis(
  settings: RedisSettings,
  surroundings: Surroundings = {},
  enabled = true,
): Promise<Synthesis<Redis>> {
  const scope = testScope(surroundings);
  return synth(() => new Redis("acme-redis", { scope, name: "redis", settings, enabled }));
}

describe("a bundled Redis", () => {
  let synthesis: Synthesis<Redis>;
  beforeAll(async () => {
    synthesis = await redis(bundled);
  });
  const container = (): Container =>
    synthesis.object("StatefulSet", "redis").spec.template.spec.containers[0]!;

  it("is one StatefulSet of one replica, of the image that the settings name", () => {
    expect(synthesis.object("StatefulSet", "redis").spec.replicas).toBe(1);
    expect(container().image).toBe("redis:7.4.1");
  });

  it("is the cache of its system", () => {
    const { labels } = synthesis.object("StatefulSet", "redis").metadata;
    expect(labels["app.kubernetes.io/component"]).toBe("cache");
  });

  it.each(["startupProbe", "readinessProbe", "livenessProbe"] as const)(
    "counts a refusal as a failure in its %s, as while it still loads its data",
    (probe) => {
      expect(container()[probe]?.exec?.command).toEqual([
        "redis-cli",
        "-h",
        "127.0.0.1",
        "-e",
        "ping",
      ]);
    },
  );

  it("has ten minutes to read its file before it is given up", () => {
    const { periodSeconds = 0, failureThreshold = 0 } = container().startupProbe ?? {};
    expect(periodSeconds * failureThreshold).toBe(600);
  });

  it("has its password from its Secret, for itself and for the client of its probes", () => {
    expect(envOf(synthesis, "StatefulSet/redis")).toEqual({
      REDIS_PASSWORD: "secret redis/password",
      REDISCLI_AUTH: "secret redis/password",
    });
  });

  it("is not told its password by an argument, which whoever sees the process can read", () => {
    const { command, args } = container();
    expect([command, args]).toEqual([["/bin/sh", "/config/start.sh"], undefined]);
  });

  it("reads its password over standard input, from the variable", () => {
    const { data } = synthesis.object("ConfigMap", "redis-config");
    expect(data["start.sh"]).toBe(
      [
        "set -eu",
        "exec redis-server - <<END",
        "include /config/redis.conf",
        'requirepass "$REDIS_PASSWORD"',
        "END",
        "",
      ].join("\n"),
    );
  });

  it.each([
    ["keeps what it is told in a file on its volume", "dir /data"],
    ["writes every change to that file", "appendonly yes"],
    ["loses a second at most", "appendfsync everysec"],
    ["refuses writes rather than to forget what it has", "maxmemory-policy noeviction"],
    ["does so at 70 % of its limit of 256Mi, before it is killed", "maxmemory 187904819"],
  ])("%s", (_, line) => {
    const { data } = synthesis.object("ConfigMap", "redis-config");
    expect(data["redis.conf"]?.split("\n")).toContain(line);
  });

  it("has its volume where its file is", () => {
    expect(container().volumeMounts).toContainEqual({ name: "redis-data", mountPath: "/data" });
  });

  it("is reached without TLS, inside its namespace", () => {
    expect(synthesis.value.database).toMatchObject({
      endpoint: { name: "redis", host: "redis.acme.svc.cluster.local", port: 6379 },
      scheme: "redis",
      number: 0,
      password: { secretName: "redis", key: "password", rotation: 1 },
    });
  });
});

describe("a Redis whose password is rotated", () => {
  const rotated = (choice: object): Promise<Synthesis<Redis>> =>
    redis(schema.parse({ ...bundled, password: { from: "generated", rotation: 3, ...choice } }));
  const lines = (synthesis: Synthesis<Redis>): string[] =>
    synthesis.object("ConfigMap", "redis-config").data["start.sh"]?.split("\n") ?? [];

  it("takes the earlier ones too, with which clients come until they roll", async () => {
    const synthesis = await rotated({});
    expect(lines(synthesis)).toContain(
      'user default on ~* &* +@all ">$REDIS_PASSWORD" ">$EARLIER_PASSWORD_1" ">$EARLIER_PASSWORD_2"',
    );
    expect(envOf(synthesis, "StatefulSet/redis")).toMatchObject({
      REDIS_PASSWORD: "secret redis/password-3",
      EARLIER_PASSWORD_1: "secret redis/password",
      EARLIER_PASSWORD_2: "secret redis/password-2",
    });
  });

  it("is asked for its health with the current one", async () => {
    const { REDISCLI_AUTH } = envOf(await rotated({}), "StatefulSet/redis");
    expect(REDISCLI_AUTH).toBe("secret redis/password-3");
  });

  it("takes the current one alone once the earlier ones are released", async () => {
    const synthesis = await rotated({ released: 2 });
    expect(lines(synthesis)).toContain('requirepass "$REDIS_PASSWORD"');
    expect(Object.keys(envOf(synthesis, "StatefulSet/redis")).join()).not.toContain("EARLIER");
  });
});

describe("an external Redis", () => {
  let synthesis: Synthesis<Redis>;
  beforeAll(async () => {
    synthesis = await redis({ ...external, data: "discard" }, elsewhere);
  });

  it("runs nothing here", () => {
    expect(synthesis.objects("StatefulSet")).toEqual([]);
  });

  it("is what clients are told, just as a bundled one", () => {
    expect(synthesis.value.database).toMatchObject({
      endpoint: { name: "redis", host: "redis.example.com", port: 6379 },
      number: 3,
      password: { secretName: "redis-external", key: "password", rotation: 2 },
    });
  });

  it.each([
    [true, "rediss"],
    [false, "redis"],
  ])("with tls %s has the scheme %s", async (tls, scheme) => {
    const settings = { ...external, external: { ...external.external!, tls } };
    expect((await redis(settings, elsewhere)).value.database?.scheme).toBe(scheme);
  });

  it("has its password in a Secret of its own, beside the bundled one", () => {
    expect(synthesis.object("Secret", "redis-external").stringData).toEqual({
      password: "set-by-hand",
    });
  });
});

describe("the data of a Redis that is no longer bundled", () => {
  const names = async (data: RedisSettings["data"]): Promise<string[]> => {
    const synthesis = await redis({ ...external, data }, elsewhere);
    return [...synthesis.names("PersistentVolumeClaim"), ...synthesis.names("Secret")];
  };

  it.each(["keep", "release"] as const)("stays declared under the policy %s", async (data) => {
    expect(await names(data)).toEqual(["redis-data", "redis", "redis-external"]);
  });

  it("goes under the policy discard", async () => {
    expect(await names("discard")).toEqual(["redis-external"]);
  });
});

describe("a Redis that is off", () => {
  it("has no clients", async () => {
    expect((await redis(bundled, {}, false)).value.database).toBeUndefined();
  });

  it("keeps its volume and its password, and runs nothing", async () => {
    const { resources: made } = await redis(bundled, {}, false);
    expect(made.filter(({ custom }) => custom).map(({ name }) => name)).toEqual([
      "acme-redis-credentials-password",
      "acme-redis-data",
      "acme-redis-credentials",
    ]);
  });

  it("keeps the password that somebody else gave it", async () => {
    const synthesis = await redis({ ...external, data: "discard" }, elsewhere, false);
    expect(synthesis.names("Secret")).toEqual(["redis-external"]);
  });
});

describe("the URL of a Redis", () => {
  const urlOf = async (...args: Parameters<typeof redis>): Promise<unknown> =>
    textOf((await redis(...args)).value.url());
  const password = generatedPassword("acme-redis-credentials-password", 32);
  const bundledUrl = {
    texts: { 1: `redis://:${password}@redis.acme.svc.cluster.local:6379/0` },
    around: "redis://:@redis.acme.svc.cluster.local:6379/0",
    rotation: 1,
  };

  it("has its password in it, for a Secret of its clients", async () => {
    expect(await urlOf(bundled)).toEqual(bundledUrl);
  });

  it("stays the same while the database is off, and so does a Secret with it", async () => {
    expect(await urlOf(bundled, {}, false)).toEqual(bundledUrl);
  });

  it("of an external one has its number, its encryption and its password's generation", async () => {
    expect(await urlOf(external, elsewhere)).toEqual({
      texts: { 1: "rediss://:set-by-hand@redis.example.com:6379/3" },
      around: "rediss://:@redis.example.com:6379/3",
      rotation: 2,
    });
  });

  it("is secret", async () => {
    const { value } = await redis(bundled);
    const [generation] = value.url()!.generations;
    expect(await pulumi.isSecret(generation!.text)).toBe(true);
  });

  it("is unknown where nobody but the cluster knows the password", async () => {
    const password = { from: "existing", secretName: "theirs", key: "pw" };
    expect(await urlOf(schema.parse({ ...bundled, password }))).toBeUndefined();
  });

  it("is unknown where the database and its password are gone", async () => {
    expect(await urlOf({ ...bundled, data: "discard" }, {}, false)).toBeUndefined();
  });

  it("takes its password from the container's variable, where it is a variable itself", async () => {
    const { database } = (await redis(external, elsewhere)).value;
    expect(redisUrl(database!, "REDIS_PASSWORD").text).toBe(
      "rediss://:$(REDIS_PASSWORD)@redis.example.com:6379/3",
    );
  });
});
