import { z } from "zod";

import {
  dataKey,
  dataPolicy,
  givenSecret,
  ingress,
  oneShot,
  resources,
  scaling,
  secret,
  system,
  yesNo,
} from "../blocks";
import {
  count,
  dnsLabel,
  duration,
  hostName,
  httpUrl,
  image,
  origin,
  port,
  userId,
} from "../scalars";
import { optionalObjectStore, optionalPostgres } from "../stores";

/** PostgreSQL would take more; but the programs put these names into URLs and SQL as they are. */
function databaseName(example: string): z.ZodString {
  const error = `a PostgreSQL name of lower-case letters, digits and _ such as ${example}`;
  return z.string({ error }).regex(/^[a-z_][a-z0-9_]{0,62}$/, { error });
}

const tableError = "a table with its schema such as public.orders";
const table = z
  .string({ error: tableError })
  .regex(/^[a-z_][a-z0-9_]{0,62}\.[a-z_][a-z0-9_]{0,62}$/, { error: tableError });

const slotError = "a replication slot of lower-case letters, digits and _ such as philotes_cdc";

/** The part of the source that one reader follows. */
const shard = z.strictObject({
  name: dnsLabel.max(40, { error: "a DNS label of at most 40 characters" }),
  slot: z
    .string({ error: slotError })
    .regex(/^[a-z0-9_]{1,63}$/, { error: slotError })
    .describe("a replication slot has one reader at a time"),
  publication: databaseName("philotes_pub"),
  tables: z
    .array(table)
    .default([])
    .describe("none means all tables of the publication; several shards must name theirs"),
  bufferDatabase: databaseName("philotes_orders")
    .optional()
    .describe(
      "on Philotes' own server; postgres.database by default, which one shard alone can use",
    ),
});
export type Shard = z.infer<typeof shard>;

/** The PostgreSQL database whose changes are read. */
export const sourceDatabase = z.strictObject({
  host: hostName,
  port: port.default(5432),
  database: databaseName("shop"),
  user: databaseName("philotes_reader").describe("owns the tables, and may make replication slots"),
  password: givenSecret,
  tlsMode: z.enum(["disable", "require", "verify-full"], {
    error: "one of disable, require, verify-full",
  }),
  plugin: z
    .enum(["pgoutput", "wal2json"], { error: "one of pgoutput, wal2json" })
    .default("pgoutput")
    .describe("what the slots decode with; wal2json has to be installed on the server"),
});
export type SourceSettings = z.infer<typeof sourceDatabase>;

/** A slot has one reader, so there is never a second replica; what KEDA adds is the lag as a metric. */
const readerScaling = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("fixed") }),
  z.strictObject({
    type: z.literal("keda"),
    targetLagBytes: count(1, Number.MAX_SAFE_INTEGER),
    pollingIntervalSeconds: count(1, 3600).default(30).describe("KEDA's own default"),
    cooldownSeconds: count(0, 86400).default(300).describe("KEDA's own default"),
  }),
]);

/** Who may call Lakekeeper: anybody that a policy lets in, or the holders of a token. */
const openid = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({
    type: z.literal("openid"),
    providerUri: httpUrl.describe("without /.well-known"),
    audience: z.string({ error: "the audience of the tokens" }).min(1),
    subjectClaim: z.string({ error: "a claim such as sub" }).min(1).default("sub"),
    bootstrap: z
      .strictObject({
        tokenUrl: httpUrl,
        clientId: z.string({ error: "the id of a client" }).min(1),
        clientSecret: givenSecret,
        scope: z.string({ error: "a scope such as lakekeeper" }).min(1).optional(),
      })
      .describe("the client that becomes Lakekeeper's operator and makes the warehouse"),
  }),
]);

/** Who may do what in Lakekeeper. */
const authorization = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("allowall") }),
  z.strictObject({
    type: z.literal("openfga"),
    host: hostName,
    port: port.default(8081).describe("gRPC"),
    storeName: z.string({ error: "the name of a store" }).min(1).default("lakekeeper"),
    tls: yesNo.default(false),
    apiKey: givenSecret,
  }),
]);

/** What outlives a bundled Lakekeeper, whatever comes after it. */
const lasting = {
  encryptionKey: dataKey.describe("without it every stored credential of a store is lost"),
  data: dataPolicy.describe("for the encryption key"),
};

