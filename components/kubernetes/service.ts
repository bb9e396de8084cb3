import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ServiceSettings } from "../../config/blocks";
import { type Labels, objectLabels } from "../labels";
import type { Scope } from "../scope";
import type { Caller } from "./connection";
import { exception } from "./exception";

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** The name or the number of the pods' port. @default the Service's own number */
  readonly targetPort?: string | number;
}

export interface ServiceArgs {
  readonly scope: Scope;
  readonly name: string;
  /** The labels of the pods behind it. */
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
  /** Who reaches it. @default ClusterIP */
  readonly settings?: ServiceSettings;
  /** A headless one answers with each pod's address, also of those that are not ready. @default false */
  readonly headless?: boolean;
}

/** A Service. The provider would wait ten seconds for it even when it is ready; clients wait for the workload itself. */
export function service(
  logicalName: string,
  args: ServiceArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Service {
  const { scope, name, selector, settings } = args;
  return new k8s.core.v1.Service(
    logicalName,
    {
      metadata: {
        name,
        namespace: scope.namespace,
        labels: objectLabels(scope, name),
        annotations: {
          "pulumi.com/skipAwait": "true",
          ...exception("wait-skipped-with-reason", "clients wait for the workload behind it"),
          ...(isOpen(args) ? exception("service-type-declared", "the settings open it") : {}),
        },
      },
      spec: {
        ...(args.headless === true
          ? { clusterIP: "None", publishNotReadyAddresses: true }
          : exposure(settings)),
        selector,
        ports: args.ports.map((port) => ({ ...port, protocol: "TCP" })),
      },
    },
    opts,
  );
}

function isOpen({ settings, headless = false }: ServiceArgs): boolean {
  return !headless && settings !== undefined && settings.type !== "ClusterIP";
}

/** Those whom a Service lets in from outside the cluster, as callers of the pods' port `port`. */
export function serviceCallers(settings: ServiceSettings, port: string): Caller[] {
  if (settings.type === "ClusterIP") return [];
  const peer = { kind: "addresses", cidrs: settings.sourceRanges } as const;
  return [{ name: "outside", peer, ports: [port] }];
}

/** Traffic stays on the node that it came to, so that policies see the client's own address. */
function exposure(settings: ServiceSettings | undefined): k8s.types.input.core.v1.ServiceSpec {
  switch (settings?.type) {
    case undefined:
    case "ClusterIP":
      return { type: "ClusterIP" };
    case "NodePort":
      return { type: "NodePort", externalTrafficPolicy: "Local" };
    case "LoadBalancer":
      return {
        type: "LoadBalancer",
        externalTrafficPolicy: "Local",
        loadBalancerSourceRanges: [...settings.sourceRanges],
      };
  }
}
