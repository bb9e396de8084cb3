import { z } from "zod";

import { bucketBackup, clientDumpBackup, dumpBackup } from "./backup";
import {
  dataPolicy,
  givenSecret,
  oneShot,
  resources,
  rulersSecret,
  storeName,
  storeSecret,
  volume,
  yesNo,
} from "./blocks";
import { count, hostName, image, objectName, port, userId } from "./scalars";

/** The settings of stores, one for each under `components/services/`. */

const mode = z.enum(["bundled", "external"], { error: "one of bundled, external" });
const optionalMode = z.enum(["off", "bundled", "external"], {
  error: "one of off, bundled, external",
});

/** The password of the account that rules a bundled server. */
const rulersPassword = rulersSecret.default({
  from: "generated",
  rotation: 1,
  released: 0,
  discarded: 0,
});

/** What every bundled store says of its server. */
const server = { image, runAsUser: userId, resources, volume, data: dataPolicy };

const roleName = z
  .string({ error: "a PostgreSQL name such as thunderline" })
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, {
    error: "a PostgreSQL name of lower-case letters, digits and _ such as thunderline",
  });

/** How a client of PostgreSQL outside the cluster encrypts. */
export const tlsMode = z.enum(["require", "verify-full"], {
  error: "one of require, verify-full",
});

/** The certificate of a bundled server: none, from cert-manager, or in a Secret that exists already. */
export const serverTls = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("none") }),
  z.strictObject({
    from: z.literal("issuer"),
    kind: z
      .enum(["ClusterIssuer", "Issuer"], { error: "one of ClusterIssuer, Issuer" })
      .default("ClusterIssuer"),
    name: objectName,
  }),
  z.strictObject({
    from: z.literal("secret"),
    secretName: objectName.describe("of type kubernetes.io/tls, for the name of the Service"),
  }),
]);
export type ServerTls = z.infer<typeof serverTls>;

/** Where a server of ours has its data in a volume of ours: initdb takes no folder with a lost+found in it. */
export const ownDataFolder = "pgdata";

/** PostgreSQL: a StatefulSet of this program, or a server that somebody else runs. */
export const postgres = z.strictObject({
  mode,
  ...server,
  backup: dumpBackup,
  setup: oneShot,
  database: roleName,
  user: roleName,
  password: storeSecret,
  superuserPassword: rulersPassword.describe(
    "of a bundled server; discarding a generation restarts it once; an existing one has to open the server as it is, and is changed in the server by hand",
  ),
  dataFolder: z
    .string({ error: "a folder in the volume such as pgdata" })
    .regex(/^(\.|[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*)$/, {
      error: "a folder in the volume such as pgdata, or . for the volume itself",
    })
    .default(ownDataFolder)
    .describe(
      "where a bundled server's data are in its volume; another one only for a volume that exists already",
    ),
  parameters: z
    .record(
      z.string().regex(/^[a-z_.]+$/, { error: "the name of a server parameter" }),
      z.string({ error: "text, such as 4GB" }),
    )
    .default({})
    .describe("server parameters that differ from PostgreSQL's own defaults"),
  tls: serverTls.default({ from: "none" }).describe("how clients of a bundled server encrypt"),
  external: z
    .strictObject({
      host: hostName,
      port: port.default(5432),
      password: givenSecret,
      tlsMode: tlsMode.default("require"),
    })
    .optional(),
});

/** The same where a system can do without. */
export const optionalPostgres = postgres.extend({ mode: optionalMode });
export type OptionalPostgresSettings = z.infer<typeof optionalPostgres>;

/** An S3 object store: MinIO of this program, or a service that somebody else runs. */
export const objectStore = z.strictObject({
  mode,
  ...server,
  backup: bucketBackup,
  clientImage: image,
  setup: oneShot,
  bucket: z
    .string({ error: "a bucket name such as thunderline-artifacts" })
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
      error: "a bucket name such as thunderline-artifacts",
    }),
  accessKey: storeName,
  secretKey: storeSecret,
  rootPassword: rulersPassword.describe("of a bundled server; rotating it restarts the server"),
  external: z
    .strictObject({
      host: hostName,
      port: port.default(443),
      region: z.string({ error: "a region such as eu-central-1" }).default("us-east-1"),
      tls: yesNo.default(true),
      accessKey: givenSecret,
      secretKey: givenSecret,
    })
    .optional(),
});

/** The same where a system can do without. */
export const optionalObjectStore = objectStore.extend({ mode: optionalMode });
export type OptionalObjectStoreSettings = z.infer<typeof optionalObjectStore>;

/** Redis with an append-only file, or a server that somebody else runs. */
export const redis = z.strictObject({
  mode,
  ...server,
  backup: dumpBackup,
  password: storeSecret.describe(
    "the server also takes earlier generated ones until they are released; each change of them restarts it",
  ),
  external: z
    .strictObject({
      host: hostName,
      port: port.default(6379),
      database: count(0, 15).default(0),
      password: givenSecret,
      tls: yesNo.default(true),
    })
    .optional(),
});
export type RedisSettings = z.infer<typeof redis>;

/** ChromaDB, or a server that somebody else runs. It knows no users: whoever reaches it may do anything. */
export const chromadb = z.strictObject({
  mode,
  ...server,
  backup: clientDumpBackup,
  external: z.strictObject({ host: hostName, port: port.default(8000) }).optional(),
});
export type ChromaDbSettings = z.infer<typeof chromadb>;
