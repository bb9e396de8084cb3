import type * as pulumi from "@pulumi/pulumi";

import type { PhilotesSettings } from "../../../config/systems/philotes";
import { philotesDemand } from "../../../config/systems/philotes-demand";
import { Component } from "../../component";
import { Namespace } from "../../kubernetes/namespace";
import { SecretBundle } from "../../kubernetes/secret-bundle";
import { Monitoring } from "../../observability/monitoring";
import { objectStoreRows } from "../../observability/target-rows";
import { type Place, type Retention, retention, roleIn, type Scope } from "../../scope";
import { pruneSnapshots } from "../../services/backup/snapshots";
import { ObjectStore } from "../../services/object-store";
import { Postgres } from "../../services/postgres";
import { secretNames } from "../secret-names";
import { PhilotesApi, type ApiSecrets } from "./api";
import type { Stores } from "./connections";
import { Lakekeeper } from "./lakekeeper";
import { names } from "./names";
import { slotAlerts, slotRows } from "./slots";
import { PhilotesSource } from "./source";
import { PhilotesWorker } from "./worker";

export interface PhilotesArgs {
  readonly place: Place;
  readonly settings: PhilotesSettings;
}

/** Where to find what runs, and in which Secrets to look; never a secret's value. */
export interface PhilotesOutputs {
  readonly namespace: string;
  readonly apiUrl?: string | undefined;
  readonly catalogUrl?: string | undefined;
  readonly secretNames: readonly string[];
}

/** What Lakekeeper's schema is made of. */
const extensions = ["uuid-ossp", "pgcrypto", "pg_trgm", "btree_gin", "btree_gist"];

/**
 * Philotes in one namespace: a management API, a reader for each replication slot of a source
 * database, the Iceberg catalogue that they write through, PostgreSQL and an object store. Switched
 * off, it keeps its data as the policies say and runs nothing.
 * @stateful
 */
export class Philotes extends Component {
  readonly outputs: PhilotesOutputs | undefined;

  constructor(name: string, args: PhilotesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Philotes", name, opts);
    const { place, settings } = args;
    const kept = retention(place.posture, settings.enabled, settings.data);
    if (kept.declared) this.outputs = this.build(args, kept);
    this.registerOutputs();
  }

  private build({ place, settings }: PhilotesArgs, kept: Retention): PhilotesOutputs {
    const { enabled, lakekeeper } = settings;
    const part = { parent: this };
    const { scope } = new Namespace(
      this.child("namespace"),
      {
        place,
        belonging: { system: "philotes", instance: this.child() },
        settings,
        demand: philotesDemand(settings),
        retention: kept,
      },
      part,
    );
    const postgres = new Postgres(
      this.child("postgresql"),
      {
        scope,
        name: names.database,
        settings: settings.postgres,
        enabled,
        extensions: lakekeeper.mode === "bundled" ? extensions : [],
      },
      part,
    );
    const { database } = postgres;
    const objectStore = new ObjectStore(
      this.child("minio"),
      { scope, name: names.objectStore, settings: settings.objectStore, enabled },
      part,
    );
    const { bucket } = objectStore;
    pruneSnapshots(
      this.child("snapshot-pruning"),
      scope,
      [postgres.snapshotted, objectStore.snapshotted],
      part,
    );
    const { catalogue, secretName: catalogueSecret } = new Lakekeeper(
      this.child("lakekeeper"),
      {
        scope: roleIn(scope, "catalog"),
        settings: lakekeeper,
        warehouse: settings.warehouse,
        database,
        bucket,
        enabled,
      },
      part,
    );
    const stores = database && { database, bucket, catalogue };
    const secrets = this.apiSecrets(roleIn(scope, "api"), settings);
    const api = this.api(roleIn(scope, "api"), settings, stores, secrets);
    const source = this.workers(roleIn(scope, "worker"), settings, stores);
    new Monitoring(
      this.child("monitoring"),
      {
        title: "Philotes",
        namespaces: [{ scope, alerts: slotAlerts(scope, settings) }],
        rows: [...slotRows(scope, settings), ...objectStoreRows(scope, names.objectStore)],
      },
      part,
    );
    return {
      namespace: scope.namespace,
      apiUrl: api?.url,
      catalogUrl: catalogue?.url,
      secretNames: secretNames(
        secrets?.secretName,
        source?.secretName,
        catalogueSecret,
        database?.password.secretName,
        bucket?.secretKey.secretName,
      ),
    };
  }

  /** They stay where they were once in use, and are read only while authentication is on. */
  private apiSecrets(scope: Scope, { enabled, api }: PhilotesSettings): ApiSecrets | undefined {
    const { auth } = api;
    const kept = retention(scope.posture, enabled && api.enabled && auth.enabled, auth.data);
    if (!kept.declared) return undefined;
    const entries = {
      "jwt-secret": {
        choice: auth.jwtSecret,
        length: 64,
        rotating: "taking it up ends the session of every user of Philotes' API",
      },
      "admin-password": {
        choice: auth.adminPassword,
        length: 32,
        rotating:
          "Philotes reads it when it makes the account; change an account that is there in Philotes",
      },
    };
    return new SecretBundle(
      this.child("api-secrets"),
      { scope, name: names.api, entries, retention: kept },
      { parent: this },
    );
  }

  private api(
    scope: Scope,
    { api: settings, environment }: PhilotesSettings,
    stores: Stores | undefined,
    secrets: ApiSecrets | undefined,
  ): PhilotesApi | undefined {
    if (!settings.enabled || stores === undefined) return undefined;
    return new PhilotesApi(
      this.child("api"),
      { scope, settings, environment, stores, secrets },
      { parent: this },
    );
  }

  /** The source, and a reader for each of its slots. */
  private workers(
    scope: Scope,
    { enabled, environment, worker, postgres }: PhilotesSettings,
    stores: Stores | undefined,
  ): PhilotesSource | undefined {
    if (worker.source === undefined) return undefined;
    const source = new PhilotesSource(
      this.child("source"),
      {
        scope,
        source: worker.source,
        worker,
        client: postgres,
        enabled: enabled && worker.enabled,
      },
      { parent: this },
    );
    const { database } = source;
    if (database === undefined || stores === undefined) return source;
    for (const shard of worker.shards) {
      new PhilotesWorker(
        this.child(`worker-${shard.name}`),
        { scope, settings: worker, environment, shard, source: database, stores },
        { parent: this },
      );
    }
    return source;
  }
}
