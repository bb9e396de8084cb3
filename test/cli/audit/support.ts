import { findAll } from "../../../cli/audit/findings";
import { inventoryOf, type Gap, type Inventory } from "../../../cli/audit/inventory";
import type { Finding, Rule } from "../../../cli/audit/model";
import type { HelmRelease } from "../../../cli/helm";
import type { KubernetesObject, Pod } from "../../../cli/kubernetes";

type Texts = Readonly<Record<string, string>>;

/** An object of a test, by no more than what its rule looks at. */
export type Thing = KubernetesObject & Readonly<Record<string, unknown>>;

const lists: Readonly<Record<string, string>> = {
  Namespace: "namespaces",
  Deployment: "deployments",
  StatefulSet: "statefulSets",
  DaemonSet: "daemonSets",
  ReplicaSet: "replicaSets",
  CronJob: "cronJobs",
  Job: "jobs",
  Pod: "pods",
  Service: "services",
  EndpointSlice: "endpointSlices",
  Ingress: "ingresses",
  PersistentVolumeClaim: "claims",
  PersistentVolume: "volumes",
  ResourceQuota: "quotas",
  LimitRange: "limitRanges",
  NetworkPolicy: "networkPolicies",
  HorizontalPodAutoscaler: "autoscalers",
  Event: "events",
  PodMetrics: "usage",
};

/** What a cluster with these objects is, as an audit reads it. */
export function clusterOf(
  objects: readonly object[],
  { releases = [], gaps = [] }: { releases?: readonly HelmRelease[]; gaps?: readonly Gap[] } = {},
): Inventory {
  const readings: Record<string, unknown[]> = Object.fromEntries(
    Object.values(lists).map((name) => [name, []]),
  );
  for (const object of objects as readonly Thing[]) {
    readings[lists[object.kind] ?? "namespaces"]?.push(object);
  }
  return inventoryOf(
    { ...readings, releases } as unknown as Parameters<typeof inventoryOf>[0],
    gaps,
  );
}

/** What one rule finds, without the rest. */
export function found(rule: Rule, ...objects: readonly object[]): readonly string[] {
  return rule
    .find(clusterOf(objects))
    .map(({ level, subject, what }) => `${level} ${subject}: ${what}`);
}

/** A finding of an audit of these objects by its rule. */
export function findingOf(rule: string, inventory: Inventory): Finding | undefined {
  return findAll(inventory).find((it) => it.rule === rule);
}

export function object(
  kind: string,
  name: string,
  rest: Readonly<Record<string, unknown>> = {},
  metadata: Readonly<Record<string, unknown>> = {},
): Thing {
  return {
    ...{ apiVersion: "v1", kind, ...rest },
    metadata: { name, namespace: "acme", uid: `${kind}-${name}`, ...metadata },
  };
}

interface Made {
  readonly namespace?: string;
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly replicas?: number;
  readonly image?: string;
  /** On top of what a container has in any case. */
  readonly container?: object;
  readonly podSpec?: object;
  readonly status?: object;
}

const good = {
  resources: {
    requests: { cpu: "100m", memory: "64Mi" },
    limits: { cpu: "1", memory: "128Mi" },
  },
  readinessProbe: { httpGet: { path: "/", port: 80 } },
};

/** A Deployment of which no rule has anything to say, but for its pods that are not there. */
export function deployment(name: string, made: Made = {}): Thing {
  const {
    namespace = "acme",
    labels = {},
    annotations = {},
    image = `example.com/${name}:1`,
  } = made;
  const container = { name: "main", image, ...good, ...made.container };
  return object(
    "Deployment",
    name,
    {
      apiVersion: "apps/v1",
      spec: {
        replicas: made.replicas ?? 1,
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [container], ...made.podSpec },
        },
      },
      ...(made.status === undefined ? {} : { status: made.status }),
    },
    { namespace, labels, annotations, uid: `${namespace}-${name}` },
  );
}

/** A pod of a workload, directly: which ReplicaSet is between them is no matter here. */
export function podOf(owner: Thing, status: object, name = `${owner.metadata.name}-0`): Thing {
  const { kind, apiVersion, metadata } = owner;
  const { spec } = (owner as unknown as { spec: { template: { spec: object } } }).spec.template;
  return object(
    "Pod",
    name,
    { spec, status },
    {
      namespace: metadata.namespace,
      uid: `${metadata.namespace ?? ""}-${name}`,
      labels: { app: metadata.name },
      ownerReferences: [
        { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true },
      ],
    },
  );
}

export const ready = {
  phase: "Running",
  conditions: [{ type: "Ready", status: "True" }],
  containerStatuses: [
    { name: "main", image: "x", ready: true, restartCount: 0, state: { running: {} } },
  ],
};

/** A pod whose only container waits. */
export function waits(reason: string, rest: object = {}, phase = "Running"): Pod["status"] {
  return {
    phase,
    containerStatuses: [
      {
        ...{ name: "main", image: "example.com/x:1", imageID: "", ready: false, restartCount: 0 },
        state: { waiting: { reason, message: `words about ${reason}` } },
        ...rest,
      },
    ],
  };
}

export function ofRelease(name: string, namespace: string): Texts {
  return { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace };
}

export function release(
  name: string,
  namespace: string,
  rest: Partial<HelmRelease> = {},
): HelmRelease {
  return {
    ...{ name, namespace, revision: 1, status: "deployed", chart: "shop", chartVersion: "1.0.0" },
    ...{ appVersion: undefined, deprecated: false, deployedAt: "2025-10-01T10:00:00Z" },
    ...{ values: {}, objects: [], secrets: [], record: { name, namespace, version: 1 } },
    ...rest,
  };
}
