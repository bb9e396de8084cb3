import * as pulumi from "@pulumi/pulumi";

import type { OptionalPostgresSettings } from "../../config/stores";
import { certificate } from "../kubernetes/certificate";
import { ConfigFiles } from "../kubernetes/config-files";
import {
  type Caller,
  type Connection,
  type Endpoint,
  externalEndpoint,
} from "../kubernetes/connection";
import { type Env, type SecretRef, type SecretText, surrounded, template } from "../kubernetes/env";
import { OneShotJob } from "../kubernetes/job";
import { execProbe, sameProbe } from "../kubernetes/probe";
import { Workload } from "../kubernetes/workload";
import { roleIn, serviceHost } from "../scope";
import type { BackupSource } from "./backup/source";
import { aroundPassword, type Database, type TlsMode } from "./database";
import { setupSql, superuserFiles } from "./postgres-setup";
import { type Kept, Store, type StoreArgs } from "./store";

export interface PostgresArgs extends StoreArgs {
  readonly settings: OptionalPostgresSettings;
  /** Extensions of the database; an external server must have them already. */
  readonly extensions: readonly string[];
  /** Who may reach a bundled server from outside the system. */
  readonly callers?: readonly Caller[];
}

type Bundled = Kept<"superuser-password" | "password">;
type External = NonNullable<OptionalPostgresSettings["external"]>;

const port = 5432;
const passwordLength = 32;

const tlsFolder = "/tls";
const tlsParameters = {
  ssl: "on",
  ssl_cert_file: `${tlsFolder}/tls.crt`,
  ssl_key_file: `${tlsFolder}/tls.key`,
};

/** A server that crashed replays its log before it answers; killed too early, it starts over for ever. */
const replaySeconds = 1800;

/**
 * A PostgreSQL database with an owner of its own, on a server of this program or on an external one.
 * @stateful
 */
export class Postgres extends Store {
  /** Undefined while off. */
  readonly database: Database | undefined;
  /** How a job becomes the superuser of a bundled server, once its set-up is done. */
  readonly superuser: Connection | undefined;
  readonly #args: PostgresArgs;
  readonly #password: SecretText | undefined;

  constructor(name: string, args: PostgresArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("services:Postgres", name, opts);
    this.#args = { ...args, scope: roleIn(args.scope, "database") };
    const { enabled, settings } = args;
    const bundled = settings.mode === "bundled";
    const kept = this.keep(this.#args, settings, enabled && bundled, {
      "superuser-password": { choice: settings.superuserPassword, length: passwordLength },
      password: { choice: settings.password, length: passwordLength },
    });
    const external = settings.mode === "external" ? settings.external : undefined;
    const theirs =
      external &&
      this.given(this.#args, { password: { choice: external.password, length: passwordLength } });
    this.#password = (bundled ? kept?.credentials : theirs)?.text("password");
    if (enabled && bundled && kept !== undefined) {
      this.database = this.bundled(kept);
      this.superuser = this.asSuperuser(this.database.endpoint, kept);
    }
    this.backUp(this.#args, settings.backup, this.backupSource(kept));
    if (enabled && external !== undefined && theirs !== undefined) {
      this.database = this.elsewhere(external, theirs.ref("password"));
    }
    this.registerOutputs();
  }

  /**
   * The connection URL with its password; `query` is what the client needs to know of the mode of TLS.
   * It is there while the database is off too, so that a Secret with it stays as it is; undefined where
   * nobody but the cluster knows the password.
   */
  url(scheme: string, query: (tlsMode: TlsMode) => string): SecretText | undefined {
    const password = this.#password;
    if (password === undefined) return undefined;
    const { settings } = this.#args;
    const [start, end] = aroundPassword(scheme, {
      ...this.address,
      user: settings.user,
      name: settings.database,
      query: query(this.address.tlsMode),
    });
    return surrounded(password, start, end);
  }

  /** Where the server is, whether it is up or not. */
  private get address(): Pick<External, "host" | "port"> & { readonly tlsMode: TlsMode } {
    const { scope, name, settings } = this.#args;
    return settings.mode === "external" && settings.external !== undefined
      ? settings.external
      : { host: serviceHost(scope, name), port, tlsMode: this.tlsMode };
  }

  private bundled(kept: Bundled): Database {
    const { settings } = this.#args;
    const server = this.server(kept).endpoint("postgres");
    const setup = this.setup(server, kept);
    return {
      endpoint: { ...server, ready: [...server.ready, ...setup.done] },
      name: settings.database,
      user: settings.user,
      password: kept.credentials.ref("password"),
      tlsMode: this.tlsMode,
    };
  }

  /** Clients inside the cluster know the server by its policy; a certificate is there to encrypt. */
  private get tlsMode(): "disable" | "require" {
    return this.#args.settings.tls.from === "none" ? "disable" : "require";
  }

  private asSuperuser(to: Endpoint, { credentials }: Bundled): Connection {
    return {
      to,
      env: {
        PGHOST: to.host,
        PGPASSWORD: credentials.ref("superuser-password"),
        PGPORT: String(to.port),
        ...(this.tlsMode === "disable" ? {} : { PGSSLMODE: this.tlsMode }),
        PGUSER: "postgres",
      },
    };
  }

  private backupSource(kept: Bundled | undefined): BackupSource | undefined {
    if (kept === undefined || this.superuser === undefined) return undefined;
    const { image, runAsUser } = this.#args.settings;
    return {
      kind: "postgres",
      image,
      runAsUser,
      volume: kept.claim,
      connections: [this.superuser],
    };
  }

  private elsewhere(external: External, password: SecretRef): Database {
    const { scope, name, settings } = this.#args;
    return {
      endpoint: externalEndpoint(scope, name, external.host, external.port),
      name: settings.database,
      user: settings.user,
      password,
      tlsMode: external.tlsMode,
    };
  }

  private server({ claim, credentials }: Bundled): Workload {
    const { scope, name, settings } = this.#args;
    const home = "/var/lib/postgresql/data";
    const certificate = this.certificate();
    const [oldest] = credentials.earlier("superuser-password");
    const parameters = Object.entries({
      ...settings.parameters,
      ...(certificate === undefined ? {} : tlsParameters),
    }).sort(([a], [b]) => (a < b ? -1 : 1));
    return new Workload(
      this.child(),
      {
        scope,
        name,
        description: "PostgreSQL server",
        kind: "StatefulSet",
        image: settings.image,
        ...(parameters.length === 0
          ? {}
          : { args: parameters.flatMap(([key, value]) => ["-c", `${key}=${value}`]) }),
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        env: {
          // A folder inside the volume: initdb refuses one that has a lost+found.
          PGDATA: settings.dataFolder === "." ? home : `${home}/${settings.dataFolder}`,
          POSTGRES_INITDB_ARGS: "--encoding=UTF8 --auth-host=scram-sha-256",
          // It counts on an empty volume alone, and the set-up knows the way from there: a server that
          // is up must not restart for a password that it does not read.
          POSTGRES_PASSWORD: oldest ?? credentials.ref("superuser-password"),
        },
        ports: { postgres: port },
        serves: ["postgres"],
        callers: this.#args.callers ?? [],
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
          ...(certificate === undefined
            ? []
            : [{ kind: "secret", secretName: certificate, path: tlsFolder } as const]),
        ],
        // A shutdown writes a checkpoint first.
        gracePeriodSeconds: 120,
      },
      { parent: this },
    );
  }

