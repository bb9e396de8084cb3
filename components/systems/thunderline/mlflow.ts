import type * as pulumi from "@pulumi/pulumi";

import type { ThunderlineSettings } from "../../../config/systems/thunderline";
import { Component } from "../../component";
import { Claim } from "../../kubernetes/claim";
import type { Endpoint } from "../../kubernetes/connection";
import { httpProbe, sameProbe } from "../../kubernetes/probe";
import { Workload } from "../../kubernetes/workload";
import { retention, type Scope } from "../../scope";
import type { Bucket } from "../../services/object-store";
import { s3Env } from "./artifacts";

export interface MlflowArgs {
  readonly scope: Scope;
  readonly settings: ThunderlineSettings["mlflow"];
  /** Undefined while the system is off. */
  readonly bucket: Bucket | undefined;
}

/**
 * The one MLflow tracking server. Its runs are in SQLite on one volume, so it has one replica; its
 * artifacts go through it to the bucket, so that its clients need no credentials of the store.
 * @stateful
 */
export class Mlflow extends Component {
  readonly endpoint: Endpoint | undefined;

  constructor(name: string, args: MlflowArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Mlflow", name, opts);
    const { scope, settings, bucket } = args;
    const kept = retention(scope.posture, bucket !== undefined, settings.data);
    const claim = kept.declared
      ? new Claim(
          this.child("data"),
          { scope, name: "mlflow-data", volume: settings.volume, retention: kept },
          { parent: this },
        )
      : undefined;
    if (claim !== undefined && bucket !== undefined) {
      this.endpoint = this.server(args, claim, bucket).endpoint("http");
    }
    this.registerOutputs();
  }

  private server({ scope, settings }: MlflowArgs, claim: Claim, bucket: Bucket): Workload {
    return new Workload(
      this.child(),
      {
        scope,
        name: "mlflow",
        description: "MLflow tracking server and model registry",
        image: settings.image,
        command: ["mlflow", "server"],
        args: [
          "--host=0.0.0.0",
          "--port=5000",
          "--workers=2",
          "--backend-store-uri=sqlite:////data/mlflow.db",
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
        mounts: [{ kind: "claim", claim, path: "/data" }],
      },
      { parent: this },
    );
  }
}
