import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Quota, SystemSettings } from "../../config/blocks";
import type { Demand } from "../../config/demand";
import { formatBytes, formatCpu } from "../../config/quantity";
import { Component } from "../component";
import { Inventory } from "../inventory";
import { type Belonging, objectLabels } from "../labels";
import { announceKept, type Place, type Retention, type Scope } from "../scope";
import { annotated, releasedException } from "./exception";

export interface NamespaceArgs {
  readonly place: Place;
  /** The kind of system, and which one of that kind this is. */
  readonly belonging: Belonging;
  readonly settings: SystemSettings;
  /** All that the system's workloads can occupy at once. */
  readonly demand: Demand;
  readonly retention: Retention;
}

/** The Secret that every pod of a namespace pulls its images with. */
export const registryCredentials = "registry-credentials";

/**
 * A system's namespace: the restricted Pod Security Standard enforced, a quota that fits its
 * workloads, defaults for containers that nobody sized, and no traffic but DNS until a connection
 * is declared.
 * @stateful
 */
export class Namespace extends Component {
  readonly scope: Scope;

  constructor(name: string, args: NamespaceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubernetes:Namespace", name, opts);
    const { place, belonging, retention } = args;
    const { namespace } = args.settings;
    const created = new k8s.core.v1.Namespace(
      this.child(),
      {
        metadata: {
          name: namespace,
          labels: {
            ...objectLabels(belonging, namespace),
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/audit": "restricted",
            "pod-security.kubernetes.io/warn": "restricted",
          },
          ...annotated(releasedException(place.posture, retention)),
        },
      },
      { parent: this, protect: retention.protect },
    );
    announceKept(`namespace ${namespace}`, retention, created);
    const limits = [
      this.resourceQuota(args, created),
      this.limitRange(args, created),
      this.defaultDeny(args, created),
      this.dnsAccess(args, created),
    ];
    const credentials = this.registryCredentials(args, created);
    this.viewers(args, created);
    this.scope = {
      ...place,
      ...belonging,
      // A system that is released takes the protection off all its parts, or the next step could not remove them.
      posture: { ...place.posture, protectData: retention.protect },
      namespace,
      exists: [created],
      ready: [created, ...limits, ...credentials],
      inventory: new Inventory(),
    };
    this.registerOutputs();
  }

  private resourceQuota(args: NamespaceArgs, created: pulumi.Resource): pulumi.Resource {
    return new k8s.core.v1.ResourceQuota(
      this.child("quota"),
      {
        metadata: this.metadata(args, "quota"),
        spec: { hard: hardLimits(args.settings.quota, args.demand) },
      },
      this.childOptions([created]),
    );
  }

  private limitRange(args: NamespaceArgs, created: pulumi.Resource): pulumi.Resource {
    return new k8s.core.v1.LimitRange(
      this.child("limits"),
      {
        metadata: this.metadata(args, "limits"),
        spec: {
          limits: [
            {
              type: "Container",
              default: { cpu: "500m", memory: "256Mi" },
              defaultRequest: { cpu: "50m", memory: "64Mi" },
            },
          ],
        },
      },
      this.childOptions([created]),
    );
  }

  private defaultDeny(args: NamespaceArgs, created: pulumi.Resource): pulumi.Resource {
    return new k8s.networking.v1.NetworkPolicy(
      this.child("default-deny"),
      {
        metadata: this.metadata(args, "default-deny"),
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
      this.childOptions([created]),
    );
  }

  /** Without it the first pod under the default deny cannot find its database by name. */
  private dnsAccess(args: NamespaceArgs, created: pulumi.Resource): pulumi.Resource {
    const dns = {
      matchLabels: { "kubernetes.io/metadata.name": args.place.cluster.namespaces.dns },
    };
    return new k8s.networking.v1.NetworkPolicy(
      this.child("dns-access"),
      {
        metadata: this.metadata(args, "dns-access"),
        spec: {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [
            {
              to: [
                { namespaceSelector: dns, podSelector: { matchLabels: { "k8s-app": "kube-dns" } } },
              ],
              ports: [
                { protocol: "UDP", port: 53 },
                { protocol: "TCP", port: 53 },
              ],
            },
          ],
        },
      },
      this.childOptions([created]),
    );
  }

  /** Lets the groups of the settings look at what is here. */
  private viewers(args: NamespaceArgs, created: pulumi.Resource): void {
    const { viewerRole, cluster } = args.place;
    if (viewerRole === undefined || cluster.viewerGroups.length === 0) return;
    const apiGroup = "rbac.authorization.k8s.io";
    new k8s.rbac.v1.RoleBinding(
      this.child("viewers"),
      {
        metadata: this.metadata(args, "viewers"),
        roleRef: { apiGroup, kind: "ClusterRole", name: viewerRole.roleName },
        subjects: cluster.viewerGroups.map((name) => ({ apiGroup, kind: "Group", name })),
      },
      this.childOptions([created, ...viewerRole.ready]),
    );
  }

  private registryCredentials(args: NamespaceArgs, created: pulumi.Resource): pulumi.Resource[] {
    const { cluster, encrypted, placeholders } = args.place;
    const key = cluster.registryCredentials?.key;
    const value = key === undefined ? undefined : encrypted[key];
    if (value === undefined) return [];
    return [
      new k8s.core.v1.Secret(
        this.child("registry"),
        {
          metadata: this.metadata(args, registryCredentials),
          type: "kubernetes.io/dockerconfigjson",
          // A placeholder has to be JSON, or the API server refuses the type.
          stringData: { ".dockerconfigjson": placeholders ? '{"auths":{}}' : value },
        },
        this.childOptions([created]),
      ),
    ];
  }

  private metadata(
    { belonging, settings }: NamespaceArgs,
    name: string,
  ): k8s.types.input.meta.v1.ObjectMeta {
    return { name, namespace: settings.namespace, labels: objectLabels(belonging, name) };
  }
}

const mebi = 2 ** 20;
const gibi = 2 ** 30;

/** What the quota states, and for the rest the demand with its headroom, rounded up to round figures. */
function hardLimits(quota: Quota, demand: Demand): Record<string, string> {
  const roomy = (amount: number, unit: number): number =>
    Math.ceil((amount * (100 + quota.headroomPercent)) / 100 / unit) * unit;
  return {
    "limits.cpu": quota.limitsCpu ?? formatCpu(roomy(demand.limitsCpu, 100)),
    "limits.memory": quota.limitsMemory ?? formatBytes(roomy(demand.limitsMemory, 64 * mebi)),
    pods: String(quota.pods ?? roomy(demand.pods, 1)),
    "requests.cpu": quota.requestsCpu ?? formatCpu(roomy(demand.requestsCpu, 100)),
    "requests.memory": quota.requestsMemory ?? formatBytes(roomy(demand.requestsMemory, 64 * mebi)),
    "requests.storage": quota.storage ?? formatBytes(roomy(demand.storage, gibi)),
  };
}
