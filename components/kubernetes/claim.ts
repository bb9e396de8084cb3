import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { BackupSettings } from "../../config/backup";
import type { Volume } from "../../config/blocks";
import { Component } from "../component";
import { type Labels, objectLabels } from "../labels";
import { announceKept, type Retention, type Scope } from "../scope";
import { annotated, exception, releasedException } from "./exception";

export interface ClaimArgs {
  readonly scope: Scope;
  /** The name of the claim in the cluster. */
  readonly name: string;
  readonly volume: Volume;
  /** Whether pods on several nodes write it at once, which few storage classes offer. @default false */
  readonly shared?: boolean;
  /** How a server's data on it is backed up. */
  readonly backup?: BackupSettings;
  readonly retention: Retention;
}

/**
 * A volume that outlives its workload: declared by the program itself, because what a StatefulSet's
 * template claims is in no state and cannot be protected. One that exists already is named and not
 * declared, so that no update can change or delete it.
 * @stateful
 */
export class Claim extends Component {
  readonly claimName: string;
  /** What pods call it, which takes no name as long as that of a claim may be. */
  readonly volumeName: string;
  readonly shared: boolean;
  /**
   * From rules of the policy pack, for whoever mounts it. Not on the claim itself: that stays as it is
   * when its server goes, and may be somebody else's.
   */
  readonly excepted: Labels;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ClaimArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubernetes:Claim", name, opts);
    const { shared = false, scope } = args;
    const { existingClaim } = args.volume;
    const retention = ownRetention(args);
    const own = retention.declared ? this.own(args, retention) : undefined;
    this.claimName = existingClaim ?? args.name;
    this.volumeName = args.name;
    this.shared = shared;
    this.excepted =
      args.backup?.method === "none" ? exception("backup-for-each-store", args.backup.reason) : {};
    this.ready = existingClaim === undefined && own !== undefined ? [own] : [];
    if (args.retention.inUse) scope.inventory.claims.push(this.claimName);
    this.registerOutputs();
  }

  private own(args: ClaimArgs, retention: Retention): pulumi.Resource {
    const { scope, volume, shared = false } = args;
    const claim = new k8s.core.v1.PersistentVolumeClaim(
      this.child(),
      {
        metadata: {
          name: args.name,
          namespace: scope.namespace,
          labels: objectLabels(scope, args.name),
          ...annotated(releasedException(scope.posture, retention)),
        },
        spec: {
          accessModes: [shared ? "ReadWriteMany" : "ReadWriteOnce"],
          resources: { requests: { storage: volume.size } },
          storageClassName: volume.storageClass ?? scope.cluster.defaultStorageClass,
        },
      },
      { ...this.childOptions(scope.exists), protect: retention.protect },
    );
    announceKept(`claim ${scope.namespace}/${args.name}`, retention, claim);
    return claim;
  }
}

/** What becomes of the claim that the program makes itself; beside another one, nothing uses it. */
function ownRetention({ volume, retention }: ClaimArgs): Retention {
  const { existingClaim, ownClaim = "keep" } = volume;
  if (existingClaim === undefined) return retention;
  return {
    declared: retention.declared && ownClaim !== "discard",
    inUse: false,
    protect: retention.protect && ownClaim === "keep",
  };
}
