/** Proves what the URL of a database is made of; that a client takes it, only a real one shows. */
import * as pulumi from "@pulumi/pulumi";

import { tlsQuery } from "../../../components/services/database";
import { Postgres } from "../../../components/services/postgres";
import { optionalPostgres, type OptionalPostgresSettings } from "../../../config/stores";
import { textOf } from "../../support/outputs";
import { generatedPassword } from "../../support/recorder";
import { type Surroundings, testScope } from "../../support/scope";
import { settingsOf } from "../../support/settings";
import { synth, type Synthesis } from "../../support/synth";

const bundled = settingsOf("dev").thunderline.postgres;
const password = { from: "setting", key: "dbPassword", rotation: 2 };
const external = optionalPostgres.parse({
  ...bundled,
  mode: "external",
  external: { host: "db.example.com", port: 6432, password },
});
const theirs = { from: "existing", secretName: "theirs", key: "pw" };
const elsewhere: Surroundings = {
  cluster: { externalCidrs: { "db.example.com": ["10.1.0.0/24"] } },
  encrypted: { dbPassword: pulumi.secret("set-by-hand") },
};

interface Options extends Surroundings {
  /** @default true */
  readonly enabled?: boolean;
}

function postgres(
  settings: OptionalPostgresSettings,
  { enabled = true, ...surroundings }: Options = {},
): Promise<Synthesis<Postgres>> {
  const scope = testScope(surroundings);
  const args = { scope, name: "postgres", settings, enabled, extensions: [] };
  return synth(() => new Postgres("acme-postgres", args));
}

async function urlOf(settings: OptionalPostgresSettings, options: Options = {}): Promise<unknown> {
  const { value } = await postgres(settings, options);
  return textOf(value.url("postgresql+asyncpg", (mode) => tlsQuery(mode, "ssl")));
}

describe("the URL of a bundled database", () => {
  const owner = `thunderline:${generatedPassword("acme-postgres-credentials-password", 32)}`;
  const url = {
    texts: {
      1: `postgresql+asyncpg://${owner}@postgres.acme.svc.cluster.local:5432/thunderline?ssl=disable`,
    },
    around:
      "postgresql+asyncpg://thunderline:@postgres.acme.svc.cluster.local:5432/thunderline?ssl=disable",
    rotation: 1,
  };

  it("has the owner's password in it, and the scheme of its client", async () => {
    expect(await urlOf(bundled)).toEqual(url);
  });

  it("stays the same while the database is off, and so does a Secret with it", async () => {
    expect(await urlOf(bundled, { enabled: false })).toEqual(url);
  });

  it("is secret", async () => {
    const { value } = await postgres(bundled);
    const [generation] = value.url("postgres", tlsQuery)!.generations;
    expect(await pulumi.isSecret(generation!.text)).toBe(true);
  });

  it("is unknown where nobody but the cluster knows the password", async () => {
    const settings = optionalPostgres.parse({ ...bundled, password: theirs });
    expect(await urlOf(settings)).toBeUndefined();
  });

  it("is unknown where the database and its password are gone", async () => {
    expect(await urlOf({ ...bundled, data: "discard" }, { enabled: false })).toBeUndefined();
  });
});

describe("the URL of an external database", () => {
  const url = {
    texts: {
      1: "postgresql+asyncpg://thunderline:set-by-hand@db.example.com:6432/thunderline?ssl=require",
    },
    around: "postgresql+asyncpg://thunderline:@db.example.com:6432/thunderline?ssl=require",
    rotation: 2,
  };

  it("has the given password, its generation and the client's word for TLS", async () => {
    expect(await urlOf(external, elsewhere)).toEqual(url);
  });

  it("stays the same while the database is off", async () => {
    expect(await urlOf(external, { ...elsewhere, enabled: false })).toEqual(url);
  });

  it("is unknown where nobody but the cluster knows the password", async () => {
    const where = { ...external.external, password: theirs };
    const settings = optionalPostgres.parse({ ...external, external: where });
    expect(await urlOf(settings, elsewhere)).toBeUndefined();
  });
});

describe("the URL of a database that a system does without", () => {
  it("is none, whatever is kept of it", async () => {
    expect(await urlOf({ ...bundled, mode: "off" })).toBeUndefined();
  });
});
