/** Proves how a bundled server is encrypted and who may reach it; that it answers so, only a real one shows. */
import { Postgres, type PostgresArgs } from "../../../components/services/postgres";
import type { OptionalPostgresSettings, ServerTls } from "../../../config/stores";
import { envOf } from "../../support/pods";
import { testScope } from "../../support/scope";
import { settingsOf } from "../../support/settings";
import { synth, type Synthesis } from "../../support/synth";

const plain = settingsOf("dev").thunderline.postgres;
const issuer: ServerTls = { from: "issuer", kind: "ClusterIssuer", name: "internal-ca" };
const secret: ServerTls = { from: "secret", secretName: "their-tls" };

function postgres(
  settings: Partial<OptionalPostgresSettings>,
  args: Partial<PostgresArgs> = {},
): Promise<Synthesis<Postgres>> {
  const all = { scope: testScope(), name: "postgres", enabled: true, extensions: [], ...args };
  return synth(
    () => new Postgres("acme-postgres", { ...all, settings: { ...plain, ...settings } }),
  );
}

function setupJob(synthesis: Synthesis<unknown>): string {
  return `Job/${synthesis.names("Job").join()}`;
}

function parametersOf(synthesis: Synthesis<unknown>): string[] | undefined {
  const { spec } = synthesis.object("StatefulSet", "postgres").spec.template;
  return spec.containers[0]?.args.filter((arg) => arg !== "-c");
}

describe.each([
  ["an issuer", issuer, "postgres-tls"],
  ["a Secret", secret, "their-tls"],
])("a server with a certificate from %s", (_, tls, secretName) => {
  let synthesis: Synthesis<Postgres>;
  beforeAll(async () => {
    synthesis = await postgres({ tls });
  });

  it("reads it from the Secret", () => {
    const { volumes, containers } = synthesis.object("StatefulSet", "postgres").spec.template.spec;
    const mount = containers[0]?.volumeMounts.find(({ mountPath }) => mountPath === "/tls");
    expect(volumes.find(({ name }) => name === mount?.name)?.secret.secretName).toBe(secretName);
  });

  it("shows it to its clients", () => {
    expect(parametersOf(synthesis)).toEqual([
      "ssl=on",
      "ssl_cert_file=/tls/tls.crt",
      "ssl_key_file=/tls/tls.key",
    ]);
  });

  it("has clients that demand it", () => {
    expect(synthesis.value.database?.tlsMode).toBe("require");
  });

  it("has a set-up that demands it", () => {
    expect(envOf(synthesis, setupJob(synthesis)).PGSSLMODE).toBe("require");
  });
});

describe("a server's certificate", () => {
  it("is asked for under the names of its Service", async () => {
    const synthesis = await postgres({ tls: issuer });
    expect(synthesis.object("Certificate", "postgres").spec.dnsNames).toEqual([
      "postgres.acme.svc.cluster.local",
      "postgres",
    ]);
  });

  it("is not asked for where somebody else keeps it", async () => {
    expect((await postgres({ tls: secret })).objects("Certificate")).toEqual([]);
  });

  it("goes with the server when that is off", async () => {
    expect((await postgres({ tls: issuer }, { enabled: false })).objects("Certificate")).toEqual(
      [],
    );
  });

  it("stands among the other parameters, in the order of their names", async () => {
    const parameters = { work_mem: "8MB", max_connections: "200" };
    expect(parametersOf(await postgres({ tls: secret, parameters }))).toEqual([
      "max_connections=200",
      "ssl=on",
      "ssl_cert_file=/tls/tls.crt",
      "ssl_key_file=/tls/tls.key",
      "work_mem=8MB",
    ]);
  });
});

describe("a server without a certificate", () => {
  it("has a set-up that says nothing of TLS, so that it does not run again", async () => {
    const synthesis = await postgres({});
    expect(envOf(synthesis, setupJob(synthesis))).not.toHaveProperty("PGSSLMODE");
  });
});

describe("the superuser of a bundled server", () => {
  it("is a connection that is ready once the set-up is done", async () => {
    const { value } = await postgres({});
    expect(value.superuser).toMatchObject({
      to: { name: "postgres", port: 5432, ready: value.database?.endpoint.ready },
      env: {
        PGUSER: "postgres",
        PGPASSWORD: { secretName: "postgres", key: "superuser-password" },
      },
    });
  });

  it("is nobody's while the server is off", async () => {
    expect((await postgres({}, { enabled: false })).value.superuser).toBeUndefined();
  });
});

describe("the Secret of a bundled server", () => {
  it("has another name where its system wants one", async () => {
    const synthesis = await postgres({}, { secretName: "credentials" });
    expect(synthesis.names("Secret")).toEqual(["credentials"]);
    expect(synthesis.value.database?.password.secretName).toBe("credentials");
  });

  it("is the same resource under another name, so that passwords stay", async () => {
    const passwords = async (args: Partial<PostgresArgs>): Promise<string[]> =>
      (await postgres({}, args)).resources
        .filter(({ type }) => type.startsWith("random:"))
        .map(({ urn }) => urn);
    expect(await passwords({ secretName: "credentials" })).toEqual(await passwords({}));
  });
});

describe("a caller from outside the system", () => {
  it("is let in to the server's port", async () => {
    const peer = { kind: "namespace", namespace: "grafana" } as const;
    const callers = [{ name: "grafana", peer, ports: ["postgres"] }];
    const synthesis = await postgres({}, { callers });
    const from = { matchLabels: { "kubernetes.io/metadata.name": "grafana" } };
    expect(synthesis.object("NetworkPolicy", "postgres-from-grafana").spec.ingress).toEqual([
      { from: [{ namespaceSelector: from }], ports: [{ protocol: "TCP", port: 5432 }] },
    ]);
  });
});

describe("a server on the volume of an earlier one", () => {
  it.each([
    ["pgdata", "/var/lib/postgresql/data/pgdata"],
    ["data", "/var/lib/postgresql/data/data"],
    [".", "/var/lib/postgresql/data"],
  ])("reads the folder that the settings name: %s", async (dataFolder, folder) => {
    expect(envOf(await postgres({ dataFolder }), "StatefulSet/postgres").PGDATA).toBe(folder);
  });

  it("has the superuser's password where it is, and generates none", async () => {
    const from = { from: "existing", secretName: "old-postgresql", key: "password" } as const;
    const rest = { rotation: 1, keepGenerations: 0, released: 0, discarded: 0 };
    const synthesis = await postgres({ superuserPassword: { ...from, ...rest } });
    const passwords = synthesis.resources.filter(({ type }) => type.includes("RandomPassword"));
    expect(passwords.map(({ name }) => name)).toEqual(["acme-postgres-credentials-password"]);
  });
});
