import type * as pulumi from "@pulumi/pulumi";

import { openaiHost, type ThunderlineSettings } from "../../../config/systems/thunderline";
import { thunderlineDemand } from "../../../config/systems/thunderline-demand";
import { Component } from "../../component";
import {
  authority,
  type Connection,
  type Endpoint,
  externalEndpoint,
} from "../../kubernetes/connection";
import { OneShotJob } from "../../kubernetes/job";
import { Namespace } from "../../kubernetes/namespace";
import { SecretBundle } from "../../kubernetes/secret-bundle";
import { Monitoring } from "../../observability/monitoring";
import { collectorRows, objectStoreRows } from "../../observability/target-rows";
import { given, type Place, type Retention, retention, type Scope } from "../../scope";
import { pruneSnapshots } from "../../services/backup/snapshots";
import type { Database } from "../../services/database";
import { type Bucket, ObjectStore } from "../../services/object-store";
import { Postgres } from "../../services/postgres";
import { secretNames } from "../secret-names";
import { type Application, databaseConnection, releaseEnv } from "./application";
import { Cerebros } from "./cerebros";
import { Collector } from "./collector";
import { Livebook } from "./livebook";
import { Mlflow } from "./mlflow";
import { Web } from "./web";
import { Worker } from "./worker";

export interface ThunderlineArgs {
  readonly place: Place;
  readonly settings: ThunderlineSettings;
}

/** Where to find what runs, and in which Secrets to look; never a secret's value. */
export interface ThunderlineOutputs {
  readonly namespace: string;
  readonly webUrl?: string | undefined;
  readonly mlflowUrl?: string | undefined;
  readonly livebookUrl?: string | undefined;
  readonly secretNames: readonly string[];
}

type Secrets = SecretBundle<"secret-key-base" | "token-signing-secret" | "release-cookie">;

/** What the application needs to be up before it starts. */
interface Stores {
  readonly database: Database;
  readonly bucket: Bucket;
  readonly mlflow: Endpoint;
  readonly secrets: Secrets;
}

const extensions = ["uuid-ossp", "citext", "vector", "pg_trgm"];

/**
 * Thunderline in one namespace: web, worker, MLflow, collector, Cerebros, Livebook, PostgreSQL and an
 * object store. Switched off, it keeps its data as the policies say and runs nothing.
 * @stateful
 */
export class Thunderline extends Component {
  readonly outputs: ThunderlineOutputs | undefined;

  constructor(name: string, args: ThunderlineArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Thunderline", name, opts);
    const { place, settings } = args;
    const kept = retention(place.posture, settings.enabled, settings.data);
    if (kept.declared) this.outputs = this.build(args, kept);
    this.registerOutputs();
  }

  private build({ place, settings }: ThunderlineArgs, kept: Retention): ThunderlineOutputs {
    const { enabled } = settings;
    const { scope } = new Namespace(
      this.child("namespace"),
      {
        place,
        belonging: { system: "thunderline", instance: this.child() },
        settings,
        demand: thunderlineDemand(settings),
        retention: kept,
      },
      { parent: this },
    );
    const part = { parent: this };
    const secrets = this.secrets(scope, settings, kept);
    const postgres = new Postgres(
      this.child("postgres"),
      { scope, name: "postgres", settings: settings.postgres, enabled, extensions },
      part,
    );
    const { database } = postgres;
    const objectStore = new ObjectStore(
      this.child("minio"),
      { scope, name: "minio", settings: settings.objectStore, enabled },
      part,
    );
    const { bucket } = objectStore;
    const { endpoint: mlflow, snapshotted: runs } = new Mlflow(
      this.child("mlflow"),
      { scope, settings: settings.mlflow, bucket },
      part,
    );
    const livebook = new Livebook(
      this.child("livebook"),
      {
        scope,
        settings: settings.livebook,
        secrets: settings.secrets,
        mlflow,
        enabled: enabled && settings.livebook.enabled,
      },
      part,
    );
    pruneSnapshots(
      this.child("snapshot-pruning"),
      scope,
      [postgres.snapshotted, objectStore.snapshotted, runs, livebook.snapshotted],
      part,
    );
    const web =
      database === undefined || bucket === undefined || mlflow === undefined
        ? undefined
        : this.application(scope, settings, { database, bucket, mlflow, secrets });
    new Monitoring(
      this.child("monitoring"),
      {
        title: "Thunderline",
        namespaces: [{ scope }],
        rows: [...objectStoreRows(scope, "minio"), ...collectorRows(scope, "otelcol")],
      },
      part,
    );
    return {
      namespace: scope.namespace,
      webUrl: web?.url,
      mlflowUrl: mlflow && `http://${authority(mlflow)}`,
      livebookUrl: livebook.url,
      secretNames: secretNames(
        secrets.secretName,
        livebook.secretName,
        database?.password.secretName,
        bucket?.secretKey.secretName,
      ),
    };
  }

