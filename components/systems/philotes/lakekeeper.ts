import type * as pulumi from "@pulumi/pulumi";

import type { BundledLakekeeper, LakekeeperSettings } from "../../../config/systems/philotes";
import { Component } from "../../component";
import { authority, endpointAt } from "../../kubernetes/connection";
import type { SecretRef } from "../../kubernetes/env";
import { exception } from "../../kubernetes/exception";
import { OneShotJob } from "../../kubernetes/job";
import { httpProbe, sameProbe } from "../../kubernetes/probe";
import { SecretBundle } from "../../kubernetes/secret-bundle";
import { Workload } from "../../kubernetes/workload";
import { given, retention, type Scope } from "../../scope";
import type { Database } from "../../services/database";
import type { Bucket } from "../../services/object-store";
import type { Catalogue } from "./connections";
import {
  lakekeeperConnections,
  lakekeeperEnv,
  type LakekeeperSecrets,
  ports,
} from "./lakekeeper-env";
import { names } from "./names";
import { Warehouse } from "./warehouse";

export interface LakekeeperArgs {
  readonly scope: Scope;
  readonly settings: LakekeeperSettings;
  readonly warehouse: string;
  /** Undefined while the system is off. */
  readonly database: Database | undefined;
  /** Undefined while the system is off. */
  readonly bucket: Bucket | undefined;
  readonly enabled: boolean;
}

type Key = SecretBundle<"encryption-key">;

/**
 * The Iceberg REST catalogue: Lakekeeper of this program with its warehouse, or one elsewhere. Its
 * tables' metadata are in the database; its key opens the stores' credentials that it keeps there.
 * @stateful
 */
export class Lakekeeper extends Component {
  /** Undefined while off. */
  readonly catalogue: Catalogue | undefined;
  readonly secretName: string | undefined;

  constructor(name: string, args: LakekeeperArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Lakekeeper", name, opts);
    const { scope, settings, warehouse, database, bucket, enabled } = args;
    const bundled = enabled && settings.mode === "bundled";
    const kept = retention(scope.posture, bundled, settings.data);
    const key = kept.declared
      ? new SecretBundle(
          this.child("secrets"),
          {
            scope,
            name: names.catalogue,
            entries: { "encryption-key": { choice: settings.encryptionKey, length: 64 } },
            retention: kept,
          },
          { parent: this },
        )
      : undefined;
    this.secretName = key?.secretName;
    if (enabled && settings.mode === "external") {
      const { url } = settings;
      const endpoint = endpointAt(scope, "catalogue", url);
      this.catalogue = { endpoint, url: url.replace(/\/+$/, ""), warehouse };
    }
    if (enabled && settings.mode === "bundled" && key && database && bucket) {
      this.catalogue = this.bundled(args, settings, key, { database, bucket });
    }
    this.registerOutputs();
  }

  /** Schema, server, warehouse, in this order; whoever uses the catalogue waits for the last. */
  private bundled(
    { scope, warehouse }: LakekeeperArgs,
    settings: BundledLakekeeper,
    key: Key,
    { database, bucket }: { database: Database; bucket: Bucket },
  ): Catalogue {
    const secrets: LakekeeperSecrets = {
      encryptionKey: key.ref("encryption-key"),
      apiKey: this.apiKey(scope, settings),
    };
    const program = {
      scope,
      image: settings.image,
      runAsUser: settings.runAsUser,
      env: lakekeeperEnv(settings, secrets),
    };
    const connections = lakekeeperConnections(scope, settings, database, secrets);
    const migration = new OneShotJob(
      this.child("migration"),
      {
        ...program,
        ...settings.migration,
        name: `${names.catalogue}-migration`,
        description: "Brings the catalogue's schema to that of the release",
        args: ["migrate"],
        connections,
      },
      { parent: this },
    );
    const server = new Workload(
      this.child(),
      {
        ...program,
        name: names.catalogue,
        description: "Lakekeeper, the Iceberg REST catalogue",
        args: ["serve"],
        resources: settings.resources,
        scaling: settings.scaling,
        // It writes to the bucket itself before it takes a warehouse.
        connections: [...connections, { to: bucket.endpoint, env: {} }],
        ports,
        serves: ["http", "metrics"],
        // The catalogue's own routes want the name of a warehouse, and there is none yet.
        probes: sameProbe((timing) => httpProbe("/health", "http", timing), 120),
        excepted: exception("liveness-independent", "it has no check that leaves its database out"),
        metrics: { port: "metrics", path: "/metrics" },
        drainSeconds: 10,
        gracePeriodSeconds: 45,
        after: migration.done,
      },
      { parent: this },
    ).endpoint("http");
    const made = new Warehouse(
      this.child("warehouse"),
      { scope, settings, server, warehouse, bucket },
      { parent: this },
    );
    return {
      endpoint: { ...server, ready: [...server.ready, ...made.done] },
      url: `http://${authority(server)}`,
      warehouse,
    };
  }

  private apiKey(scope: Scope, { authorization }: BundledLakekeeper): SecretRef | undefined {
    if (authorization.type === "allowall") return undefined;
    const entries = { "api-key": { choice: authorization.apiKey, length: 0 } };
    return new SecretBundle(
      this.child("openfga"),
      { scope, name: `${names.catalogue}-openfga`, entries, retention: given },
      { parent: this },
    ).ref("api-key");
  }
}
