import type * as pulumi from "@pulumi/pulumi";

import {
  archiveOf,
  type ArchiveSettings,
  type BackupSettings,
  snapshotsOf,
  usesClaim,
} from "../../../config/backup";
import { Component } from "../../component";
import { Claim } from "../../kubernetes/claim";
import { ConfigFiles } from "../../kubernetes/config-files";
import { ScheduledJob } from "../../kubernetes/job";
import { SecretBundle } from "../../kubernetes/secret-bundle";
import { given, type Retention, retention, roleIn, type Scope } from "../../scope";
import { type Snapshotted, VolumeSnapshots } from "./snapshots";
import { backupScripts, type BackupSource } from "./source";
import { claimTarget, objectStoreTarget, type TargetParts } from "./target";

export interface BackupArgs {
  readonly scope: Scope;
  /** The store's name: that of its server's objects, or of the part that the volume belongs to. */
  readonly store: string;
  readonly settings: BackupSettings;
  /** Undefined while there is no such store here: it is off, or somebody else runs it. */
  readonly source: BackupSource | undefined;
}

/** The annotation of a CronJob by which programs find the backup of a store. */
const storeAnnotation = "backup.platform/store";

/**
 * The backup of one store: archives by the clock, on a claim of their own or in a bucket elsewhere,
 * snapshots of the store's volume, or both. The claim outlives a change of method as its data policy
 * says. A restore is a Job of the same template with another command, so nothing is declared for it.
 * @stateful
 */
export class Backup extends Component {
  /** What the pruning of snapshots has to know; undefined where none are made. */
  readonly snapshotted: Snapshotted | undefined;

  constructor(name: string, args: BackupArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("services:Backup", name, opts);
    const inRole = { ...args, scope: roleIn(args.scope, "backup") };
    const { scope, store, settings, source } = inRole;
    const archive = archiveOf(settings);
    const snapshots = snapshotsOf(settings);
    const claim = this.claim(inRole);
    if (source !== undefined && archive !== undefined) {
      this.archives(inRole, source, archive, this.target(inRole, source, archive, claim));
    }
    if (source !== undefined && snapshots !== undefined) {
      new VolumeSnapshots(
        this.child("snapshot"),
        { scope, store, settings: snapshots, volume: source.volume },
        { parent: this },
      );
      this.snapshotted = { store, keepDays: snapshots.keepDays };
    }
    this.registerOutputs();
  }

  private claim(args: BackupArgs): Claim | undefined {
    const { scope, store, settings } = args;
    const kept = claimRetention(args);
    if (!kept.declared) return undefined;
    return new Claim(
      this.child("archives"),
      { scope, name: `${store}-backups`, volume: settings.claim.volume, retention: kept },
      { parent: this },
    );
  }

  private target(
    { scope, store }: BackupArgs,
    source: BackupSource,
    { target, claim: { volume } }: ArchiveSettings,
    claim: Claim | undefined,
  ): TargetParts {
    if (target.to === "claim") {
      if (claim === undefined) throw new Error(`the backups of ${store} have no claim`);
      return claimTarget(claim);
    }
    const entries = {
      "access-key": { choice: target.accessKey, length: 0 },
      "secret-key": { choice: target.secretKey, length: 0 },
    };
    const credentials = new SecretBundle(
      this.child("target"),
      { scope, name: `${store}-backup-target`, entries, retention: given },
      { parent: this },
    );
    return objectStoreTarget({
      scope,
      settings: target,
      credentials,
      workspace: volume,
      hasClient: source.kind === "objects",
    });
  }

  private archives(
    { scope, store }: BackupArgs,
    source: BackupSource,
    settings: ArchiveSettings,
    target: TargetParts,
  ): void {
    const name = `${store}-backup`;
    const files = new ConfigFiles(
      this.child("scripts"),
      { scope, name, files: backupScripts(source.kind, target.script) },
      { parent: this },
    );
    new ScheduledJob(
      this.child(),
      {
        scope,
        name,
        description: `Backs up ${store}, checks what it has written, and removes what is too old`,
        annotations: { [storeAnnotation]: store },
        backupOf: store,
        image: imageOf(store, source, settings),
        command: ["/bin/sh", "/backup/take.sh"],
        runAsUser: source.runAsUser,
        resources: settings.resources,
        deadlineSeconds: settings.deadlineSeconds,
        retries: 2,
        schedule: settings.schedule,
        suspended: false,
        beside: source.beside ?? [],
        env: {
          HOME: "/tmp",
          ...target.env,
          ...source.env,
          KEEP_DAYS: String(settings.keepDays),
          STORE: store,
        },
        connections: [...(source.connections ?? []), ...target.connections],
        mounts: [
          { kind: "files", files, path: "/backup" },
          ...target.mounts,
          ...(source.mounts ?? []),
        ],
        ...(target.preparation === undefined ? {} : { preparation: target.preparation }),
      },
      { parent: this },
    );
  }
}

/** The backup of a store, where its settings declare anything at all. */
export function backUp(
  name: string,
  args: BackupArgs,
  opts: pulumi.ComponentResourceOptions,
): Backup | undefined {
  const { settings, source } = args;
  const isMade = source !== undefined && settings.method !== "none";
  return isMade || claimRetention(args).declared ? new Backup(name, args, opts) : undefined;
}

function imageOf(store: string, { image }: BackupSource, settings: ArchiveSettings): string {
  const chosen = "clientImage" in settings ? settings.clientImage : image;
  if (chosen === undefined) throw new Error(`no image backs up ${store}`);
  return chosen;
}

function claimRetention({ scope, settings, source }: BackupArgs): Retention {
  const inUse = source !== undefined && usesClaim(settings);
  return retention(scope.posture, inUse, settings.claim.data);
}
