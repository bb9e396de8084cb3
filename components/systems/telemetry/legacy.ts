import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { ownsLegacy, type TelemetrySettings } from "../../../config/systems/telemetry";
import { Component } from "../../component";

export interface LegacyArgs {
  readonly settings: TelemetrySettings;
}

/**
 * The old stack, of which this program owns one field: how many replicas its Deployments have. A
 * cut-over takes them to none, and going back to the number that the settings list. Before the first
 * cut-over nothing of it is touched.
 *
 * A patch that is dropped without `retainOnDelete` would set the field to its default, 1.
 */
export class Legacy extends Component {
  constructor(name: string, { settings }: LegacyArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Legacy", name, opts);
    const { legacy, phase } = settings;
    if (legacy !== undefined && ownsLegacy(settings)) {
      for (const { name: deployment, replicas } of legacy.deployments) {
        new k8s.apps.v1.DeploymentPatch(
          this.child(deployment),
          {
            metadata: {
              name: deployment,
              namespace: legacy.namespace,
              annotations: { "pulumi.com/patchForce": "true" },
            },
            spec: { replicas: phase === "cutover" ? 0 : replicas },
          },
          { ...this.childOptions(), retainOnDelete: true },
        );
      }
    }
    this.registerOutputs();
  }
}
