import type * as pulumi from "@pulumi/pulumi";

import type { ThunderlineSettings } from "../../../config/systems/thunderline";
import { Component } from "../../component";
import { Claim } from "../../kubernetes/claim";
import type { Endpoint } from "../../kubernetes/connection";
import { httpProbe, sameProbe } from "../../kubernetes/probe";
import { Workload } from "../../kubernetes/workload";
import { retention, type Scope } from "../../scope";
import { type Backup, backUp } from "../../services/backup/backup";
import type { Snapshotted } from "../../services/backup/snapshots";
import type { Bucket } from "../../services/object-store";
import { s3Env } from "./artifacts";

export interface MlflowArgs {
  readonly scope: Scope;
  readonly settings: ThunderlineSettings["mlflow"];
  /** Undefined while the system is off. */
  readonly bucket: Bucket | undefined;
}

const server = "mlflow";
const home = "/data";
const databaseFile = `${home}/mlflow.db`;

/**
 * The one MLflow tracking server. Its runs are in SQLite on one volume, so it has one replica; its
 * artifacts go through it to the bucket, so that its clients need no credentials of the store.
 * @stateful
 */
export class Mlflow extends Component {
  readonly endpoint: Endpoint | undefined;
  /** What the pruning of the namespace's snapshots has to know of its volume. */
  readonly snapshotted: Snapshotted | undefined;

  constructor(name: string, args: MlflowArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Mlflow", name, opts);
    const { scope, settings, bucket } = args;
    const kept = retention(scope.posture, bucket !== undefined, settings.data);
    const claim = kept.declared
      ? new Claim(
          this.child("data"),
          {
            scope,
            name: "mlflow-data",
            volume: settings.volume,
            backup: settings.backup,
            retention: kept,
          },
          { parent: this },
        )
      : undefined;
    if (claim !== undefined && bucket !== undefined) {
      this.endpoint = this.server(args, claim, bucket).endpoint("http");
    }
    this.snapshotted = this.backup(args, bucket && claim)?.snapshotted;
    this.registerOutputs();
  }

  /** Of the file with the runs, as it is at one moment; the artifacts are in the bucket. */
  private backup({ scope, settings }: MlflowArgs, claim: Claim | undefined): Backup | undefined {
    const { runAsUser, backup } = settings;
    const source = claim && {
      kind: "sqlite" as const,
      runAsUser,
      volume: claim,
      env: { PYTHONDONTWRITEBYTECODE: "1", SQLITE_FILE: databaseFile },
      mounts: [{ kind: "claim" as const, claim, path: home }],
      beside: [server],
    };
    return backUp(
      this.child("backup"),
      { scope, store: server, settings: backup, source },
      { parent: this },
    );
  }

  private server({ scope, settings }: MlflowArgs, claim: Claim, bucket: Bucket): Workload {
    return new Workload(
      this.child(),
      {
        scope,
        name: server,
        description: "MLflow tracking server and model registry",
        image: settings.image,
        command: ["mlflow", "server"],
        args: [
          "--host=0.0.0.0",
          "--port=5000",
          "--workers=2",
          `--backend-store-uri=sqlite:///${databaseFile}`,
          "--serve-artifacts",
          `--artifacts-destination=s3://${bucket.name}/mlflow`,
        ],
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        // An artifact passes through a temporary file on its way to the bucket.
        temporarySize: "5Gi",
        env: { HOME: "/tmp" },
        connections: [{ to: bucket.endpoint, env: s3Env(bucket) }],
        ports: { http: 5000 },
        serves: ["http"],
        probes: sameProbe((timing) => httpProbe("/health", "http", timing), 120),
        mounts: [{ kind: "claim", claim, path: home }],
      },
      { parent: this },
    );
  }
}
