import { z } from "zod";

import { dataPolicy, givenSecret, type Resources, resources, volume, yesNo } from "./blocks";
import { count, cron, hostName, image, objectName, port } from "./scalars";

/** How the bundled stores are backed up. Of an external one the settings say nothing. */

const keepDays = count(1, 3650).describe(
  "days after which an older one is removed; the newest one stays, however old it is",
);

const deadlineSeconds = count(60, 86400).describe("after which a run counts as failed");

const prefixError = "a path in the bucket such as backups/prod, without a slash at either end";

/** Where finished backups are: on a volume of their own, or in a bucket that somebody else runs. */
const target = z.discriminatedUnion("to", [
  z.strictObject({ to: z.literal("claim") }),
  z.strictObject({
    to: z.literal("objectStore"),
    host: hostName,
    port: port.default(443),
    region: z.string({ error: "a region such as eu-central-1" }).min(1).default("us-east-1"),
    tls: yesNo.default(true),
    bucket: z
      .string({ error: "a bucket name such as backups" })
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: "a bucket name such as backups" }),
    prefix: z
      .string({ error: prefixError })
      .regex(/^[\w.-]+(\/[\w.-]+)*$/, { error: prefixError })
      .optional(),
    accessKey: givenSecret,
    secretKey: givenSecret,
    clientImage: image.describe("with MinIO's client, mc, as a static program"),
  }),
]);
export type BackupTarget = z.infer<typeof target>;
export type ObjectStoreTarget = Extract<BackupTarget, { to: "objectStore" }>;

const snapshotFields = {
  schedule: cron,
  keepDays,
  className: objectName
    .optional()
    .describe("the VolumeSnapshotClass; the default one of the volume's driver without it"),
  deadlineSeconds: deadlineSeconds.default(1800),
};

/** Snapshots of the store's volume, by the cluster's storage. */
const snapshots = z.strictObject(snapshotFields);
export type SnapshotSettings = z.infer<typeof snapshots>;

/** What outlives a change of method or target: the volume that earlier backups are on. */
const lasting = {
  claim: z
    .strictObject({ volume, data: dataPolicy })
    .describe("the volume of the backups; kept while they are made on it, else as data says"),
};

const archive = {
  ...lasting,
  schedule: cron,
  keepDays,
  target,
  resources,
  deadlineSeconds,
  snapshots: snapshots.optional().describe("besides"),
};

const client = {
  clientImage: image.describe("with Python 3, because the store's own image lacks a client"),
};

const snapshot = z.strictObject({ method: z.literal("snapshot"), ...lasting, ...snapshotFields });

const reasonError = "why there is none, in a sentence of at least ten characters";
const none = z.strictObject({
  method: z.literal("none"),
  ...lasting,
  reason: z.string({ error: reasonError }).min(10, { error: reasonError }),
});

/** Of a server whose image has the program that dumps it. */
export const dumpBackup = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("dump"), ...archive }),
  snapshot,
  none,
]);

/** Of a store that is dumped by a program in another image. */
export const clientDumpBackup = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("dump"), ...archive, ...client }),
  snapshot,
  none,
]);

/** Of a bucket, by the client that the store names anyway. */
export const bucketBackup = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("copy"), ...archive }),
  snapshot,
  none,
]);

/** Of the files on a volume. */
export const filesBackup = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("copy"), ...archive, ...client }),
  snapshot,
  none,
]);

export const backupSchemas = [dumpBackup, clientDumpBackup, bucketBackup, filesBackup] as const;
export type BackupSettings = z.infer<(typeof backupSchemas)[number]>;

/** The methods that make archives: files with checksums, from which one store can be restored. */
export type ArchiveSettings = Extract<BackupSettings, { method: "dump" | "copy" }>;

export function archiveOf(backup: BackupSettings): ArchiveSettings | undefined {
  return backup.method === "dump" || backup.method === "copy" ? backup : undefined;
}

/** The snapshots of the store's volume, by themselves or besides archives. */
export function snapshotsOf(backup: BackupSettings): SnapshotSettings | undefined {
  return backup.method === "snapshot" ? backup : archiveOf(backup)?.snapshots;
}

/** Whether archives go to the claim, which then has to be there. */
export function usesClaim(backup: BackupSettings): boolean {
  return archiveOf(backup)?.target.to === "claim";
}

/** For the pods that ask the API server for snapshots: kubectl needs this much wherever it runs. */
export const kubectlResources: Resources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "250m", memory: "256Mi" },
};
