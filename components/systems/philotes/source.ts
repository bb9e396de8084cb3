import type * as pulumi from "@pulumi/pulumi";

import type { PhilotesSettings, SourceSettings } from "../../../config/systems/philotes";
import { Component } from "../../component";
import { ConfigFiles } from "../../kubernetes/config-files";
import { type Connection, type Endpoint, externalEndpoint } from "../../kubernetes/connection";
import type { SecretRef } from "../../kubernetes/env";
import { OneShotJob } from "../../kubernetes/job";
import { SecretBundle } from "../../kubernetes/secret-bundle";
import { given, type Scope } from "../../scope";
import { names } from "./names";
import { sourceCheckSql } from "./source-sql";

/** The database whose changes are read, as its readers see it. It is ready once every slot is there. */
export interface SourceDatabase {
  readonly endpoint: Endpoint;
  readonly connection: Connection;
  readonly database: string;
  readonly user: string;
  readonly password: SecretRef;
  readonly tlsMode: SourceSettings["tlsMode"];
}

export interface SourceArgs {
  readonly scope: Scope;
  readonly source: SourceSettings;
  readonly worker: PhilotesSettings["worker"];
  /** What the check runs in: an image with psql. */
  readonly client: { readonly image: string; readonly runAsUser: number };
  /** Off, only the credentials are declared. */
  readonly enabled: boolean;
}

/**
 * The source database: its credentials, and a job that refuses a server on which a reader would fail
 * or do harm, and makes publications and slots that are missing.
 */
export class PhilotesSource extends Component {
  /** Undefined while off. */
  readonly database: SourceDatabase | undefined;
  readonly secretName: string | undefined;

  constructor(name: string, args: SourceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:PhilotesSource", name, opts);
    const { scope, source } = args;
    const credentials = new SecretBundle(
      this.child("credentials"),
      {
        scope,
        name: names.sourceCredentials,
        entries: { password: { choice: source.password, length: 0 } },
        retention: given,
      },
      { parent: this },
    );
    this.secretName = credentials.secretName;
    if (args.enabled) this.database = this.checked(args, credentials.ref("password"));
    this.registerOutputs();
  }

  private checked(args: SourceArgs, password: SecretRef): SourceDatabase {
    const { scope, source } = args;
    const { host, port, database, user, tlsMode } = source;
    const server = externalEndpoint(scope, "source", host, port);
    const endpoint = { ...server, ready: this.check(args, server, password).done };
    const connection: Connection = {
      to: endpoint,
      env: {
        PHILOTES_CDC_SOURCE_DATABASE: database,
        PHILOTES_CDC_SOURCE_HOST: host,
        PHILOTES_CDC_SOURCE_PASSWORD: password,
        PHILOTES_CDC_SOURCE_PORT: String(port),
        PHILOTES_CDC_SOURCE_SSLMODE: tlsMode,
        PHILOTES_CDC_SOURCE_USER: user,
      },
    };
    return { endpoint, connection, database, user, password, tlsMode };
  }

  private check(args: SourceArgs, to: Endpoint, password: SecretRef): OneShotJob {
    const { scope, source, worker, client } = args;
    const files = new ConfigFiles(
      this.child("check"),
      {
        scope,
        name: names.sourceCheck,
        files: { "check.sql": sourceCheckSql(source.plugin, worker.shards) },
      },
      { parent: this },
    );
    const connection: Connection = {
      to,
      env: {
        PGDATABASE: source.database,
        PGHOST: source.host,
        PGPASSWORD: password,
        PGPORT: String(source.port),
        PGSSLMODE: source.tlsMode,
        // Otherwise libpq looks for authorities in the user's home.
        ...(source.tlsMode === "verify-full" ? { PGSSLROOTCERT: "system" } : {}),
        PGUSER: source.user,
      },
    };
    return new OneShotJob(
      this.child("check"),
      {
        scope,
        name: names.sourceCheck,
        description: "Checks the source database, and makes publications and slots",
        image: client.image,
        command: ["psql", "--no-psqlrc", "--quiet", "--file=/check/check.sql"],
        runAsUser: client.runAsUser,
        ...worker.sourceCheck,
        connections: [connection],
        mounts: [{ kind: "files", files, path: "/check" }],
      },
      { parent: this },
    );
  }
}
