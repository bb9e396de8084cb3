import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Scaling } from "../../config/blocks";
import { objectLabels } from "../labels";
import type { Scope } from "../scope";
import { admit, type Endpoint } from "./connection";
import type { SecretRef } from "./env";

type Keda = Extract<Scaling, { type: "keda" }>;

/** What KEDA measures to set the number of replicas: the length of a queue, say. */
export interface Trigger {
  /** A KEDA scaler, such as `postgresql`. */
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Parameters of the scaler that are secret. */
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly endpoint: Endpoint;
}

/** Exactly one of: a fixed number, the cluster's own autoscaler, or KEDA with the trigger it goes by. */
export type WorkloadScaling =
  Exclude<Scaling, Keda> | (Omit<Keda, "jobsPerReplica"> & { readonly trigger: Trigger });

export interface AutoscaleArgs {
  readonly scope: Scope;
  readonly name: string;
  readonly kind?: "Deployment" | "StatefulSet";
  readonly scaling: WorkloadScaling;
}

/**
 * Creates whatever decides the number of replicas; nothing where it is fixed. KEDA makes an autoscaler of
 * its own from a ScaledObject, and names it so.
 */
export function autoscale(
  logicalName: string,
  args: AutoscaleArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { scope, name, scaling } = args;
  if (scaling.type === "fixed") return;
  const { minReplicas, maxReplicas } = scaling;
  switch (scaling.type) {
    case "hpa":
      horizontal(logicalName, args, scaling, opts);
      scope.inventory.autoscalers.push({ name, minReplicas, maxReplicas });
      return;
    case "keda":
      byTrigger(logicalName, args, scaling, opts);
      scope.inventory.autoscalers.push({ name: `keda-hpa-${name}`, minReplicas, maxReplicas });
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
        behavior: calm,
      },
    },
    opts,
  );
}

/** Up at once and down in steps, so that a short pause does not cost what the next minute needs. */
const calm: k8s.types.input.autoscaling.v2.HorizontalPodAutoscalerBehavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Percent", value: 100, periodSeconds: 30 },
      { type: "Pods", value: 2, periodSeconds: 30 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
  },
};

function byTrigger(
  logicalName: string,
  args: AutoscaleArgs,
  scaling: Extract<WorkloadScaling, { type: "keda" }>,
  opts: pulumi.CustomResourceOptions,
): void {
  const { trigger } = scaling;
  const { scope } = args;
  const secrets = Object.entries(trigger.secrets);
  letScalerRead(logicalName, scope, trigger.endpoint, opts);
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
            type: trigger.type,
            metadata: { ...trigger.metadata },
            authenticationRef: { name: args.name },
          },
        ],
      },
    },
    opts,
  );
}

/** KEDA's own pods measure. Where that is outside the cluster, no policy of this namespace is in their way. */
function letScalerRead(
  logicalName: string,
  scope: Scope,
  endpoint: Endpoint,
  opts: pulumi.CustomResourceOptions,
): void {
  if (endpoint.peer.kind !== "pods") return;
  const { labels } = endpoint.peer;
  const peer = { kind: "namespace", namespace: scope.cluster.namespaces.keda } as const;
  const side = { scope, name: endpoint.name, labels, opts };
  admit(side, logicalName, { name: "keda", peer }, [endpoint.port]);
}

function metadata({ scope, name }: AutoscaleArgs): k8s.types.input.meta.v1.ObjectMeta {
  return { name, namespace: scope.namespace, labels: objectLabels(scope, name) };
}
