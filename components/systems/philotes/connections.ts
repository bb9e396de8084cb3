import { authority, type Connection, type Endpoint } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import type { Database } from "../../services/database";
import type { Bucket } from "../../services/object-store";

/** The Iceberg catalogue as its clients see it. Its endpoint is ready once the warehouse is there. */
export interface Catalogue {
  readonly endpoint: Endpoint;
  /** Without a path: clients append the catalogue's own. */
  readonly url: string;
  readonly warehouse: string;
}

/** What the API and the worker keep their data in; undefined where it is off. */
export interface Stores {
  readonly database: Database;
  readonly bucket: Bucket | undefined;
  readonly catalogue: Catalogue | undefined;
}

/** Where API and worker alike connect to. */
export function storeConnections({ database, bucket, catalogue }: Stores): Connection[] {
  return [
    databaseConnection(database),
    ...(bucket === undefined ? [] : [bucketConnection(bucket)]),
    ...(catalogue === undefined ? [] : [catalogueConnection(catalogue)]),
  ];
}

function databaseConnection({ endpoint, name, user, password, tlsMode }: Database): Connection {
  return {
    to: endpoint,
    env: {
      PHILOTES_DB_HOST: endpoint.host,
      PHILOTES_DB_NAME: name,
      PHILOTES_DB_PASSWORD: password,
      PHILOTES_DB_PORT: String(endpoint.port),
      PHILOTES_DB_SSLMODE: tlsMode,
      PHILOTES_DB_USER: user,
    },
  };
}

/** The programs' client takes host and port, and the scheme as a switch. */
function bucketConnection({ endpoint, url, name, accessKey, secretKey }: Bucket): Connection {
  return {
    to: endpoint,
    env: {
      PHILOTES_STORAGE_ACCESS_KEY: accessKey,
      PHILOTES_STORAGE_BUCKET: name,
      PHILOTES_STORAGE_ENDPOINT: authority(endpoint),
      PHILOTES_STORAGE_SECRET_KEY: secretKey,
      PHILOTES_STORAGE_USE_SSL: String(url.startsWith("https:")),
    },
  };
}

function catalogueConnection({ endpoint, url, warehouse }: Catalogue): Connection {
  return {
    to: endpoint,
    env: { PHILOTES_ICEBERG_CATALOG_URL: url, PHILOTES_ICEBERG_WAREHOUSE: warehouse },
  };
}

/** Database connections of each replica. */
export function poolEnv(pool: { maxOpenConnections: number; maxIdleConnections: number }): Env {
  return {
    PHILOTES_DB_MAX_IDLE_CONNS: String(pool.maxIdleConnections),
    PHILOTES_DB_MAX_OPEN_CONNS: String(pool.maxOpenConnections),
  };
}
