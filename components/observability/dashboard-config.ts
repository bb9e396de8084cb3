import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { objectLabels } from "../labels";
import type { Scope } from "../scope";
import { type DashboardDescription, dashboardJson } from "./dashboard";

export interface DashboardArgs {
  readonly scope: Scope;
  /** The name of the ConfigMap. */
  readonly name: string;
  readonly description: DashboardDescription;
}

/**
 * A dashboard where Grafana's sidecar finds it. The sidecar puts the files of all namespaces into one
 * folder, so that the namespace is in the file's name.
 */
export function dashboard(
  logicalName: string,
  { scope, name, description }: DashboardArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return new k8s.core.v1.ConfigMap(
    logicalName,
    {
      metadata: {
        name,
        namespace: scope.namespace,
        labels: { ...objectLabels(scope, name), ...scope.cluster.dashboardLabels },
      },
      data: { [`${scope.namespace}-${name}.json`]: dashboardJson(description) },
    },
    opts,
  );
}
