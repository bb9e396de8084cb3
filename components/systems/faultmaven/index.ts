import type * as pulumi from "@pulumi/pulumi";

import type { FaultMavenSettings } from "../../../config/systems/faultmaven";
import { faultmavenDemand } from "../../../config/systems/faultmaven-demand";
import { Component } from "../../component";
import type { Connection, Endpoint } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import { Namespace } from "../../kubernetes/namespace";
import { Monitoring } from "../../observability/monitoring";
import { objectStoreRows } from "../../observability/target-rows";
import { type Place, type Retention, retention, type Scope } from "../../scope";
import { pruneSnapshots } from "../../services/backup/snapshots";
import { ChromaDb } from "../../services/chromadb";
import type { Database } from "../../services/database";
import { Postgres } from "../../services/postgres";
import { Redis, type RedisDatabase } from "../../services/redis";
import { secretNames } from "../secret-names";
import { Files } from "./files";
import { Front } from "./front";
import { modelEndpoint, modelEnv } from "./model";
import { Secrets } from "./secrets";
import { type Application, Track, trackName } from "./track";

export interface FaultMavenArgs {
  readonly place: Place;
  readonly settings: FaultMavenSettings;
}

/** Where to find what runs, and in which Secrets to look; never a secret's value. */
export interface FaultMavenOutputs {
  readonly namespace: string;
  /** The track that users reach. */
  readonly live?: string | undefined;
  readonly url?: string | undefined;
  readonly previewUrl?: string | undefined;
  readonly secretNames: readonly string[];
}

/** What the application needs to be up before it starts. */
interface Stores {
  readonly database: Database;
  readonly redis: RedisDatabase;
  readonly vectors: Endpoint;
  readonly files: Files;
  readonly secrets: Secrets;
}

/**
 * FaultMaven in one namespace: the monolith on one or two tracks, PostgreSQL, Redis, ChromaDB and its
 * uploaded files. Switched off, it keeps its data as the policies say and runs nothing.
 * @stateful
 */
export class FaultMaven extends Component {
  readonly outputs: FaultMavenOutputs | undefined;

  constructor(name: string, args: FaultMavenArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:FaultMaven", name, opts);
    const { place, settings } = args;
    const kept = retention(place.posture, settings.enabled, settings.data);
    if (kept.declared) this.outputs = this.build(args, kept);
    this.registerOutputs();
  }

  private build({ place, settings }: FaultMavenArgs, kept: Retention): FaultMavenOutputs {
    const { enabled } = settings;
    const part = { parent: this };
    const { scope } = new Namespace(
      this.child("namespace"),
      {
        place,
        belonging: { system: "faultmaven", instance: this.child() },
        settings,
        demand: faultmavenDemand(settings),
        retention: kept,
      },
      part,
    );
    const postgres = new Postgres(
      this.child("postgres"),
      { scope, name: "postgres", settings: settings.postgres, enabled, extensions: [] },
      part,
    );
    const redis = new Redis(
      this.child("redis"),
      { scope, name: "redis", settings: settings.redis, enabled },
      part,
    );
    const chromadb = new ChromaDb(
      this.child("chromadb"),
      { scope, name: "chromadb", settings: settings.chromadb, enabled },
      part,
    );
    const files = new Files(
      this.child("files"),
      {
        scope,
        settings: settings.files,
        runAsUser: settings.app.runAsUser,
        writers: settings.tracks.map(trackName),
        enabled,
      },
      part,
    );
    const secrets = new Secrets(
      this.child("secrets"),
      { scope, settings, postgres, redis, retention: kept },
      part,
    );
    pruneSnapshots(
      this.child("snapshot-pruning"),
      scope,
      [postgres.snapshotted, redis.snapshotted, chromadb.snapshotted, ...files.snapshotted],
      part,
    );
    const { database } = postgres;
    const vectors = chromadb.endpoint;
    const front =
      database === undefined || redis.database === undefined || vectors === undefined
        ? undefined
        : this.application(scope, settings, {
            database,
            redis: redis.database,
            vectors,
            files,
            secrets,
          });
    new Monitoring(
      this.child("monitoring"),
      {
        title: "FaultMaven",
        namespaces: [{ scope }],
        rows: objectStoreRows(scope, "minio"),
      },
      part,
    );
    return {
      namespace: scope.namespace,
      live: front && settings.live,
      url: front?.url,
      previewUrl: front?.previewUrl,
      secretNames: secretNames(
        secrets.name,
        database?.password.secretName,
        redis.database?.password.secretName,
        files.secretName,
      ),
    };
  }

  private application(scope: Scope, settings: FaultMavenSettings, stores: Stores): Front {
    const { database, redis, vectors, files, secrets } = stores;
    const application: Application = {
      settings,
      database: secrets.database(database),
      connections: [
        secrets.redis(redis),
        { to: vectors, env: vectorEnv(vectors) },
        ...this.model(scope, settings, secrets),
        ...files.connections,
      ],
      env: { ...applicationEnv(settings), ...secrets.signing, ...files.env },
      files: files.mount,
    };
    const tracks = settings.tracks.map(
      (track) => new Track(this.child(track.name), { scope, track, application }, { parent: this }),
    );
    return new Front(this.child("front"), { scope, settings, tracks }, { parent: this });
  }

  /** The model's provider: a way out of the namespace, and the key. */
  private model(scope: Scope, { model }: FaultMavenSettings, secrets: Secrets): Connection[] {
    if (model === undefined) return [];
    return [{ to: modelEndpoint(scope, model), env: { ...modelEnv(model), ...secrets.model } }];
  }
}

/** The server's address, and a folder of the pod's own: replicas must not share an embedded store's files. */
function vectorEnv(vectors: Endpoint): Env {
  return {
    CHROMA_HOST: vectors.host,
    CHROMA_PERSIST_DIR: "/tmp/chromadb",
    CHROMA_PORT: String(vectors.port),
    VECTOR_PROVIDER: "chromadb",
  };
}

/** What document 002's compose file sets and its manifest forgets, and what the source reads besides. */
function applicationEnv({ app }: FaultMavenSettings): Env {
  const minutes = String(app.jwt.expiryMinutes);
  return {
    ACCESS_TOKEN_EXPIRE_MINUTES: minutes,
    ENVIRONMENT: app.environment,
    HOME: "/tmp",
    HOST: "0.0.0.0",
    JWT_ALGORITHM: app.jwt.algorithm,
    JWT_EXPIRY_MINUTES: minutes,
    PORT: String(app.port),
    ...(app.corsOrigins.length === 0 ? {} : { CORS_ORIGINS: app.corsOrigins.join(",") }),
  };
}
