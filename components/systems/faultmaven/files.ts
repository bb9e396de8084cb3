import type * as pulumi from "@pulumi/pulumi";

import type { FaultMavenSettings } from "../../../config/systems/faultmaven";
import { Component } from "../../component";
import { Claim } from "../../kubernetes/claim";
import type { Connection } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import type { Mount } from "../../kubernetes/pod";
import { retention, type Scope } from "../../scope";
import { type Bucket, ObjectStore } from "../../services/object-store";

export interface FilesArgs {
  readonly scope: Scope;
  readonly settings: FaultMavenSettings["files"];
  /** Off keeps what is there as the data policies say. */
  readonly enabled: boolean;
}

const home = "/app/data";

/**
 * Where uploaded files are. Each choice has a place of its own, so that another choice replaces nothing
 * of the earlier one; both tracks write to the same place.
 * @stateful
 */
export class Files extends Component {
  /** The folder that the application writes to. */
  readonly mount: Mount;
  readonly connections: readonly Connection[];
  readonly env: Env;
  /** The Secret of the object store's credentials, where there is one. */
  readonly secretName: string | undefined;

  constructor(name: string, args: FilesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Files", name, opts);
    const { settings } = args;
    const shared = this.claim(args, "sharedClaim", "faultmaven-data");
    const single = this.claim(args, "singleReplica", "faultmaven-data-single");
    const bucket = this.bucket(args);
    const claim = settings.use === "sharedClaim" ? shared : single;
    this.mount =
      settings.use === "objectStore" || claim === undefined
        ? { kind: "scratch", name: "data", path: home, sizeLimit: "1Gi" }
        : { kind: "claim", claim, path: home };
    this.connections =
      bucket === undefined ? [] : [{ to: bucket.endpoint, env: bucketEnv(bucket) }];
    this.env = { FILE_STORAGE_PATH: `${home}/files` };
    this.secretName = bucket?.secretKey.secretName;
    this.registerOutputs();
  }

  private claim(
    { scope, settings, enabled }: FilesArgs,
    choice: "sharedClaim" | "singleReplica",
    claimName: string,
  ): Claim | undefined {
    const chosen = settings[choice];
    if (chosen === undefined) return undefined;
    const inUse = settings.use === choice;
    // What a system that is off will use again is kept like what it uses.
    const kept = retention(scope.posture, enabled && inUse, inUse ? "keep" : chosen.data);
    if (!kept.declared) return undefined;
    return new Claim(
      this.child(choice === "sharedClaim" ? "shared" : "single"),
      {
        scope,
        name: claimName,
        volume: chosen.volume,
        shared: choice === "sharedClaim",
        retention: kept,
      },
      { parent: this },
    );
  }

  private bucket({ scope, settings, enabled }: FilesArgs): Bucket | undefined {
    const { objectStore } = settings;
    const inUse = settings.use === "objectStore";
    const bundled = inUse && objectStore.mode === "bundled";
    return new ObjectStore(
      this.child("minio"),
      {
        scope,
        name: "minio",
        settings: bundled ? { ...objectStore, data: "keep" } : objectStore,
        enabled: enabled && inUse,
      },
      { parent: this },
    ).bucket;
  }
}

/** The names of document 002, and that of the S3 client for a store that is not Amazon's. */
function bucketEnv(bucket: Bucket): Env {
  return {
    AWS_ACCESS_KEY_ID: bucket.accessKey,
    AWS_ENDPOINT_URL_S3: bucket.url,
    AWS_REGION: bucket.region,
    AWS_S3_BUCKET: bucket.name,
    AWS_SECRET_ACCESS_KEY: bucket.secretKey,
    FILE_STORAGE: "s3",
  };
}
