/** Proves what is declared of a database; that the SQL runs, only a real server shows. */
import * as pulumi from "@pulumi/pulumi";

import { Workload } from "../../../components/kubernetes/workload";
import { databaseUrl } from "../../../components/services/database";
import { Postgres } from "../../../components/services/postgres";
import { setupSql } from "../../../components/services/postgres-setup";
import type { OptionalPostgresSettings } from "../../../config/stores";
import { envOf } from "../../support/pods";
import { type Surroundings, testScope } from "../../support/scope";
import { server } from "../../support/server";
import { settingsOf } from "../../support/settings";
import { synth, type Synthesis } from "../../support/synth";

const bundled = settingsOf("dev").thunderline.postgres;
const external: OptionalPostgresSettings = {
  ...bundled,
  mode: "external",
  external: {
    host: "db.example.com",
    port: 6432,
    password: { from: "setting", key: "dbPassword", rotation: 2 },
    tlsMode: "require",
  },
};
const elsewhere: Surroundings = {
  cluster: { externalCidrs: { "db.example.com": ["10.1.0.0/24"] } },
  encrypted: { dbPassword: pulumi.secret("set by hand") },
};

function declare(
  settings: OptionalPostgresSettings,
  surroundings: Surroundings,
  enabled: boolean,
): Postgres {
  const args = { name: "postgres", settings, enabled, extensions: ["citext", "vector"] };
  return new Postgres("acme-postgres", { scope: testScope(surroundings), ...args });
}

function postgres(
  settings: OptionalPostgresSettings,
  surroundings: Surroundings = {},
  enabled = true,
): Promise<Synthesis<Postgres>> {
  return synth(() => declare(settings, surroundings, enabled));
}

function setupJob(synthesis: Synthesis<unknown>): string {
  return `Job/${synthesis.names("Job").join()}`;
}

/** The script of a first set-up. */
function sql(...extensions: string[]): string {
  return setupSql({ extensions, rotated: false, parameters: {} });
}

describe("a bundled database", () => {
  let synthesis: Synthesis<Postgres>;
  beforeAll(async () => {
    synthesis = await postgres(bundled);
  });

  it("is one StatefulSet of one replica", () => {
    expect(synthesis.object("StatefulSet", "postgres").spec.replicas).toBe(1);
  });

  it("is the database of its system", () => {
    const { labels } = synthesis.object("StatefulSet", "postgres").metadata;
    expect(labels["app.kubernetes.io/component"]).toBe("database");
  });

  it("keeps its data in a folder inside its volume, where initdb takes it", () => {
    const { PGDATA } = envOf(synthesis, "StatefulSet/postgres");
    const [container] = synthesis.object("StatefulSet", "postgres").spec.template.spec.containers;
    const mount = container?.volumeMounts.find(({ name }) => name === "postgres-data");
    expect(PGDATA).toMatch(new RegExp(`^${mount?.mountPath ?? "no mount"}/.+`));
  });

  it("is asked for its health over TCP, where it answers only once it is set up", () => {
    const [container] = synthesis.object("StatefulSet", "postgres").spec.template.spec.containers;
    expect(container?.startupProbe.exec.command).toEqual(
      expect.arrayContaining(["pg_isready", "127.0.0.1"]),
    );
  });

  it("has time for its last checkpoint", () => {
    const { spec } = synthesis.object("StatefulSet", "postgres").spec.template;
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(120);
  });

  it("knows the superuser's password alone", () => {
    expect(envOf(synthesis, "StatefulSet/postgres")).toMatchObject({
      POSTGRES_PASSWORD: "secret postgres/superuser-password",
    });
  });

  it("has clients that use its owner's password", () => {
    expect(synthesis.value.database).toMatchObject({
      name: "thunderline",
      user: "thunderline",
      password: { secretName: "postgres", key: "password" },
    });
  });

  it("is reached without TLS, inside its namespace", () => {
    expect(synthesis.value.database?.tlsMode).toBe("disable");
  });

  it("has clients wait until role, database and extensions are there", async () => {
    const waiting = await synth(() => {
      const { database } = declare(bundled, {}, true);
      const connections = [{ to: database!.endpoint, env: {} }];
      new Workload("acme-client", server({ name: "client", connections }));
    });
    expect(waiting.waits("Deployment/client")).toContain(setupJob(waiting));
  });
});

describe("the parameters of a bundled database", () => {
  const argsOf = async (
    parameters: OptionalPostgresSettings["parameters"],
  ): Promise<string[] | undefined> => {
    const synthesis = await postgres({ ...bundled, parameters });
    const { spec } = synthesis.object("StatefulSet", "postgres").spec.template;
    return spec.containers[0]?.args;
  };

  it("are arguments of the server, in the order of their names", async () => {
    expect(await argsOf({ work_mem: "64MB", max_connections: "200" })).toEqual([
      "-c",
      "max_connections=200",
      "-c",
      "work_mem=64MB",
    ]);
  });

  it("are PostgreSQL's own where the settings name none", async () => {
    expect(await argsOf({})).toBeUndefined();
  });
});

