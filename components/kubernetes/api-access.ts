import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { objectLabels } from "../labels";
import type { Scope } from "../scope";
import type { Endpoint } from "./connection";

/** What a pod may ask of the API server: these verbs on this resource of its own namespace. */
export interface ApiAccess {
  readonly apiGroup: string;
  /** In the plural, as a Role names it. */
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** Lets the service account `name` do what `access` says, and nothing else. */
export function grant(
  logicalName: string,
  { scope, name, access }: { scope: Scope; name: string; access: ApiAccess },
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const metadata = {
    name,
    namespace: scope.namespace,
    labels: objectLabels(scope, name),
  };
  const { apiGroup, resource, verbs } = access;
  const role = new k8s.rbac.v1.Role(
    logicalName,
    { metadata, rules: [{ apiGroups: [apiGroup], resources: [resource], verbs: [...verbs] }] },
    opts,
  );
  const binding = new k8s.rbac.v1.RoleBinding(
    logicalName,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: scope.namespace }],
    },
    opts,
  );
  return [role, binding];
}

/** The API server, for pods that ask it. A policy has to name its addresses, which are settings. */
export function apiServer({ cluster }: Scope): Endpoint {
  if (cluster.apiServer === undefined) throw new Error("platform:cluster.apiServer is not set");
  const { cidrs, port } = cluster.apiServer;
  return {
    name: "kube-apiserver",
    // Clients find it by the variables that Kubernetes gives to every pod.
    host: `kubernetes.default.svc.${cluster.domain}`,
    port,
    peer: { kind: "addresses", cidrs },
    ready: [],
  };
}
