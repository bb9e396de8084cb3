import type * as pulumi from "@pulumi/pulumi";

import type { OptionalObjectStoreSettings } from "../../config/stores";
import { ConfigFiles } from "../kubernetes/config-files";
import {
  authority,
  type Connection,
  type Endpoint,
  externalEndpoint,
} from "../kubernetes/connection";
import { type SecretRef, template } from "../kubernetes/env";
import { OneShotJob } from "../kubernetes/job";
import { httpProbe, type Probes, startupProbe } from "../kubernetes/probe";
import type { SecretBundle } from "../kubernetes/secret-bundle";
import { Workload } from "../kubernetes/workload";
import { roleIn } from "../scope";
import type { BackupSource } from "./backup/source";
import { type Kept, Store, type StoreArgs } from "./store";

/** A bucket as its clients see it, whoever runs the store. */
export interface Bucket {
  readonly endpoint: Endpoint;
  /** The store's address with its scheme. */
  readonly url: string;
  readonly name: string;
  readonly region: string;
  readonly accessKey: SecretRef;
  readonly secretKey: SecretRef;
}

export interface ObjectStoreArgs extends StoreArgs {
  readonly settings: OptionalObjectStoreSettings;
}

type Bundled = Kept<"root-password" | "access-key" | "secret-key">;
type GivenKeys = SecretBundle<"access-key" | "secret-key">;
type External = NonNullable<OptionalObjectStoreSettings["external"]>;

const port = 9000;
const rootUser = "root";

/**
 * A bucket of an S3 object store: MinIO of this program, or an external service.
 * @stateful
 */
export class ObjectStore extends Store {
  /** Undefined while off. */
  readonly bucket: Bucket | undefined;
  readonly #args: ObjectStoreArgs;