  private secrets(scope: Scope, { secrets }: ThunderlineSettings, kept: Retention): Secrets {
    const entries = {
      // Phoenix refuses a key base of fewer than 64 characters.
      "secret-key-base": {
        choice: secrets.secretKeyBase,
        length: 64,
        rotating: "taking it up ends every session of Thunderline's web pages",
      },
      "token-signing-secret": {
        choice: secrets.tokenSigningSecret,
        length: 64,
        rotating: "taking it up ends the login of every user and program of Thunderline",
      },
      "release-cookie": {
        choice: secrets.releaseCookie,
        length: 40,
        rotating: "web replicas find each other again when all have it; it ends no session",
      },
    };
    return new SecretBundle(
      this.child("secrets"),
      { scope, name: "thunderline", entries, retention: kept },
      { parent: this },
    );
  }

  /** The model provider: a way out of the namespace, and the key. */
  private openai(scope: Scope, { secrets }: ThunderlineSettings): Connection | undefined {
    if (secrets.openaiApiKey === undefined) return undefined;
    const entries = { "api-key": { choice: secrets.openaiApiKey, length: 0 } };
    const bundle = new SecretBundle(
      this.child("openai"),
      { scope, name: "openai", entries, retention: given },
      { parent: this },
    );
    return {
      to: externalEndpoint(scope, "openai", openaiHost, 443),
      env: { OPENAI_API_KEY: bundle.ref("api-key") },
    };
  }

  /** Collector, Cerebros, the migration, then web and worker, which wait for it. */
  private application(scope: Scope, settings: ThunderlineSettings, stores: Stores): Web {
    const { database, bucket, mlflow, secrets } = stores;
    const part = { parent: this };
    const cerebros = new Cerebros(
      this.child("cerebros"),
      { scope, settings: settings.cerebros, mlflow },
      part,
    );
    const collector = settings.collector.enabled
      ? new Collector(this.child("otelcol"), { scope, settings: settings.collector }, part).endpoint
      : undefined;
    const app: Application = {
      settings,
      database: databaseConnection(database),
      bucket,
      mlflow,
      collector,
      cerebros,
      secretKeyBase: secrets.ref("secret-key-base"),
      tokenSigningSecret: secrets.ref("token-signing-secret"),
      releaseCookie: secrets.ref("release-cookie"),
      openai: this.openai(scope, settings),
    };
    const migrated = this.migration(scope, app).done;
    if (settings.worker.enabled) {
      new Worker(this.child("worker"), { scope, app, database, migrated }, part);
    }
    return new Web(this.child("web"), { scope, app, migrated }, part);
  }

  private migration(scope: Scope, app: Application): OneShotJob {
    const { migration, app: release } = app.settings;
    return new OneShotJob(
      this.child("migration"),
      {
        scope,
        name: "migration",
        description: "Brings the database to the schema of the release",
        image: release.image,
        command: migration.command,
        runAsUser: release.runAsUser,
        resources: migration.resources,
        deadlineSeconds: migration.deadlineSeconds,
        env: { ...releaseEnv(app), OTEL_DISABLED: "true", POOL_SIZE: "2" },
        connections: [app.database],
      },
      { parent: this },
    );
  }
}
