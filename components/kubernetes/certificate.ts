import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { objectLabels } from "../labels";
import type { Scope } from "../scope";

export interface CertificateArgs {
  readonly scope: Scope;
  readonly name: string;
  readonly issuer: { readonly kind: "ClusterIssuer" | "Issuer"; readonly name: string };
  /** The names under which its server is reached. */
  readonly hosts: readonly string[];
}

/** Has cert-manager keep a certificate of a server inside the cluster; gives the name of its Secret. */
export function certificate(
  logicalName: string,
  { scope, name, issuer, hosts }: CertificateArgs,
  opts: pulumi.CustomResourceOptions,
): string {
  const secretName = `${name}-tls`;
  new k8s.apiextensions.CustomResource(
    `${logicalName}-certificate`,
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { name, namespace: scope.namespace, labels: objectLabels(scope, name) },
      spec: {
        secretName,
        dnsNames: [...hosts],
        issuerRef: { group: "cert-manager.io", kind: issuer.kind, name: issuer.name },
        usages: ["server auth"],
      },
    },
    opts,
  );
  scope.inventory.certificates.push(name);
  return secretName;
}
