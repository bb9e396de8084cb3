import { pinned } from "../../config/image-lock";
import type { HelmRelease } from "../helm";
import type {
  KubernetesObject,
  PersistentVolume,
  PersistentVolumeClaim,
  Secret,
  StorageClass,
} from "../kubernetes";

/** What is backed up, and where to. */
export interface BackupRequest {
  readonly namespace: string;
  /** A release of Helm there, with all that its pods use. @default all of the namespace */
  readonly release?: string;
  /** Whether Jobs and snapshots save what is on the volumes. @default true */
  readonly data?: boolean;
  /** What copies files; it has sh, tar, gzip and sha256sum. @default {@link usualCopyImage} */
  readonly copyImage?: string;
  /** How long one Job may take, until its result is fetched. @default six hours */
  readonly deadlineSeconds?: number;
}

/** One that is small, and has all that a copy needs. */
export const usualCopyImage = pinned("docker.io/library/busybox:1.37.0");

export const usualDeadlineSeconds = 6 * 3600;

/** Something that an archive does not hold, though it was asked for. */
export interface Missing {
  /** `claim data-0`. */
  readonly what: string;
  readonly why: string;
}

/** What is in an entry: how it is read back. */
export type EntryKind = "objects" | "secrets" | "helm" | "volumes" | "copy" | "postgres";

/** A file in an archive. */
export interface ArchiveEntry {
  readonly path: string;
  readonly kind: EntryKind;
  readonly bytes: number;
  readonly sha256: string;
  /** Whether the passphrase opens it. */
  readonly encrypted: boolean;
  /** What is in it, by name: `Deployment web`. */
  readonly holds: readonly string[];
  /** Of data: what the Job wrote, before it was encrypted here. */
  readonly content?: { readonly bytes: number; readonly sha256: string };
  /** What its reader has to know: that its files changed while they were copied. */
  readonly note?: string;
}

/** The first file of an archive: what it holds and what it does not. It has no secret. */
export interface ArchiveManifest {
  readonly format: typeof archiveFormat;
  readonly createdAt: string;
  readonly context: string;
  /** The uid of the namespace `kube-system`, by which clusters are told apart. */
  readonly cluster: string | null;
  readonly namespace: string;
  readonly release: string | null;
  readonly releases: readonly ArchivedRelease[];
  /** Whether all that was asked for is here. */
  readonly complete: boolean;
  /** Whether what is on the volumes was asked for. */
  readonly data: boolean;
  readonly entries: readonly ArchiveEntry[];
  readonly missing: readonly Missing[];
  /** What is left out on purpose, since controllers make it again. */
  readonly leftOut: readonly string[];
}

export interface ArchivedRelease {
  readonly name: string;
  readonly revision: number;
  readonly chart: string;
  readonly status: string;
}

export const archiveFormat = "platform-backup/1";

/** A claim with all that is known of its volume. */
export interface ClaimOf {
  readonly claim: PersistentVolumeClaim;
  readonly volume: PersistentVolume | undefined;
  readonly storageClass: StorageClass | undefined;
}

/** What is there to be saved. */
export interface Found {
  readonly objects: readonly KubernetesObject[];
  readonly secrets: readonly Secret[];
  readonly releases: readonly HelmRelease[];
  readonly claims: readonly ClaimOf[];
  readonly leftOut: readonly string[];
  readonly missing: readonly Missing[];
  /** All of the namespace, the pods too: who uses the claims is seen in them. */
  readonly around: readonly KubernetesObject[];
}

/** Where a value is, which nothing of ours may have in the clear. */
export type ValueSource =
  | { readonly from: "literal"; readonly value: string }
  | { readonly from: "secret"; readonly name: string; readonly key: string }
  | { readonly from: "configMap"; readonly name: string; readonly key: string }
  | { readonly from: "none" };

/** A PostgreSQL server that runs on a claim. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly user: ValueSource;
  readonly password: ValueSource;
}

interface DataOf {
  readonly claim: string;
  readonly namespace: string;
  readonly why: string;
}

/** A Job that saves what is on a claim. */
export interface JobPlan extends DataOf {
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  /** What it may write before it is fetched. */
  readonly capacity: string | undefined;
}

export interface PostgresPlan extends JobPlan {
  readonly method: "postgres";
  readonly server: PostgresServer;
  /** Of pods that network policies let reach the server: those of its own scheduled backup. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface CopyPlan extends JobPlan {
  readonly method: "copy";
  /** Who owns the files; undefined where no pod says it, so that only root can read them. */
  readonly user: number | undefined;
  readonly groups: readonly number[];
  /** Where a pod has the volume, if it can be on one node alone. */
  readonly node: string | undefined;
  readonly tolerations: readonly object[];
  /** Whether somebody may write meanwhile. */
  readonly inUse: boolean;
}

/** Nothing is made of it. */
export interface NoPlan extends DataOf {
  readonly method: "none";
  /** Whether there may be data that are missing then. */
  readonly lost: boolean;
}

/** How what is on a claim is saved. */
export type DataPlan = PostgresPlan | CopyPlan | NoPlan;
