import type * as pulumi from "@pulumi/pulumi";

import { kubectlResources, type SnapshotSettings } from "../../../config/backup";
import { Component } from "../../component";
import { apiServer } from "../../kubernetes/api-access";
import type { Claim } from "../../kubernetes/claim";
import { ConfigFiles, scriptText } from "../../kubernetes/config-files";
import { podField } from "../../kubernetes/env";
import { ScheduledJob } from "../../kubernetes/job";
import { roleIn, type Scope } from "../../scope";

/** A store of which snapshots are made, and for how many days they are kept. */
export interface Snapshotted {
  readonly store: string;
  readonly keepDays: number;
}

export interface VolumeSnapshotsArgs {
  readonly scope: Scope;
  readonly store: string;
  readonly settings: SnapshotSettings;
  /** The volume of the store. */
  readonly volume: Claim;
}

const volumeSnapshots = { apiGroup: "snapshot.storage.k8s.io", resource: "volumesnapshots" };

/**
 * Snapshots of one store's volume by the clock. What makes them can remove none: whoever gets hold of
 * its account cannot take the backups away.
 */
export class VolumeSnapshots extends Component {
  constructor(name: string, args: VolumeSnapshotsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("services:VolumeSnapshots", name, opts);
    const { scope, store, settings, volume } = args;
    const { image, runAsUser } = scope.cluster.snapshots;
    const job = `${store}-snapshot`;
    const files = new ConfigFiles(
      this.child("script"),
      { scope, name: job, files: { "snapshot.sh": scriptText(__dirname, "snapshot.sh") } },
      { parent: this },
    );
    new ScheduledJob(
      this.child(),
      {
        scope,
        name: job,
        description: `Makes a snapshot of the volume of ${store}, and waits until it is ready to use`,
        backupOf: store,
        image,
        command: ["/bin/sh", "/snapshot/snapshot.sh"],
        runAsUser,
        resources: kubectlResources,
        deadlineSeconds: settings.deadlineSeconds,
        schedule: settings.schedule,
        suspended: false,
        apiAccess: { ...volumeSnapshots, verbs: ["create", "get"] },
        connections: [{ to: apiServer(scope), env: { NAMESPACE: scope.namespace } }],
        env: {
          CLAIM: volume.claimName,
          HOME: "/tmp",
          // That of its Job: a try after a failed one finds what that one made.
          SNAPSHOT: podField("metadata.labels['batch.kubernetes.io/job-name']"),
          SNAPSHOT_CLASS: settings.className ?? "",
          STORE: store,
          // It ends by itself, with words, before Kubernetes ends it without any.
          WAIT_SECONDS: String(settings.deadlineSeconds - 30),
        },
        mounts: [{ kind: "files", files, path: "/snapshot" }],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

export interface SnapshotPruningArgs {
  readonly scope: Scope;
  readonly stores: readonly Snapshotted[];
}

/** Removes snapshots that are too old, for all stores of a namespace, with an account that can do just that. */
export class SnapshotPruning extends Component {
  constructor(name: string, args: SnapshotPruningArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("services:SnapshotPruning", name, opts);
    const scope = roleIn(args.scope, "backup");
    const { image, runAsUser, pruningSchedule } = scope.cluster.snapshots;
    const job = "snapshot-pruning";
    const script = "prune-snapshots.sh";
    const files = new ConfigFiles(
      this.child("script"),
      { scope, name: job, files: { [script]: scriptText(__dirname, script) } },
      { parent: this },
    );
    new ScheduledJob(
      this.child(),
      {
        scope,
        name: job,
        description: "Removes the snapshots of volumes that are older than they are to be kept",
        image,
        command: ["/bin/sh", `/snapshot/${script}`],
        runAsUser,
        resources: kubectlResources,
        deadlineSeconds: 600,
        schedule: pruningSchedule,
        suspended: false,
        apiAccess: { ...volumeSnapshots, verbs: ["list", "delete"] },
        connections: [{ to: apiServer(scope), env: { NAMESPACE: scope.namespace } }],
        env: {
          HOME: "/tmp",
          KEEP: args.stores.map(({ store, keepDays }) => `${store}=${String(keepDays)}`).join(" "),
        },
        mounts: [{ kind: "files", files, path: "/snapshot" }],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** The pruning of a namespace, where any of its stores has snapshots. */
export function pruneSnapshots(
  name: string,
  scope: Scope,
  stores: readonly (Snapshotted | undefined)[],
  opts: pulumi.ComponentResourceOptions,
): void {
  const known = stores.filter((store) => store !== undefined);
  if (known.length > 0) new SnapshotPruning(name, { scope, stores: known }, opts);
}