describe("the set-up of a bundled database", () => {
  let synthesis: Synthesis<Postgres>;
  beforeAll(async () => {
    synthesis = await postgres(bundled);
  });

  it("waits for the server", () => {
    expect(synthesis.waits(setupJob(synthesis))).toContain("StatefulSet/postgres");
  });

  it("connects as the superuser, so that no application has to be one", () => {
    expect(envOf(synthesis, setupJob(synthesis))).toMatchObject({
      PGHOST: "postgres.acme.svc.cluster.local",
      PGUSER: "postgres",
      PGPASSWORD: "secret postgres/superuser-password",
    });
  });

  it("is told the owner's name and password, and no other secret", () => {
    expect(envOf(synthesis, setupJob(synthesis))).toMatchObject({
      DATABASE_NAME: "thunderline",
      DATABASE_USER: "thunderline",
      DATABASE_PASSWORD: "secret postgres/password",
    });
  });

  it("runs the script that is mounted", () => {
    const { data } = synthesis.object("ConfigMap", "postgres-setup");
    expect(data).toEqual({ "setup.sql": sql("citext", "vector") });
  });

  it.each(["citext", "vector"])("makes the extension %s", (extension) => {
    expect(sql("citext", "vector")).toContain(`CREATE EXTENSION IF NOT EXISTS "${extension}";`);
  });

  it("makes extensions in the database, not in that of the superuser", () => {
    expect(sql("citext").split("\n").slice(-3)).toEqual([
      '\\connect :"database"',
      'CREATE EXTENSION IF NOT EXISTS "citext";',
      "",
    ]);
  });

  it("stops at the first fault, or a half-made database would count as done", () => {
    expect(sql().split("\n")[0]).toBe("\\set ON_ERROR_STOP on");
  });

  it("keeps the password out of the server's log", () => {
    const lines = sql().split("\n");
    const password = lines.findIndex((line) => line.includes("PASSWORD :"));
    expect(lines.indexOf("SET log_statement = 'none';")).toBeLessThan(password);
  });
});

describe("an external database", () => {
  let synthesis: Synthesis<Postgres>;
  beforeAll(async () => {
    synthesis = await postgres({ ...external, data: "discard" }, elsewhere);
  });

  it("runs nothing here", () => {
    expect([...synthesis.objects("StatefulSet"), ...synthesis.objects("Job")]).toEqual([]);
  });

  it("is what clients are told, just as a bundled one", () => {
    expect(synthesis.value.database).toMatchObject({
      endpoint: { name: "postgres", host: "db.example.com", port: 6432 },
      name: "thunderline",
      user: "thunderline",
      password: { secretName: "postgres-external", key: "password", rotation: 2 },
    });
  });

  it("is reached by TLS alone", () => {
    expect(synthesis.value.database?.tlsMode).toBe("require");
  });

  it("has its password in a Secret of its own, beside the bundled one", () => {
    expect(synthesis.object("Secret", "postgres-external").stringData).toEqual({
      password: "set by hand",
    });
  });
});

describe("the data of a database that is no longer bundled", () => {
  const names = async (data: OptionalPostgresSettings["data"]): Promise<string[]> => {
    const synthesis = await postgres({ ...external, data }, elsewhere);
    return [...synthesis.names("PersistentVolumeClaim"), ...synthesis.names("Secret")];
  };

  it.each(["keep", "release"] as const)("stays declared under the policy %s", async (data) => {
    expect(await names(data)).toEqual(["postgres-data", "postgres", "postgres-external"]);
  });

  it("goes under the policy discard", async () => {
    expect(await names("discard")).toEqual(["postgres-external"]);
  });

  it("keeps the URNs that it had, so that nothing is made anew", async () => {
    const [before, after] = [
      await postgres(bundled),
      await postgres({ ...external, data: "keep" }, elsewhere),
    ];
    const urns = (synthesis: Synthesis<unknown>): (string | undefined)[] =>
      ["PersistentVolumeClaim/postgres-data", "Secret/postgres"].map(
        (title) => synthesis.resource(title).urn,
      );
    expect(urns(after)).toEqual(urns(before));
  });
});

describe("a database that is off", () => {
  it("has no clients", async () => {
    expect((await postgres(bundled, {}, false)).value.database).toBeUndefined();
  });

  it("keeps its volume and its passwords, and runs nothing", async () => {
    const { resources } = await postgres(bundled, {}, false);
    expect(resources.filter(({ custom }) => custom).map(({ name }) => name)).toEqual([
      "acme-postgres-credentials-superuser-password",
      "acme-postgres-credentials-password",
      "acme-postgres-data",
      "acme-postgres-credentials",
    ]);
  });
});

describe("an external database that is off", () => {
  it("keeps the password that somebody else gave it", async () => {
    const synthesis = await postgres({ ...external, data: "discard" }, elsewhere, false);
    expect(synthesis.names("Secret")).toEqual(["postgres-external"]);
  });
});

describe("a database that a system does without", () => {
  it("has no clients", async () => {
    expect((await postgres({ ...bundled, mode: "off" })).value.database).toBeUndefined();
  });

  it("is kept as its policy says, and runs nothing", async () => {
    const synthesis = await postgres({ ...bundled, mode: "off" });
    expect(synthesis.names("PersistentVolumeClaim")).toEqual(["postgres-data"]);
    expect(synthesis.objects("StatefulSet")).toEqual([]);
  });

  it("leaves nothing under the policy discard", async () => {
    const { resources } = await postgres({ ...bundled, mode: "off", data: "discard" });
    expect(resources.filter(({ custom }) => custom)).toEqual([]);
  });
});

describe("the URL of a database", () => {
  it("takes its password from the container's variable, never from the program", async () => {
    const { database } = (await postgres(bundled)).value;
    expect(databaseUrl(database!, "ecto", "DB_PASSWORD").text).toBe(
      "ecto://thunderline:$(DB_PASSWORD)@postgres.acme.svc.cluster.local:5432/thunderline",
    );
  });
});