/** The Iceberg REST catalogue. */
const lakekeeper = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("off"), ...lasting }),
  z.strictObject({
    mode: z.literal("bundled"),
    ...lasting,
    image,
    runAsUser: userId,
    resources,
    scaling,
    schema: databaseName("lakekeeper"),
    baseUri: httpUrl.optional().describe("how clients outside the cluster reach it"),
    openid,
    authorization,
    migration: oneShot,
    bootstrap: oneShot.extend({ image, runAsUser: userId }),
  }),
  z.strictObject({
    mode: z.literal("external"),
    ...lasting,
    url: httpUrl.describe("without a path: clients append the catalogue's own"),
  }),
]);
export type LakekeeperSettings = z.infer<typeof lakekeeper>;
export type BundledLakekeeper = Extract<LakekeeperSettings, { mode: "bundled" }>;

/** Database connections of each replica. */
const database = z.strictObject({
  maxOpenConnections: count(1, 1000),
  maxIdleConnections: count(0, 1000),
});

const originError = 'an origin such as https://dashboard.example.com, or "*"';
const originsError = 'a list of origins, or "*" alone';

const api = z.strictObject({
  enabled: yesNo,
  image,
  runAsUser: userId,
  resources,
  scaling,
  readTimeout: duration,
  writeTimeout: duration,
  corsOrigins: z
    .array(z.union([z.literal("*"), origin], { error: originError }))
    .min(1)
    .refine((origins) => !origins.includes("*") || origins.length === 1, { error: originsError }),
  rateLimit: z.strictObject({
    requestsPerSecond: count(1, 1_000_000),
    burst: count(1, 1_000_000),
  }),
  database,
  alerting: z.strictObject({
    evaluationInterval: duration,
    notificationTimeout: duration,
    retentionDays: count(1, 3650),
  }),
  prometheusUrl: httpUrl.optional().describe("alerts are off without it"),
  auth: z.strictObject({
    enabled: yesNo,
    adminEmail: z.email({ error: "an e-mail address such as admin@example.com" }).optional(),
    jwtSecret: secret.describe(
      "a given one needs at least 32 characters; the next generation ends every session of the API",
    ),
    adminPassword: secret.describe(
      "counts when the account is made; later it is changed in Philotes",
    ),
    data: dataPolicy.describe("for the two secrets"),
  }),
  ingress,
});

const worker = z.strictObject({
  enabled: yesNo,
  image,
  runAsUser: userId,
  resources,
  scaling: readerScaling,
  source: sourceDatabase.optional(),
  sourceCheck: oneShot,
  shards: z.array(shard).min(1).describe("one reader for each"),
  database,
  cdc: z.strictObject({
    bufferSize: count(1, 10_000_000).describe("changes"),
    batchSize: count(1, 1_000_000).describe("changes"),
    flushInterval: duration,
    checkpointInterval: duration,
  }),
  buffer: z.strictObject({ enabled: yesNo, retention: duration, cleanupInterval: duration }),
  retry: z.strictObject({
    maxAttempts: count(1, 100),
    initialInterval: duration,
    maxInterval: duration,
    multiplier: z
      .number({ error: "a number from 1 to 10" })
      .min(1, { error: "a number from 1 to 10" })
      .max(10, { error: "a number from 1 to 10" }),
  }),
  deadLetters: z.strictObject({ enabled: yesNo, retention: duration }),
  backpressure: z.strictObject({
    enabled: yesNo,
    highWatermark: count(1, 10_000_000).describe("buffered changes at which reading stops"),
    lowWatermark: count(0, 10_000_000).describe("buffered changes at which it goes on"),
    checkInterval: duration,
  }),
  readinessTimeout: duration,
});

/** Philotes: change data capture from PostgreSQL into Iceberg tables, after document 003. */
export const philotes = z.strictObject({
  ...system,
  environment: z.enum(["development", "staging", "production"], {
    error: "one of development, staging, production",
  }),
  api,
  worker,
  lakekeeper,
  warehouse: dnsLabel.describe("the warehouse's name in the catalogue"),
  postgres: optionalPostgres,
  objectStore: optionalObjectStore,
});
export type PhilotesSettings = z.infer<typeof philotes>;
