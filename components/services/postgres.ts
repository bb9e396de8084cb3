import type * as pulumi from "@pulumi/pulumi";

import type { PostgresSettings } from "../../config/blocks";
import { Component } from "../component";
import { Claim } from "../kubernetes/claim";
import { ConfigFiles } from "../kubernetes/config-files";
import {
  authority,
  type Connection,
  type Endpoint,
  externalEndpoint,
} from "../kubernetes/connection";
import { type SecretRef, template, type Template } from "../kubernetes/env";
import { OneShotJob } from "../kubernetes/job";
import { execProbe, sameProbe } from "../kubernetes/probe";
import { SecretBundle } from "../kubernetes/secret-bundle";
import { Workload } from "../kubernetes/workload";
import { given, retention, type Scope } from "../scope";

/** A database as its clients see it, whoever runs the server. */
export interface Database {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly user: string;
  readonly password: SecretRef;
  /** How clients have to encrypt: not at all inside the namespace, at least `require` outside it. */
  readonly tlsMode: "disable" | "require" | "verify-full";
}

export interface PostgresArgs {
  readonly scope: Scope;
  /** The name of the server's objects. */
  readonly name: string;
  readonly settings: PostgresSettings;
  /** Off runs nothing, and keeps the data as its policy says. */
  readonly enabled: boolean;
  /** Extensions of the database; an external server must have them already. */
  readonly extensions: readonly string[];
}

type Credentials = SecretBundle<"superuser-password" | "password">;

const port = 5432;
const passwordLength = 32;

/** A server that crashed replays its log before it answers; killed too early, it starts over for ever. */
const replaySeconds = 1800;

/**
 * A PostgreSQL database with an owner of its own, on a server of this program or on an external one.
 * @stateful
 */
export class Postgres extends Component {
  /** Undefined while off. */
  readonly database: Database | undefined;

  constructor(name: string, args: PostgresArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("services:Postgres", name, opts);
    const { enabled, settings } = args;
    const bundled = enabled && settings.mode === "bundled";
    const store = this.store(args, bundled);
    if (bundled && store !== undefined) {
      this.database = this.bundled(args, store.claim, store.credentials);
    } else if (enabled && settings.external !== undefined) {
      this.database = this.external(args, settings.external);
    }
    this.registerOutputs();
  }

  /** The data of the bundled server: it exists while the server runs, and as long as its policy says after that. */
  private store(
    args: PostgresArgs,
    inUse: boolean,
  ): { claim: Claim; credentials: Credentials } | undefined {
    const { scope, name, settings } = args;
    const kept = retention(scope.posture, inUse, settings.data);
    if (!kept.declared) return undefined;
    const entries = {
      "superuser-password": { choice: { from: "generated" }, length: passwordLength },
      password: { choice: settings.password, length: passwordLength },
    } as const;
    return {
      claim: new Claim(
        this.child("data"),
        { scope, name: `${name}-data`, volume: settings.volume, retention: kept },
        { parent: this },
      ),
      credentials: new SecretBundle(
        this.child("credentials"),
        { scope, name, entries, retention: kept },
        { parent: this },
      ),
    };
  }

  private bundled(args: PostgresArgs, claim: Claim, credentials: Credentials): Database {
    const { settings } = args;
    const server = this.server(args, claim, credentials).endpoint("postgres");
    const setup = this.setup(args, server, credentials);
    return {
      endpoint: { ...server, ready: [...server.ready, ...setup.done] },
      name: settings.database,
      user: settings.user,
      password: credentials.ref("password"),
      tlsMode: "disable",
    };
  }

  private external(
    args: PostgresArgs,
    external: NonNullable<PostgresSettings["external"]>,
  ): Database {
    const { scope, name, settings } = args;
    const credentials = new SecretBundle(
      this.child("external"),
      {
        scope,
        name: `${name}-external`,
        entries: { password: { choice: external.password, length: passwordLength } },
        retention: given,
      },
      { parent: this },
    );
    return {
      endpoint: externalEndpoint(scope, name, external.host, external.port),
      name: settings.database,
      user: settings.user,
      password: credentials.ref("password"),
      tlsMode: external.tlsMode,
    };
  }

