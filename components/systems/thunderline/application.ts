import type { ThunderlineSettings } from "../../../config/systems/thunderline";
import { authority, type Connection, type Endpoint } from "../../kubernetes/connection";
import { type Env, podField, type SecretRef } from "../../kubernetes/env";
import { httpProbe, type Probes, startupProbe } from "../../kubernetes/probe";
import { peerServiceName } from "../../kubernetes/workload";
import { type Scope, serviceHost } from "../../scope";
import { type Database, databaseUrl } from "../../services/database";
import type { Bucket } from "../../services/object-store";
import { s3Env } from "./artifacts";
import type { Cerebros } from "./cerebros";

/** What the web server, the worker and the migration of one release have in common. */
export interface Application {
  readonly settings: ThunderlineSettings;
  readonly database: Connection;
  readonly bucket: Bucket;
  readonly mlflow: Endpoint;
  readonly collector: Endpoint | undefined;
  readonly cerebros: Cerebros;
  readonly secretKeyBase: SecretRef;
  readonly tokenSigningSecret: SecretRef;
  readonly releaseCookie: SecretRef;
  readonly openai: Connection | undefined;
}

/** The port on which the release serves HTTP. */
export const httpPort = 4000;

/** The port mapper that Erlang nodes ask for each other, and the one port that they then talk on. */
export const peerPorts = [4369, 9100] as const;

/** The path of the database: one line for the variables, the policies and the order. */
export function databaseConnection(database: Database): Connection {
  return {
    to: database.endpoint,
    env: {
      DATABASE_PASSWORD: database.password,
      // Ecto takes its TLS switch from the URL.
      DATABASE_URL: databaseUrl(
        database,
        "ecto",
        "DATABASE_PASSWORD",
        database.tlsMode === "disable" ? "" : "?ssl=true",
      ),
    },
  };
}

/** Where web and worker connect to. What Cerebros and the collector tell them follows from the choice made there. */
export function applicationConnections(app: Application): Connection[] {
  return [
    app.database,
    { to: app.bucket.endpoint, env: { ...s3Env(app.bucket), ...minioEnv(app.bucket) } },
    { to: app.mlflow, env: { MLFLOW_TRACKING_URI: `http://${authority(app.mlflow)}` } },
    ...(app.collector === undefined
      ? []
      : [
          {
            to: app.collector,
            env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${authority(app.collector)}` },
          },
        ]),
    ...app.cerebros.connections,
    ...(app.openai === undefined ? [] : [app.openai]),
  ];
}

/** What the release does not boot without, in a migration either. */
export function releaseEnv(app: Application): Env {
  return {
    CEREBROS_SCRIPT: "/app/priv/cerebros_bridge_stub.py",
    RELEASE_CONFIG_FILE: "/app/config/releases.exs",
    // The release writes its start-up files there; its own folder is read-only.
    RELEASE_TMP: "/tmp",
    SECRET_KEY_BASE: app.secretKeyBase,
    SERVICE_NAME: "thunderline",
    TOKEN_SIGNING_SECRET: app.tokenSigningSecret,
  };
}

/** Mnesia keeps its tables below the release's folder otherwise, which is read-only. */
const mnesiaFolder = `-mnesia dir '"/tmp/mnesia"'`;

/** What web and worker have on top. `oban` decides where background jobs run. */
export function serverEnv(app: Application, publicHost: string, oban: boolean): Env {
  const { features, logLevel, poolSize } = app.settings.app;
  return {
    ...releaseEnv(app),
    ...(app.collector === undefined ? { OTEL_DISABLED: "true" } : {}),
    ...app.cerebros.env,
    ERL_AFLAGS: mnesiaFolder,
    FEATURES: features.join(","),
    LOG_LEVEL: logLevel,
    PHX_HOST: publicHost,
    POOL_SIZE: String(poolSize),
    PORT: String(httpPort),
    TL_ENABLE_OBAN: String(oban),
  };
}

/** Makes the replicas one Erlang cluster: a common cookie, names by address, DNS to find each other. */
export function clusterEnv(app: Application, scope: Scope, workload: string): Env {
  const [, distributionPort] = peerPorts;
  const fixedPort = `-kernel inet_dist_listen_min ${String(distributionPort)} inet_dist_listen_max ${String(distributionPort)}`;
  return {
    DNS_CLUSTER_QUERY: serviceHost(scope, peerServiceName(workload)),
    ERL_AFLAGS: `${mnesiaFolder} ${fixedPort}`,
    POD_IP: podField("status.podIP"),
    RELEASE_COOKIE: app.releaseCookie,
    RELEASE_DISTRIBUTION: "name",
    RELEASE_NODE: { kind: "template", text: "thunderline@$(POD_IP)" },
  };
}

/** `/healthz` answers while the machine runs; `/readyz` asks the database and the rest too. */
export const applicationProbes: Probes = {
  startup: startupProbe((timing) => httpProbe("/healthz", "http", timing), 120),
  readiness: httpProbe("/readyz", "http"),
  liveness: httpProbe("/healthz", "http"),
};

function minioEnv(bucket: Bucket): Env {
  return {
    MINIO_ACCESS_KEY: bucket.accessKey,
    MINIO_BUCKET: bucket.name,
    MINIO_ENDPOINT: bucket.url,
    MINIO_SECRET_KEY: bucket.secretKey,
  };
}