  constructor(name: string, args: ObjectStoreArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("services:ObjectStore", name, opts);
    this.#args = { ...args, scope: roleIn(args.scope, "object-store") };
    const { enabled, settings } = args;
    const bundled = enabled && settings.mode === "bundled";
    // MinIO takes access keys of 3 to 20 characters and secret keys of 8 to 40.
    const kept = this.keep(this.#args, settings, bundled, {
      "root-password": { choice: settings.rootPassword, length: 40 },
      "access-key": { choice: settings.accessKey, length: 20 },
      "secret-key": { choice: settings.secretKey, length: 40 },
    });
    if (bundled && kept !== undefined) this.bucket = this.bundled(kept);
    if (settings.mode === "external" && settings.external !== undefined) {
      const { accessKey, secretKey } = settings.external;
      const credentials = this.given(this.#args, {
        "access-key": { choice: accessKey, length: 20 },
        "secret-key": { choice: secretKey, length: 40 },
      });
      if (enabled) this.bucket = this.elsewhere(settings.external, credentials);
    }
    this.backUp(this.#args, settings.backup, bundled ? this.backupSource(kept) : undefined);
    this.registerOutputs();
  }

  private bundled(kept: Bundled): Bucket {
    const server = this.server(kept).endpoint("s3");
    const setup = this.setup(server, kept);
    return {
      endpoint: { ...server, ready: [...server.ready, ...setup.done] },
      url: `http://${authority(server)}`,
      name: this.#args.settings.bucket,
      region: "us-east-1",
      accessKey: kept.credentials.ref("access-key"),
      secretKey: kept.credentials.ref("secret-key"),
    };
  }

  /** With the key of the store's clients, which reaches this bucket alone. */
  private backupSource(kept: Bundled | undefined): BackupSource | undefined {
    if (kept === undefined || this.bucket === undefined) return undefined;
    const { endpoint, name, accessKey, secretKey } = this.bucket;
    const { clientImage, runAsUser } = this.#args.settings;
    const env = {
      BUCKET: name,
      MC_HOST_store: template(
        `http://$(STORE_ACCESS_KEY):$(STORE_SECRET_KEY)@${authority(endpoint)}`,
      ),
      STORE_ACCESS_KEY: accessKey,
      STORE_SECRET_KEY: secretKey,
    };
    const connections = [{ to: endpoint, env }];
    return { kind: "objects", image: clientImage, runAsUser, volume: kept.claim, connections };
  }

  private elsewhere(external: External, credentials: GivenKeys): Bucket {
    const { scope, name, settings } = this.#args;
    const endpoint = externalEndpoint(scope, name, external.host, external.port);
    return {
      endpoint,
      url: `${external.tls ? "https" : "http"}://${authority(endpoint)}`,
      name: settings.bucket,
      region: external.region,
      accessKey: credentials.ref("access-key"),
      secretKey: credentials.ref("secret-key"),
    };
  }

  private server({ claim, credentials }: Bundled): Workload {
    const { scope, name, settings } = this.#args;
    return new Workload(
      this.child(),
      {
        scope,
        name,
        description: "MinIO object store",
        kind: "StatefulSet",
        image: settings.image,
        args: ["server", "/data"],
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        env: {
          HOME: "/tmp",
          MINIO_BROWSER: "off",
          // Its metrics hold no data, and a policy lets Prometheus alone at them from outside.
          MINIO_PROMETHEUS_AUTH_TYPE: "public",
          MINIO_ROOT_PASSWORD: credentials.ref("root-password"),
          MINIO_ROOT_USER: rootUser,
        },
        ports: { s3: port },
        serves: ["s3"],
        probes: serverProbes,
        metrics: { port: "s3", path: "/minio/v2/metrics/cluster" },
        mounts: [{ kind: "claim", claim, path: "/data" }],
      },
      { parent: this },
    );
  }

  /** The bucket, and an access key that reaches this bucket alone. */
  private setup(server: Endpoint, { credentials }: Bundled): OneShotJob {
    const { scope, name, settings } = this.#args;
    const files = new ConfigFiles(
      this.child("setup"),
      {
        scope,
        name: `${name}-setup`,
        files: { "policy.json": bucketPolicy(settings.bucket), "setup.sh": setupScript },
      },
      { parent: this },
    );
    const connection: Connection = {
      to: server,
      env: {
        ROOT_PASSWORD: credentials.ref("root-password"),
        MC_HOST_store: template(`http://${rootUser}:$(ROOT_PASSWORD)@${authority(server)}`),
      },
    };
    return new OneShotJob(
      this.child("setup"),
      {
        scope,
        name: `${name}-setup`,
        description: "Makes the bucket and the access key of its clients",
        image: settings.clientImage,
        command: ["/bin/sh", "/setup/setup.sh"],
        runAsUser: settings.runAsUser,
        resources: settings.setup.resources,
        deadlineSeconds: settings.setup.deadlineSeconds,
        env: {
          ACCESS_KEY: credentials.ref("access-key"),
          BUCKET: settings.bucket,
          MC_CONFIG_DIR: "/tmp/mc",
          SECRET_KEY: credentials.ref("secret-key"),
        },
        connections: [connection],
        mounts: [{ kind: "files", files, path: "/setup" }],
      },
      { parent: this },
    );
  }
}

const serverProbes: Probes = {
  startup: startupProbe((timing) => httpProbe("/minio/health/live", "s3", timing), 60),
  readiness: httpProbe("/minio/health/ready", "s3"),
  liveness: httpProbe("/minio/health/live", "s3"),
};

/** May run again at any time; attaching a policy twice is an error to the client, so it looks first. */
const setupScript = `set -eu
mc mb --ignore-existing "store/$BUCKET"
mc admin policy create store "$BUCKET" /setup/policy.json
mc admin user add store "$ACCESS_KEY" "$SECRET_KEY"
case "$(mc admin user info store "$ACCESS_KEY")" in
  *"$BUCKET"*) ;;
  *) mc admin policy attach store "$BUCKET" --user "$ACCESS_KEY" ;;
esac
`;

/** What the access keys of a bucket may: all with its objects, and nothing elsewhere. */
export function bucketPolicy(bucket: string): string {
  const allow = (actions: string[], resource: string): object => ({
    Effect: "Allow",
    Action: actions,
    Resource: [resource],
  });
  const policy = {
    Version: "2012-10-17",
    Statement: [
      allow(
        ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        `arn:aws:s3:::${bucket}`,
      ),
      allow(
        [
          "s3:AbortMultipartUpload",
          "s3:DeleteObject",
          "s3:GetObject",
          "s3:ListMultipartUploadParts",
          "s3:PutObject",
        ],
        `arn:aws:s3:::${bucket}/*`,
      ),
    ],
  };
  return `${JSON.stringify(policy, null, 2)}\n`;
}
