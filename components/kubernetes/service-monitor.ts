import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { objectLabels, selectorLabels } from "../labels";
import type { Scope } from "../scope";

export interface MonitorArgs {
  readonly scope: Scope;
  /** The workload whose pods are read. Prometheus' label `job` has it. */
  readonly name: string;
  /** The name of the Service's port, or of the pods' where there is no Service. */
  readonly port: string;
  readonly path: string;
}

/** Document 003 gives both figures. */
const often = { interval: "30s", scrapeTimeout: "10s" } as const;

/** Tells Prometheus' operator what to read. Only for clusters that have it: the kind needs its CRD. */
export function serviceMonitor(
  logicalName: string,
  args: MonitorArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { port, path } = args;
  return monitor(logicalName, "ServiceMonitor", args, opts, {
    endpoints: [{ port, path, ...often }],
  });
}

/** The same for pods that no Service leads to. */
export function podMonitor(
  logicalName: string,
  args: MonitorArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { port, path } = args;
  return monitor(logicalName, "PodMonitor", args, opts, {
    // A Service's targets have its name as their job; these would have the namespace's before it.
    jobLabel: "app.kubernetes.io/name",
    podMetricsEndpoints: [{ port, path, ...often }],
  });
}

function monitor(
  logicalName: string,
  kind: "ServiceMonitor" | "PodMonitor",
  { scope, name }: MonitorArgs,
  opts: pulumi.CustomResourceOptions,
  endpoints: object,
): pulumi.Resource {
  return new k8s.apiextensions.CustomResource(
    `${logicalName}-monitor`,
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind,
      metadata: {
        name,
        namespace: scope.namespace,
        labels: { ...objectLabels(scope, name), ...scope.cluster.monitorLabels },
      },
      spec: { selector: { matchLabels: selectorLabels(scope, name) }, ...endpoints },
    },
    opts,
  );
}
