import type { BundledLakekeeper } from "../../../config/systems/philotes";
import {
  authority,
  type Connection,
  endpointAt,
  externalEndpoint,
} from "../../kubernetes/connection";
import type { Env, SecretRef } from "../../kubernetes/env";
import type { Scope } from "../../scope";
import { type Database, databaseUrl, tlsQuery } from "../../services/database";

/** The ports on which Lakekeeper listens. */
export const ports = { http: 8181, metrics: 9000 } as const;

/** What Lakekeeper reads at each start, be it to migrate or to serve. */
export interface LakekeeperSecrets {
  readonly encryptionKey: SecretRef;
  /** OpenFGA's, where it decides. */
  readonly apiKey: SecretRef | undefined;
}

/** What `migrate` and `serve` are told alike: a schema is made for the way in which it will be used. */
export function lakekeeperEnv(settings: BundledLakekeeper, secrets: LakekeeperSecrets): Env {
  const { authorization, baseUri, openid, schema } = settings;
  return {
    LAKEKEEPER__AUTHZ_BACKEND: authorization.type,
    ...(baseUri === undefined ? {} : { LAKEKEEPER__BASE_URI: baseUri }),
    LAKEKEEPER__BIND_IP: "0.0.0.0",
    LAKEKEEPER__LISTEN_PORT: String(ports.http),
    LAKEKEEPER__METRICS_PORT: String(ports.metrics),
    LAKEKEEPER__PG_ENCRYPTION_KEY: secrets.encryptionKey,
    LAKEKEEPER__PG_SCHEMA: schema,
    ...(openid.type === "none"
      ? {}
      : {
          LAKEKEEPER__OPENID_AUDIENCE: openid.audience,
          LAKEKEEPER__OPENID_PROVIDER_URI: openid.providerUri,
          LAKEKEEPER__OPENID_SUBJECT_CLAIM: openid.subjectClaim,
        }),
  };
}

/** Where `migrate` and `serve` alike connect to. */
export function lakekeeperConnections(
  scope: Scope,
  { authorization, openid }: BundledLakekeeper,
  database: Database,
  { apiKey }: LakekeeperSecrets,
): Connection[] {
  const connections = [databaseConnection(database)];
  if (openid.type === "openid") {
    connections.push({ to: endpointAt(scope, "openid", openid.providerUri), env: {} });
  }
  if (authorization.type === "openfga" && apiKey !== undefined) {
    const to = externalEndpoint(scope, "openfga", authorization.host, authorization.port);
    const scheme = authorization.tls ? "https" : "http";
    connections.push({
      to,
      env: {
        LAKEKEEPER__OPENFGA__API_KEY: apiKey,
        LAKEKEEPER__OPENFGA__ENDPOINT: `${scheme}://${authority(to)}`,
        LAKEKEEPER__OPENFGA__STORE_NAME: authorization.storeName,
      },
    });
  }
  return connections;
}

function databaseConnection(database: Database): Connection {
  const url = databaseUrl(database, "postgres", "DATABASE_PASSWORD", tlsQuery(database.tlsMode));
  return {
    to: database.endpoint,
    env: {
      DATABASE_PASSWORD: database.password,
      LAKEKEEPER__PG_DATABASE_URL_READ: url,
      LAKEKEEPER__PG_DATABASE_URL_WRITE: url,
    },
  };
}
