import {
  byKey,
  type KubernetesObject,
  type Labels,
  lastingName,
  type Metadata,
  ofKind,
  selects,
  specOf,
} from "./objects";

/** The kinds that run pods, in the order in which the page shows them. */
export const workloadKinds = ["Deployment", "StatefulSet", "CronJob", "Job"] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** What the page says of a workload. */
export interface Workload {
  readonly name: string;
  readonly kind: WorkloadKind;
  readonly purpose: string;
  readonly podLabels: Labels;
  /** How many replicas, or when. */
  readonly runs: string;
  readonly ports: readonly Port[];
  readonly claims: readonly string[];
  /** `Secret.key` of each key that it reads. */
  readonly secrets: readonly string[];
}

/** A port that a workload listens on or that a Service sends on to it. */
export interface Port {
  readonly name: string;
  readonly number: number;
  /** Whether a Service offers it to others. */
  readonly served: boolean;
}

interface SecretKey {
  readonly name: string;
  readonly key?: string;
}

interface Container {
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly valueFrom?: { readonly secretKeyRef?: SecretKey } }[];
  readonly envFrom?: readonly { readonly secretRef?: SecretKey }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface PodTemplate {
  readonly metadata?: Partial<Metadata>;
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly Volume[];
  };
}

interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly secret?: { readonly secretName: string };
}

interface WorkloadSpec {
  readonly replicas: number;
  readonly schedule: string;
  readonly timeZone: string;
  readonly suspend: boolean;
  readonly template: PodTemplate;
  readonly jobTemplate: { readonly spec: { readonly template: PodTemplate } };
}

/** The workloads among the objects of a namespace, by kind and name. */
export function workloadsOf(objects: readonly KubernetesObject[]): Workload[] {
  return workloadKinds.flatMap((kind) =>
    ofKind(objects, kind)
      .map((object) => workloadOf(kind, object, objects))
      .sort(byKey(({ name }) => name)),
  );
}

function workloadOf(
  kind: WorkloadKind,
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
): Workload {
  const spec = specOf<WorkloadSpec>(object);
  const template = spec.template ?? spec.jobTemplate?.spec.template;
  if (template === undefined) {
    throw new Error(`${kind} ${object.metadata.name} has no pod template.`);
  }
  const podLabels = template.metadata?.labels ?? {};
  return {
    name: lastingName(object),
    kind,
    purpose: object.metadata.annotations?.["kubernetes.io/description"] ?? "",
    podLabels,
    runs: runsOf(kind, object, objects),
    ports: portsOf(template, podLabels, objects),
    claims: claimsOf(template, objects),
    secrets: secretsOf(template),
  };
}

interface Scaler {
  readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
}

function runsOf(
  kind: WorkloadKind,
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
): string {
  const { replicas = 1, schedule = "", timeZone, suspend } = specOf<WorkloadSpec>(object);
  switch (kind) {
    case "Job":
      return "once for each content";
    case "CronJob":
      return [
        `\`${schedule}\`${timeZone === undefined ? "" : ` (${timeZone})`}`,
        ...(suspend === true ? ["suspended"] : []),
      ].join(", ");
    default: {
      const scaler = ofKind(objects, "HorizontalPodAutoscaler", "ScaledObject").find(
        (candidate) => {
          const target = specOf<Scaler>(candidate).scaleTargetRef;
          return target?.kind === kind && target.name === object.metadata.name;
        },
      );
      if (scaler === undefined) return `${String(replicas)} replica${replicas === 1 ? "" : "s"}`;
      const bounds = specOf<Scaler>(scaler);
      const least = bounds.minReplicas ?? bounds.minReplicaCount ?? 0;
      const most = bounds.maxReplicas ?? bounds.maxReplicaCount ?? least;
      return `${String(least)} to ${String(most)} replicas (${scaler.kind})`;
    }
  }
}

interface ServiceSpec {
  readonly selector: Labels;
  readonly ports: readonly {
    readonly name?: string;
    readonly port: number;
    readonly targetPort?: string | number;
  }[];
}

function portsOf(
  template: PodTemplate,
  podLabels: Labels,
  objects: readonly KubernetesObject[],
): Port[] {
  const ports = new Map<number, Port>();
  for (const { name = "", containerPort } of template.spec.containers.flatMap(
    (c) => c.ports ?? [],
  )) {
    ports.set(containerPort, { name, number: containerPort, served: false });
  }
  for (const service of ofKind(objects, "Service")) {
    const { selector, ports: offered = [] } = specOf<ServiceSpec>(service);
    if (selector === undefined || !selects({ matchLabels: selector }, podLabels)) continue;
    for (const { name = "", port, targetPort = port } of offered) {
      const known = [...ports.values()].find(
        (candidate) => candidate.name === targetPort || candidate.number === targetPort,
      );
      const number = known?.number ?? (typeof targetPort === "number" ? targetPort : port);
      ports.set(number, { name: known?.name ?? name, number, served: true });
    }
  }
  return [...ports.values()].sort((a, b) => a.number - b.number);
}

interface ClaimSpec {
  readonly resources: { readonly requests: { readonly storage: string } };
}

function claimsOf({ spec }: PodTemplate, objects: readonly KubernetesObject[]): string[] {
  const claims = ofKind(objects, "PersistentVolumeClaim");
  return (spec.volumes ?? [])
    .flatMap(({ name, persistentVolumeClaim }) => {
      if (persistentVolumeClaim === undefined) return [];
      const { claimName } = persistentVolumeClaim;
      const claim = claims.find(({ metadata }) => metadata.name === claimName);
      const size = claim && specOf<ClaimSpec>(claim).resources?.requests.storage;
      const mount = containersOf(spec)
        .flatMap((container) => container.volumeMounts ?? [])
        .find((candidate) => candidate.name === name);
      return [
        `\`${claimName}\`${size === undefined ? "" : `, ${size}`}${mount === undefined ? "" : `, at \`${mount.mountPath}\``}`,
      ];
    })
    .sort();
}

function secretsOf({ spec }: PodTemplate): string[] {
  const keys = containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef),
    ...envFrom.map(({ secretRef }) => secretRef),
  ]);
  const mounted = (spec.volumes ?? []).map(
    ({ secret }) => secret && { name: secret.secretName, key: undefined },
  );
  const names = [...keys, ...mounted].flatMap((ref) =>
    ref === undefined ? [] : [`${ref.name}.${ref.key ?? "*"}`],
  );
  return [...new Set(names)].sort();
}

function containersOf({ containers, initContainers = [] }: PodTemplate["spec"]): Container[] {
  return [...initContainers, ...containers];
}
