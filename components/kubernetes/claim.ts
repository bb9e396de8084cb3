import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Volume } from "../../config/blocks";
import { Component } from "../component";
import { objectLabels } from "../labels";
import { announceKept, type Retention, type Scope } from "../scope";

export interface ClaimArgs {
  readonly scope: Scope;
  /** The name of the claim in the cluster. */
  readonly name: string;
  readonly volume: Volume;
  /** Whether pods on several nodes write it at once, which few storage classes offer. @default false */
  readonly shared?: boolean;
  readonly retention: Retention;
}

/**
 * A volume that outlives its workload: declared by the program itself, because what a StatefulSet's
 * template claims is in no state and cannot be protected.
 * @stateful
 */
export class Claim extends Component {
  readonly claimName: string;
  readonly shared: boolean;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ClaimArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubernetes:Claim", name, opts);
    const { scope, volume, shared = false } = args;
    const claim = new k8s.core.v1.PersistentVolumeClaim(
      this.child(),
      {
        metadata: {
          name: args.name,
          namespace: scope.namespace,
          labels: objectLabels(scope, args.name),
        },
        spec: {
          accessModes: [shared ? "ReadWriteMany" : "ReadWriteOnce"],
          resources: { requests: { storage: volume.size } },
          storageClassName: volume.storageClass ?? scope.cluster.defaultStorageClass,
        },
      },
      { ...this.childOptions(scope.exists), protect: args.retention.protect },
    );
    if (args.retention.inUse) scope.inventory.claims.push(args.name);
    announceKept(`claim ${scope.namespace}/${args.name}`, args.retention, claim);
    this.claimName = args.name;
    this.shared = shared;
    this.ready = [claim];
    this.registerOutputs();
  }
}
