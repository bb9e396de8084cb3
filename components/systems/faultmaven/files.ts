import type * as pulumi from "@pulumi/pulumi";

import { usesClaim } from "../../../config/backup";
import type { FaultMavenSettings } from "../../../config/systems/faultmaven";
import { Component } from "../../component";
import { Claim } from "../../kubernetes/claim";
import type { Connection } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import type { Mount } from "../../kubernetes/pod";
import { retention, type Scope } from "../../scope";
import { backUp } from "../../services/backup/backup";
import type { Snapshotted } from "../../services/backup/snapshots";
import { type Bucket, ObjectStore } from "../../services/object-store";

export interface FilesArgs {
  readonly scope: Scope;
  readonly settings: FaultMavenSettings["files"];
  /** Whom the files on a volume belong to. */
  readonly runAsUser: number;
  /** The workloads that write the files, by name. */
  readonly writers: readonly string[];
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
  /** What the pruning of the namespace's snapshots has to know of the volumes. */
  readonly snapshotted: readonly (Snapshotted | undefined)[];

  constructor(name: string, args: FilesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Files", name, opts);
    const { settings } = args;
    const shared = this.claim(args, "sharedClaim", "faultmaven-data");
    const single = this.claim(args, "singleReplica", "faultmaven-data-single");
    const store = this.objectStore(args);
    const { bucket } = store;
    const claim = settings.use === "sharedClaim" ? shared : single;
    this.mount =
      settings.use === "objectStore" || claim === undefined
        ? { kind: "scratch", name: "data", path: home, sizeLimit: "1Gi" }
        : { kind: "claim", claim, path: home };
    this.connections =
      bucket === undefined ? [] : [{ to: bucket.endpoint, env: bucketEnv(bucket) }];
    this.env = { FILE_STORAGE_PATH: `${home}/files` };
    this.secretName = bucket?.secretKey.secretName;
    const volume = args.enabled && settings.use !== "objectStore" ? claim : undefined;
    this.snapshotted = [this.backup(args, volume), store.snapshotted];
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
        backup: settings.backup,
        retention: kept,
      },
      { parent: this },
    );
  }

  private backup(
    { scope, settings, runAsUser, writers }: FilesArgs,
    claim: Claim | undefined,
  ): Snapshotted | undefined {
    const { backup } = settings;
    const path = "/files";
    const source = claim && {
      kind: "files" as const,
      runAsUser,
      volume: claim,
      env: { FILES_DIR: path },
      mounts: [{ kind: "claim" as const, claim, path }],
      // A shared claim is mounted on any node.
      ...(claim.shared ? {} : { beside: writers }),
    };
    return backUp(
      this.child("backup"),
      { scope, store: "faultmaven-files", settings: backup, source },
      { parent: this },
    )?.snapshotted;
  }

  private objectStore({ scope, settings, enabled }: FilesArgs): ObjectStore {
    const { objectStore } = settings;
    const inUse = settings.use === "objectStore";
    const bundled = inUse && objectStore.mode === "bundled";
    return new ObjectStore(
      this.child("minio"),
      {
        scope,
        name: "minio",
        settings: bundled ? lasting(objectStore) : objectStore,
        enabled: enabled && inUse,
      },
      { parent: this },
    );
  }
}

/** What a system that is off will use again is kept like what it uses, its backups too. */
function lasting(
  settings: FaultMavenSettings["files"]["objectStore"],
): FaultMavenSettings["files"]["objectStore"] {
  const { backup } = settings;
  const claim = { ...backup.claim, data: usesClaim(backup) ? "keep" : backup.claim.data } as const;
  return { ...settings, data: "keep", backup: { ...backup, claim } };
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
