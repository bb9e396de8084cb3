import type * as pulumi from "@pulumi/pulumi";

import type { ChromaDbSettings } from "../../config/stores";
import type { Claim } from "../kubernetes/claim";
import { authority, type Endpoint, externalEndpoint } from "../kubernetes/connection";
import { httpProbe, sameProbe } from "../kubernetes/probe";
import { Workload } from "../kubernetes/workload";
import { roleIn } from "../scope";
import type { BackupSource } from "./backup/source";
import { Store, type StoreArgs } from "./store";

export interface ChromaDbArgs extends StoreArgs {
  readonly settings: ChromaDbSettings;
}

const port = 8000;

/** Where version 1.0 and later keep their data; earlier ones used /chroma/chroma and ran as root alone. */
const home = "/data";

/**
 * A ChromaDB vector store, on a server of this program or on an external one.
 * @stateful
 */
export class ChromaDb extends Store {
  /** Undefined while off. */
  readonly endpoint: Endpoint | undefined;
  readonly #args: ChromaDbArgs;

  constructor(name: string, args: ChromaDbArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("services:ChromaDb", name, opts);
    this.#args = { ...args, scope: roleIn(args.scope, "vector-store") };
    const { scope, enabled, settings } = this.#args;
    const bundled = enabled && settings.mode === "bundled";
    const claim = this.keepClaim(this.#args, settings, bundled);
    if (bundled && claim !== undefined) {
      this.endpoint = this.server(claim).endpoint("http");
    } else if (enabled && settings.external !== undefined) {
      const { host, port: number } = settings.external;
      this.endpoint = externalEndpoint(scope, args.name, host, number);
    }
    this.backUp(this.#args, settings.backup, bundled ? this.backupSource(claim) : undefined);
    this.registerOutputs();
  }

  private backupSource(claim: Claim | undefined): BackupSource | undefined {
    if (claim === undefined || this.endpoint === undefined) return undefined;
    const url = `http://${authority(this.endpoint)}`;
    return {
      kind: "chromadb",
      runAsUser: this.#args.settings.runAsUser,
      volume: claim,
      connections: [{ to: this.endpoint, env: { CHROMA_URL: url } }],
    };
  }

  private server(claim: Claim): Workload {
    const { scope, name, settings } = this.#args;
    return new Workload(
      this.child(),
      {
        scope,
        name,
        description: "ChromaDB vector store",
        kind: "StatefulSet",
        image: settings.image,
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        env: {
          // The server's own names, and those of its versions before 1.0 that document 002 has.
          ANONYMIZED_TELEMETRY: "FALSE",
          CHROMA_LISTEN_ADDRESS: "0.0.0.0",
          CHROMA_PERSIST_PATH: home,
          CHROMA_PORT: String(port),
          HOME: "/tmp",
          IS_PERSISTENT: "TRUE",
        },
        ports: { http: port },
        serves: ["http"],
        probes: sameProbe((timing) => httpProbe("/api/v2/heartbeat", "http", timing), 120),
        mounts: [{ kind: "claim", claim, path: home }],
      },
      { parent: this },
    );
  }
}
