import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Scaling } from "../../config/blocks";
import { objectLabels } from "../labels";
import type { Scope } from "../scope";
import { admit, type Endpoint } from "./connection";
import type { SecretRef } from "./env";

type Keda = Extract<Scaling, { type: "keda" }>;

/** A queue whose length KEDA reads to set the number of replicas. */
export interface Queue {
  /** A KEDA scaler, such as `postgresql`. */
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Parameters of the scaler that are secret. */
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly endpoint: Endpoint;
}

/** Exactly one of: a fixed number, the cluster's own autoscaler, or KEDA with the queue it goes by. */
export type WorkloadScaling = Exclude<Scaling, Keda> | (Keda & { readonly queue: Queue });

export interface AutoscaleArgs {
  readonly scope: Scope;
  readonly name: string;
  readonly kind?: "Deployment" | "StatefulSet";
  readonly scaling: WorkloadScaling;
}

/** Creates whatever decides the number of replicas; nothing where it is fixed. */
export function autoscale(
  logicalName: string,
  args: AutoscaleArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { scaling } = args;
  switch (scaling.type) {
    case "fixed":
      return;
    case "hpa":
      horizontal(logicalName, args, scaling, opts);
      return;
    case "keda":
      byQueue(logicalName, args, scaling, opts);
  }
}

function horizontal(
  logicalName: string,
  args: AutoscaleArgs,
  scaling: Extract<Scaling, { type: "hpa" }>,
  opts: pulumi.CustomResourceOptions,
): void {
  const metric = (
    name: string,
    averageUtilization: number | undefined,
  ): k8s.types.input.autoscaling.v2.MetricSpec[] =>
    averageUtilization === undefined
      ? []
      : [
          {
            type: "Resource",
            resource: { name, target: { type: "Utilization", averageUtilization } },
          },
        ];
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    logicalName,
    {
      metadata: metadata(args),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: args.kind ?? "Deployment", name: args.name },
        minReplicas: scaling.minReplicas,
        maxReplicas: scaling.maxReplicas,
        metrics: [...metric("cpu", scaling.cpuPercent), ...metric("memory", scaling.memoryPercent)],
      },
    },
    opts,
  );
}

function byQueue(
  logicalName: string,
  args: AutoscaleArgs,
  scaling: Extract<WorkloadScaling, { type: "keda" }>,
  opts: pulumi.CustomResourceOptions,
): void {
  const { queue } = scaling;
  const { scope } = args;
  const secrets = Object.entries(queue.secrets);
  letScalerRead(logicalName, scope, queue.endpoint, opts);
  new k8s.apiextensions.CustomResource(
    `${logicalName}-queue`,
    {
      apiVersion: "keda.sh/v1alpha1",
      kind: "TriggerAuthentication",
      metadata: metadata(args),
      spec: {
        secretTargetRef: secrets.map(([parameter, ref]) => ({
          parameter,
          name: ref.secretName,
          key: ref.key,
        })),
      },
    },
    opts,
  );
  new k8s.apiextensions.CustomResource(
    logicalName,
    {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: metadata(args),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: args.kind ?? "Deployment", name: args.name },
        minReplicaCount: scaling.minReplicas,
        maxReplicaCount: scaling.maxReplicas,
        pollingInterval: scaling.pollingIntervalSeconds,
        cooldownPeriod: scaling.cooldownSeconds,
        triggers: [
          {
            type: queue.type,
            metadata: { ...queue.metadata },
            authenticationRef: { name: args.name },
          },
        ],
      },
    },
    opts,
  );
}

/** KEDA's own pods ask the queue. Where that is outside the cluster, no policy of this namespace is in their way. */
function letScalerRead(
  logicalName: string,
  scope: Scope,
  endpoint: Endpoint,
  opts: pulumi.CustomResourceOptions,
): void {
  if (endpoint.peer.kind !== "pods") return;
  const { labels } = endpoint.peer;
  const caller = { name: "keda", namespace: scope.cluster.namespaces.keda };
  admit({ scope, name: endpoint.name, labels, opts }, logicalName, caller, [endpoint.port]);
}

function metadata({ scope, name }: AutoscaleArgs): k8s.types.input.meta.v1.ObjectMeta {
  return { name, namespace: scope.namespace, labels: objectLabels(scope.system, name) };
}
