import type * as pulumi from "@pulumi/pulumi";

import type { ThunderlineSettings } from "../../../config/systems/thunderline";
import { Component } from "../../component";
import { Claim } from "../../kubernetes/claim";
import { authority, type Endpoint } from "../../kubernetes/connection";
import { Ingress, ingressController } from "../../kubernetes/ingress";
import { httpProbe, sameProbe } from "../../kubernetes/probe";
import { SecretBundle } from "../../kubernetes/secret-bundle";
import { Workload } from "../../kubernetes/workload";
import { type Retention, retention, type Scope } from "../../scope";
import { type Backup, backUp } from "../../services/backup/backup";
import type { Snapshotted } from "../../services/backup/snapshots";

export interface LivebookArgs {
  readonly scope: Scope;
  readonly settings: ThunderlineSettings["livebook"];
  readonly secrets: ThunderlineSettings["secrets"];
  /** Where notebooks find experiments and models; undefined while the system is off. */
  readonly mlflow: Endpoint | undefined;
  /** Off keeps the notebooks and the secrets as the data policy says. */
  readonly enabled: boolean;
}

type Secrets = SecretBundle<"password" | "secret-key-base" | "cookie">;

const endsNotebooks = "taking it up restarts Livebook and ends the notebooks that run";
const endsSessions = `${endsNotebooks}, and the session of each of its users`;

/**
 * Livebook behind a password. A notebook runs any code as this pod, which is why nothing else trusts it.
 * @stateful
 */
export class Livebook extends Component {
  /** The Secret that holds the password; undefined where it is kept in no Secret of this program. */
  readonly secretName: string | undefined;
  readonly url: string | undefined;
  /** What the pruning of the namespace's snapshots has to know of its volume. */
  readonly snapshotted: Snapshotted | undefined;

  constructor(name: string, args: LivebookArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Livebook", name, opts);
    const { scope, settings, enabled } = args;
    const kept = retention(scope.posture, enabled, settings.data);
    let notebooks: Claim | undefined;
    if (kept.declared) {
      const claim = new Claim(
        this.child("data"),
        {
          scope,
          name: "livebook-data",
          volume: settings.volume,
          backup: settings.backup,
          retention: kept,
        },
        { parent: this },
      );
      const secrets = this.secrets(args, kept);
      this.secretName = secrets.ref("password").secretName;
      if (enabled) {
        this.url = this.server(args, claim, secrets);
        notebooks = claim;
      }
    }
    this.snapshotted = this.backup(args, notebooks)?.snapshotted;
    this.registerOutputs();
  }

  private backup({ scope, settings }: LivebookArgs, claim: Claim | undefined): Backup | undefined {
    const { runAsUser, backup } = settings;
    const source = claim && {
      kind: "files" as const,
      runAsUser,
      volume: claim,
      env: { FILES_DIR: "/data" },
      mounts: [{ kind: "claim" as const, claim, path: "/data" }],
      beside: ["livebook"],
    };
    return backUp(
      this.child("backup"),
      { scope, store: "livebook", settings: backup, source },
      { parent: this },
    );
  }

  private secrets({ scope, secrets }: LivebookArgs, kept: Retention): Secrets {
    return new SecretBundle(
      this.child("secrets"),
      {
        scope,
        name: "livebook",
        retention: kept,
        // Livebook wants a password of at least 12 characters and a key base of at least 64.
        entries: {
          password: { choice: secrets.livebookPassword, length: 24, rotating: endsSessions },
          "secret-key-base": {
            choice: secrets.livebookSecretKeyBase,
            length: 64,
            rotating: endsSessions,
          },
          cookie: { choice: secrets.livebookCookie, length: 32, rotating: endsNotebooks },
        },
      },
      { parent: this },
    );
  }

  private server(
    { scope, settings, mlflow }: LivebookArgs,
    claim: Claim,
    secrets: Secrets,
  ): string | undefined {
    const server = new Workload(
      this.child(),
      {
        scope,
        name: "livebook",
        description: "Notebooks for exploring experiments and models",
        image: settings.image,
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        env: {
          HOME: "/data",
          LIVEBOOK_COOKIE: secrets.ref("cookie"),
          LIVEBOOK_DATA_PATH: "/data/livebook",
          // A runtime of its own beside it: attached to the application, every notebook would be the application.
          LIVEBOOK_DEFAULT_RUNTIME: "standalone",
          LIVEBOOK_HOME: "/data",
          LIVEBOOK_IP: "0.0.0.0",
          LIVEBOOK_PASSWORD: secrets.ref("password"),
          LIVEBOOK_PORT: "8080",
          LIVEBOOK_SECRET_KEY_BASE: secrets.ref("secret-key-base"),
          LIVEBOOK_TOKEN_ENABLED: "false",
          RELEASE_TMP: "/tmp",
        },
        connections:
          mlflow === undefined
            ? []
            : [{ to: mlflow, env: { MLFLOW_TRACKING_URI: `http://${authority(mlflow)}` } }],
        ports: { http: 8080 },
        serves: ["http"],
        callers: ingressController(scope.cluster, settings.ingress, "http"),
        probes: sameProbe((timing) => httpProbe("/public/health", "http", timing), 120),
        drainSeconds: 5,
        mounts: [{ kind: "claim", claim, path: "/data" }],
      },
      { parent: this },
    );
    if (!settings.ingress.enabled) return undefined;
    return new Ingress(
      this.child("ingress"),
      { scope, settings: settings.ingress, to: server.endpoint("http"), webSockets: true },
      { parent: this },
    ).url;
  }
}