  /** The Secret of the server's certificate; cert-manager renews it, and a restart takes it up. */
  private certificate(): string | undefined {
    const { scope, name, settings } = this.#args;
    const { tls } = settings;
    switch (tls.from) {
      case "none":
        return undefined;
      case "secret":
        return tls.secretName;
      case "issuer":
        return certificate(
          this.child(),
          { scope, name, issuer: tls, hosts: [serviceHost(scope, name), name] },
          this.childOptions(scope.exists),
        );
    }
  }

  /** Role, database and extensions, made by the superuser so that no application has to be one. */
  private setup(server: Endpoint, kept: Bundled): OneShotJob {
    const { scope, name, settings, extensions } = this.#args;
    const { parameters } = settings;
    const earlier = kept.credentials.earlier("superuser-password");
    const password = kept.credentials.ref("password");
    const rotated = password.rotation > 1 || earlier.length > 0;
    const files = new ConfigFiles(
      this.child("setup"),
      {
        scope,
        name: `${name}-setup`,
        files: {
          "setup.sql": setupSql({ extensions, parameters, rotated }),
          ...(earlier.length === 0 ? {} : superuserFiles),
        },
      },
      { parent: this },
    );
    return new OneShotJob(
      this.child("setup"),
      {
        scope,
        name: `${name}-setup`,
        description: "Makes the database, its owner and its extensions",
        image: settings.image,
        command:
          earlier.length === 0
            ? ["psql", "--no-psqlrc", "--dbname=postgres", "--file=/setup/setup.sql"]
            : ["/bin/sh", "/setup/setup.sh"],
        runAsUser: settings.runAsUser,
        resources: settings.setup.resources,
        deadlineSeconds: settings.setup.deadlineSeconds,
        env: {
          DATABASE_NAME: settings.database,
          DATABASE_USER: settings.user,
          DATABASE_PASSWORD: password,
          ...earlierPasswords(earlier),
        },
        connections: [this.asSuperuser(server, kept)],
        mounts: [{ kind: "files", files, path: "/setup" }],
      },
      { parent: this },
    );
  }
}

/** The superuser's earlier passwords, the newest first: one of them opens a server that is behind. */
function earlierPasswords(earlier: readonly SecretRef[]): Env {
  if (earlier.length === 0) return {};
  const variables = earlier.map(
    (ref) => [`EARLIER_PASSWORD_${String(ref.rotation)}`, ref] as const,
  );
  const names = variables.map(([name]) => `$(${name})`).reverse();
  return { ...Object.fromEntries(variables), EARLIER_PASSWORDS: template(names.join(" ")) };
}
