import type * as pulumi from "@pulumi/pulumi";

import type { TelemetrySettings } from "../../../config/systems/telemetry";
import { Component } from "../../component";
import { ConfigFiles } from "../../kubernetes/config-files";
import {
  authority,
  type Caller,
  type Connection,
  type Endpoint,
} from "../../kubernetes/connection";
import type { Env, SecretText } from "../../kubernetes/env";
import { OneShotJob } from "../../kubernetes/job";
import { SecretBundle } from "../../kubernetes/secret-bundle";
import { type Retention, roleIn, type Scope } from "../../scope";
import { pruneSnapshots } from "../../services/backup/snapshots";
import { type Database, databaseUrl, tlsQuery } from "../../services/database";
import { Postgres } from "../../services/postgres";
import { Connect } from "./connect";
import { ownName } from "./names";
import { sinkName } from "./stream-alerts";
import { type DatabaseName, migrationFiles, readerScript, sinkFiles } from "./streams";

export interface SinkArgs {
  readonly scope: Scope;
  readonly which: DatabaseName;
  /** The name of the server's objects, and that of its Secret. */
  readonly server: { readonly name: string; readonly secretName: string };
  readonly settings: TelemetrySettings;
  readonly extensions: readonly string[];
  /** Who reads the data, with a role of its own. */
  readonly reader?: TelemetrySettings["timescaledb"]["reader"];
  /** Undefined while off. */
  readonly kafka: Endpoint | undefined;
  readonly retention: Retention;
}

/** Who reads the data, as those see it who hand the password on. */
export interface Reader {
  /** Undefined where there is no reader, or where only the cluster knows it. */
  readonly password: SecretText | undefined;
  /** What gives the role this password. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * From Kafka into a database: the server, its schema, then the sink that fills it.
 * @stateful
 */
export class Sink extends Component {
  readonly database: Database | undefined;
  readonly secretNames: readonly string[];
  readonly reader: Reader;

  constructor(name: string, args: SinkArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Sink", name, opts);
    const { scope, kafka, server, reader } = args;
    const postgres = new Postgres(
      this.child("database"),
      {
        scope,
        ...server,
        settings: this.partOf(args).postgres,
        enabled: kafka !== undefined,
        extensions: args.extensions,
        callers: reader === undefined ? [] : [callerOf(reader)],
      },
      { parent: this },
    );
    pruneSnapshots(this.child("snapshot-pruning"), scope, [postgres.snapshotted], {
      parent: this,
    });
    const { database } = postgres;
    const password = reader && this.readerSecret(args, reader);
    let readerReady: readonly pulumi.Resource[] = [];
    if (database !== undefined && kafka !== undefined) {
      const migrated = this.migration(args, database);
      if (reader !== undefined && password !== undefined && postgres.superuser !== undefined) {
        readerReady = this.readerRole(args, reader, password, {
          superuser: postgres.superuser,
          database,
          migrated,
        }).done;
      }
      this.connect(args, database, kafka, migrated);
    }
    this.database = database;
    this.reader = { password: password?.text("password"), ready: readerReady };
    this.secretNames = [database?.password.secretName, password?.secretName].filter(
      (one) => one !== undefined,
    );
    this.registerOutputs();
  }

  private partOf({ which, settings }: SinkArgs): TelemetrySettings["heatpumpSettings"] {
    return which === "telemetry" ? settings.timescaledb : settings.heatpumpSettings;
  }

  private migration(args: SinkArgs, database: Database): OneShotJob {
    const { which, settings, server } = args;
    const scope = roleIn(args.scope, "migration");
    const name = `${server.name}-migration`;
    const { retentionDays } = settings.timescaledb;
    const files = new ConfigFiles(
      this.child("migration"),
      { scope, name, files: migrationFiles(which, { retentionDays }) },
      { parent: this },
    );
    return new OneShotJob(
      this.child("migration"),
      {
        scope,
        name,
        description: "Brings the tables to what the streams declare",
        ...this.psql(args, "/migration/migrate.sql"),
        ...settings.migration,
        connections: [{ to: database.endpoint, env: ownerEnv(database) }],
        mounts: [{ kind: "files", files, path: "/migration" }],
      },
      { parent: this },
    );
  }