  private server(args: PostgresArgs, claim: Claim, credentials: Credentials): Workload {
    const { scope, name, settings } = args;
    const home = "/var/lib/postgresql/data";
    return new Workload(
      this.child(),
      {
        scope,
        name,
        description: "PostgreSQL server",
        kind: "StatefulSet",
        image: settings.image,
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        env: {
          // A folder inside the volume: initdb refuses one that has a lost+found.
          PGDATA: `${home}/pgdata`,
          POSTGRES_INITDB_ARGS: "--encoding=UTF8 --auth-host=scram-sha-256",
          POSTGRES_PASSWORD: credentials.ref("superuser-password"),
        },
        ports: { postgres: port },
        serves: ["postgres"],
        // Asked over TCP: while the image prepares an empty volume, its server answers on the socket alone.
        probes: sameProbe(
          (timing) => execProbe(["pg_isready", "-h", "127.0.0.1", "-U", "postgres"], timing),
          replaySeconds,
        ),
        mounts: [
          { kind: "claim", claim, path: home },
          { kind: "scratch", name: "run", path: "/var/run/postgresql", sizeLimit: "16Mi" },
          // Parallel queries and index builds share memory there; a runtime's own 64 MiB is too little.
          { kind: "scratch", name: "shm", path: "/dev/shm", sizeLimit: "256Mi", medium: "Memory" },
        ],
        // A shutdown writes a checkpoint first.
        gracePeriodSeconds: 120,
      },
      { parent: this },
    );
  }

  /** Role, database and extensions, made by the superuser so that no application has to be one. */
  private setup(args: PostgresArgs, server: Endpoint, credentials: Credentials): OneShotJob {
    const { scope, name, settings } = args;
    const files = new ConfigFiles(
      this.child("setup"),
      { scope, name: `${name}-setup`, files: { "setup.sql": setupSql(args.extensions) } },
      { parent: this },
    );
    const connection: Connection = {
      to: server,
      env: {
        PGHOST: server.host,
        PGPORT: String(server.port),
        PGUSER: "postgres",
        PGPASSWORD: credentials.ref("superuser-password"),
      },
    };
    return new OneShotJob(
      this.child("setup"),
      {
        scope,
        name: `${name}-setup`,
        description: "Makes the database, its owner and its extensions",
        image: settings.image,
        command: ["psql", "--no-psqlrc", "--dbname=postgres", "--file=/setup/setup.sql"],
        runAsUser: settings.runAsUser,
        resources: settings.setup.resources,
        deadlineSeconds: settings.setup.deadlineSeconds,
        env: {
          DATABASE_NAME: settings.database,
          DATABASE_USER: settings.user,
          DATABASE_PASSWORD: credentials.ref("password"),
        },
        connections: [connection],
        mounts: [{ kind: "files", files, path: "/setup" }],
      },
      { parent: this },
    );
  }
}

/** A connection URL; Kubernetes puts in the password from the container's variable `passwordVariable`. */
export function databaseUrl(
  database: Database,
  scheme: string,
  passwordVariable: string,
  query = "",
): Template {
  const { endpoint, user, name } = database;
  return template(
    `${scheme}://${user}:$(${passwordVariable})@${authority(endpoint)}/${name}${query}`,
  );
}

/** SQL that may run again at any time. The first lines keep the password out of the server's log. */
export function setupSql(extensions: readonly string[]): string {
  const lines = [
    "\\set ON_ERROR_STOP on",
    "\\getenv database DATABASE_NAME",
    "\\getenv owner DATABASE_USER",
    "\\getenv password DATABASE_PASSWORD",
    "SET log_statement = 'none';",
    "SET log_min_error_statement = 'panic';",
    "SELECT format('CREATE ROLE %I', :'owner')",
    "  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \\gexec",
    "ALTER ROLE :\"owner\" LOGIN PASSWORD :'password';",
    "SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8''', :'database', :'owner')",
    "  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec",
    'REVOKE ALL ON DATABASE :"database" FROM PUBLIC;',
    '\\connect :"database"',
    ...extensions.map((extension) => `CREATE EXTENSION IF NOT EXISTS "${extension}";`),
  ];
  return `${lines.join("\n")}\n`;
}
