import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ClusterSettings } from "../../config/cluster";
import { Component } from "../component";
import { objectLabels } from "../labels";

export interface ViewerRoleArgs {
  readonly cluster: ClusterSettings;
  /** The stack. A ClusterRole is in no namespace, so two stacks on one cluster must not name theirs alike. */
  readonly stack: string;
}

/**
 * What people may look at: all that the program makes, and what runs because of it, but no Secret. It lets
 * nobody in by itself: in each namespace a binding names the groups.
 */
export class ViewerRole extends Component {
  /** The name of the ClusterRole. */
  readonly roleName: string;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ViewerRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubernetes:ViewerRole", name, opts);
    const { cluster, stack } = args;
    this.roleName = `platform-viewer-${stack}`;
    const role = new k8s.rbac.v1.ClusterRole(
      this.child(),
      {
        metadata: {
          name: this.roleName,
          labels: objectLabels({ system: "platform", instance: stack }, "platform-viewer"),
        },
        rules: Object.entries(visible(cluster)).map(([group, resources]) => ({
          apiGroups: [group],
          resources: [...resources],
          verbs: ["get", "list", "watch"],
        })),
      },
      { parent: this },
    );
    this.ready = [role];
    this.registerOutputs();
  }
}

/** Resources by their API group, those of operators where the cluster has them. */
function visible({ capabilities }: ClusterSettings): Readonly<Record<string, readonly string[]>> {
  return {
    "": [
      "configmaps",
      "endpoints",
      "events",
      "limitranges",
      "namespaces",
      "persistentvolumeclaims",
      "pods",
      "pods/log",
      "resourcequotas",
      "serviceaccounts",
      "services",
    ],
    apps: ["deployments", "replicasets", "statefulsets"],
    autoscaling: ["horizontalpodautoscalers"],
    batch: ["cronjobs", "jobs"],
    "discovery.k8s.io": ["endpointslices"],
    "events.k8s.io": ["events"],
    "metrics.k8s.io": ["pods"],
    "networking.k8s.io": ["ingresses", "networkpolicies"],
    policy: ["poddisruptionbudgets"],
    "rbac.authorization.k8s.io": ["rolebindings", "roles"],
    ...(capabilities.certManager
      ? {
          "acme.cert-manager.io": ["challenges", "orders"],
          "cert-manager.io": ["certificaterequests", "certificates", "issuers"],
        }
      : {}),
    ...(capabilities.keda ? { "keda.sh": ["scaledobjects", "triggerauthentications"] } : {}),
    ...(capabilities.prometheusOperator
      ? { "monitoring.coreos.com": ["podmonitors", "prometheusrules", "servicemonitors"] }
      : {}),
    ...(capabilities.volumeSnapshots ? { "snapshot.storage.k8s.io": ["volumesnapshots"] } : {}),
  };
}