  private readerSecret(
    { scope, server, retention }: SinkArgs,
    reader: NonNullable<SinkArgs["reader"]>,
  ): SecretBundle<"password"> {
    return new SecretBundle(
      this.child("reader"),
      {
        scope,
        name: `${server.name}-reader`,
        entries: {
          password: {
            choice: reader.password,
            length: 32,
            rotating: `give it to what reads as ${reader.user}: the one before opens nothing new`,
          },
        },
        retention,
      },
      { parent: this },
    );
  }

  private readerRole(
    args: SinkArgs,
    reader: NonNullable<SinkArgs["reader"]>,
    password: SecretBundle<"password">,
    after: { superuser: Connection; database: Database; migrated: OneShotJob },
  ): OneShotJob {
    const { settings, server } = args;
    const scope = roleIn(args.scope, "migration");
    const name = `${server.name}-reader`;
    const { superuser, database, migrated } = after;
    const rotated = password.ref("password").rotation > 1;
    const { parameters } = this.partOf(args).postgres;
    const files = new ConfigFiles(
      this.child("reader-role"),
      { scope, name, files: { "reader.sql": readerScript({ rotated, parameters }) } },
      { parent: this },
    );
    return new OneShotJob(
      this.child("reader-role"),
      {
        scope,
        name,
        description: "Makes the role that may read the measurements and nothing else",
        ...this.psql(args, "/reader/reader.sql"),
        ...settings.migration,
        env: {
          DATABASE_NAME: database.name,
          PGDATABASE: "postgres",
          READER_PASSWORD: password.ref("password"),
          READER_USER: reader.user,
        },
        // Its tables have to be there first.
        connections: [
          {
            ...superuser,
            to: { ...superuser.to, ready: [...superuser.to.ready, ...migrated.done] },
          },
        ],
        mounts: [{ kind: "files", files, path: "/reader" }],
      },
      { parent: this },
    );
  }

  private psql(
    args: SinkArgs,
    file: string,
  ): { image: string; runAsUser: number; command: string[] } {
    const { image, runAsUser } = this.partOf(args).postgres;
    return { image, runAsUser, command: ["psql", "--no-psqlrc", `--file=${file}`] };
  }

  private connect(args: SinkArgs, database: Database, kafka: Endpoint, migrated: OneShotJob): void {
    const { which, settings } = args;
    const { endpoint, tlsMode } = database;
    new Connect(
      this.child(),
      {
        scope: roleIn(args.scope, "sink"),
        name: sinkName,
        description: "Writes the streams' messages from Kafka into the tables",
        settings: settings.connect,
        resources: this.partOf(args).sink.resources,
        files: sinkFiles(which, { group: ownName(args.scope) }),
        connections: [
          {
            to: { ...endpoint, ready: [...endpoint.ready, ...migrated.done] },
            env: {
              DATABASE_DSN: databaseUrl(
                database,
                "postgres",
                "DATABASE_PASSWORD",
                tlsQuery(tlsMode),
              ),
              DATABASE_PASSWORD: database.password,
            },
          },
          { to: kafka, env: { KAFKA_BROKERS: authority(kafka) } },
        ],
        paused: settings.paused,
      },
      { parent: this },
    );
  }
}

function ownerEnv({ endpoint, name, user, password, tlsMode }: Database): Env {
  return {
    PGDATABASE: name,
    PGHOST: endpoint.host,
    PGPASSWORD: password,
    PGPORT: String(endpoint.port),
    PGSSLMODE: tlsMode,
    PGUSER: user,
  };
}

function callerOf({ namespace }: NonNullable<SinkArgs["reader"]>): Caller {
  return { name: "grafana", peer: { kind: "namespace", namespace }, ports: ["postgres"] };
}
