import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { objectLabels, selectorLabels } from "../labels";
import type { Scope } from "../scope";

export interface ServiceMonitorArgs {
  readonly scope: Scope;
  /** The Service whose pods are read. */
  readonly name: string;
  /** The name of the Service's port. */
  readonly port: string;
  readonly path: string;
}

/** Tells Prometheus' operator what to read. Only for clusters that have it: the kind needs its CRD. */
export function serviceMonitor(
  logicalName: string,
  args: ServiceMonitorArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { scope, name, port, path } = args;
  return new k8s.apiextensions.CustomResource(
    `${logicalName}-monitor`,
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: {
        name,
        namespace: scope.namespace,
        labels: { ...objectLabels(scope, name), ...scope.cluster.monitorLabels },
      },
      spec: {
        selector: { matchLabels: selectorLabels(scope, name) },
        endpoints: [{ port, path, interval: "30s", scrapeTimeout: "10s" }],
      },
    },
    opts,
  );
}
