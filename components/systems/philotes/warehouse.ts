import type * as pulumi from "@pulumi/pulumi";

import type { BundledLakekeeper } from "../../../config/systems/philotes";
import { Component } from "../../component";
import { ConfigFiles, scriptText } from "../../kubernetes/config-files";
import { authority, type Connection, type Endpoint, endpointAt } from "../../kubernetes/connection";
import { OneShotJob } from "../../kubernetes/job";
import { SecretBundle } from "../../kubernetes/secret-bundle";
import { given, type Scope } from "../../scope";
import type { Bucket } from "../../services/object-store";
import { names } from "./names";

export interface WarehouseArgs {
  readonly scope: Scope;
  readonly settings: BundledLakekeeper;
  readonly server: Endpoint;
  readonly warehouse: string;
  /** Where the warehouse keeps its tables. */
  readonly bucket: Bucket;
}

/**
 * Lakekeeper's first operator and its warehouse. The server serves nobody before the one is there, and
 * no table before the other.
 */
export class Warehouse extends Component {
  /** The finished job. */
  readonly done: readonly pulumi.Resource[];

  constructor(name: string, args: WarehouseArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Warehouse", name, opts);
    const { scope, settings, server, warehouse } = args;
    const files = new ConfigFiles(
      this.child("files"),
      {
        scope,
        name: `${names.catalogue}-bootstrap`,
        files: { "bootstrap.py": scriptText(__dirname, "bootstrap.py") },
      },
      { parent: this },
    );
    this.done = new OneShotJob(
      this.child(),
      {
        scope,
        ...settings.bootstrap,
        name: `${names.catalogue}-bootstrap`,
        description: "Bootstraps Lakekeeper and makes its warehouse",
        command: ["python3", "/bootstrap/bootstrap.py"],
        env: { ...storageEnv(args.bucket), WAREHOUSE: warehouse },
        connections: [
          { to: server, env: { LAKEKEEPER_URL: `http://${authority(server)}` } },
          ...this.tokenHost(args),
        ],
        mounts: [{ kind: "files", files, path: "/bootstrap" }],
      },
      { parent: this },
    ).done;
    this.registerOutputs();
  }

  /** Where the operator's token comes from, if Lakekeeper asks for one. */
  private tokenHost({ scope, settings: { openid } }: WarehouseArgs): Connection[] {
    if (openid.type === "none") return [];
    const { tokenUrl, clientId, clientSecret, scope: wanted } = openid.bootstrap;
    const credentials = new SecretBundle(
      this.child("openid"),
      {
        scope,
        name: `${names.catalogue}-openid`,
        entries: { "client-secret": { choice: clientSecret, length: 0 } },
        retention: given,
      },
      { parent: this },
    );
    return [
      {
        to: endpointAt(scope, "openid", tokenUrl),
        env: {
          OPENID_CLIENT_ID: clientId,
          OPENID_CLIENT_SECRET: credentials.ref("client-secret"),
          ...(wanted === undefined ? {} : { OPENID_SCOPE: wanted }),
          OPENID_URL: tokenUrl,
        },
      },
    ];
  }
}

/** AWS finds its own endpoint by the region; every other store is named, and has the bucket in the path. */
function storageEnv({
  endpoint,
  url,
  name,
  region,
  accessKey,
  secretKey,
}: Bucket): Connection["env"] {
  return {
    S3_ACCESS_KEY_ID: accessKey,
    S3_BUCKET: name,
    S3_ENDPOINT: url,
    S3_FLAVOR: endpoint.host.endsWith(".amazonaws.com") ? "aws" : "s3-compat",
    S3_REGION: region,
    S3_SECRET_ACCESS_KEY: secretKey,
  };
}
