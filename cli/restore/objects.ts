/** What a restore reads of the objects of a cluster, in Kubernetes' own terms. */

/** One writer's fields of an object, as the API server notes them. */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: FieldSet;
  readonly [other: string]: unknown;
}

/** Fields as a tree: `{"f:spec": {"f:replicas": {}}}`. */
export interface FieldSet {
  readonly [path: string]: FieldSet;
}

export type Labels = Readonly<Record<string, string>>;

export interface LiveObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
    readonly managedFields?: readonly ManagedFields[];
  };
}

export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values?: readonly string[];
  }[];
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly [other: string]: unknown;
}

export interface VolumeMount {
  readonly name: string;
  readonly readOnly?: boolean;
  readonly [other: string]: unknown;
}

export interface Container {
  readonly name: string;
  readonly env?: readonly EnvironmentVariable[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly [other: string]: unknown;
}

export interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
  readonly [other: string]: unknown;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly [other: string]: unknown;
}

export interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels; readonly [other: string]: unknown };
  readonly spec: PodSpec;
}

/** A server: a Deployment or a StatefulSet. */
export interface Workload extends LiveObject {
  readonly kind: "Deployment" | "StatefulSet";
  readonly spec: { readonly replicas?: number; readonly template: PodTemplate };
  readonly status?: { readonly readyReplicas?: number };
}

export interface CronJob extends LiveObject {
  readonly kind: "CronJob";
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string;
    readonly suspend?: boolean;
    readonly jobTemplate: {
      readonly metadata?: { readonly labels?: Labels };
      readonly spec: JobSpec;
    };
  };
  readonly status?: { readonly lastSuccessfulTime?: string };
}

export interface JobSpec {
  readonly suspend?: boolean;
  readonly template: PodTemplate;
  readonly [other: string]: unknown;
}

export interface Job extends LiveObject {
  readonly kind: "Job";
  readonly spec: JobSpec;
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** KEDA's: it decides the number of replicas of its target. */
export interface ScaledObject extends LiveObject {
  readonly kind: "ScaledObject";
  readonly spec: { readonly scaleTargetRef: { readonly kind?: string; readonly name: string } };
}

export interface PolicyPeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}

export interface NetworkPolicy extends LiveObject {
  readonly kind: "NetworkPolicy";
  readonly spec: {
    readonly podSelector: Selector;
    readonly ingress?: readonly { readonly from?: readonly PolicyPeer[] }[];
  };
}

export interface Pod extends LiveObject {
  readonly kind: "Pod";
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: {
        readonly running?: object;
        readonly terminated?: { readonly exitCode: number };
      };
    }[];
  };
}

/** An object in words: `Deployment thunderline/web`. */
export function nameOf({ kind, metadata: { namespace, name } }: LiveObject): string {
  return `${kind} ${namespace}/${name}`;
}

/** The claims that a pod mounts. */
export function claimsOf({ volumes = [] }: PodSpec): string[] {
  return volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
}

/** Whether a selector chooses what has these labels; an empty one chooses everything. */
export function selects(selector: Selector, labels: Labels = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
      }
    })
  );
}
