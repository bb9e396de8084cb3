import type { Finding, Subject } from "./model";
import { type Fields, fields, get, list, number, text, texts } from "./read";

/** What rules ask of subjects, said once. */

/** `Deployment`; undefined for what is no Kubernetes object, and for a patch of somebody else's. */
export function kindOf(subject: Subject): string | undefined {
  return isPatch(subject) ? undefined : kindSet(subject);
}

/** The kind that a resource sets fields of, as the whole object or as a patch. */
export function kindSet({ type, props }: Subject): string | undefined {
  return type.startsWith("kubernetes:") ? text(props.kind) : undefined;
}

/** Whether a resource sets fields of somebody else's object. */
export function isPatch({ type }: Subject): boolean {
  return type.startsWith("kubernetes:") && type.endsWith("Patch");
}

export function isKind(subject: Subject, ...kinds: readonly string[]): boolean {
  const kind = kindOf(subject);
  return kind !== undefined && kinds.includes(kind);
}

/** The group of a kind's API; empty for the core. */
export function groupOf({ props }: Subject): string {
  const [group = "", version] = (text(props.apiVersion) ?? "").split("/");
  return version === undefined ? "" : group;
}

export function labelsOf({ props }: Subject): Readonly<Record<string, string>> {
  return texts(get(props, "metadata", "labels"));
}

export function annotationsOf({ props }: Subject): Readonly<Record<string, string>> {
  return texts(get(props, "metadata", "annotations"));
}

export function nameOf({ props }: Subject): string | undefined {
  return text(get(props, "metadata", "name"));
}

/** The namespace that an object is in; a Namespace is in itself. */
export function homeOf(subject: Subject): string | undefined {
  return isKind(subject, "Namespace")
    ? nameOf(subject)
    : text(get(subject.props, "metadata", "namespace"));
}

export function finding(at: Subject, path: string, expected: string): Finding {
  return { at, path, expected };
}

const templates: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  ScaledJob: ["spec", "jobTargetRef", "template"],
  PodTemplate: ["template"],
  Pod: [],
};

export const servers = ["Deployment", "StatefulSet", "DaemonSet"] as const;

/** The pods that an object runs. */
export interface Pods {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Fields;
  /** The path of `spec`. */
  readonly path: string;
  readonly containers: readonly { readonly container: Fields; readonly path: string }[];
}

/** The pods of whatever runs some; a patch does where it sets anything of theirs. */
export function podsOf(subject: Subject): Pods | undefined {
  const steps = templates[kindSet(subject) ?? ""];
  if (steps === undefined) return undefined;
  const template = get(subject.props, ...steps);
  if (isPatch(subject) && get(template, "spec") === undefined) return undefined;
  const spec = fields(get(template, "spec"));
  const path = [...steps, "spec"].join(".");
  const containers = ["initContainers", "containers", "ephemeralContainers"].flatMap((key) =>
    list(spec[key]).map((container, index) => ({
      container: fields(container),
      path: `${path}.${key}[${String(index)}]`,
    })),
  );
  return {
    labels: texts(get(template, "metadata", "labels")),
    annotations: texts(get(template, "metadata", "annotations")),
    spec,
    path,
    containers,
  };
}

/** Whether a selector takes labels; an empty one takes all. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(texts(get(selector, "matchLabels")));
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    list(get(selector, "matchExpressions")).every((one) => fits(fields(one), labels))
  );
}

/** Whether a selector says nothing, and so takes all. */
export function takesAll(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = fields(selector);
  return Object.keys(fields(matchLabels)).length === 0 && list(matchExpressions).length === 0;
}

function fits(
  { key, operator, values }: Fields,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[text(key) ?? ""];
  switch (operator) {
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "NotIn":
      return value === undefined || !list(values).includes(value);
    default:
      return value !== undefined && list(values).includes(value);
  }
}

/** What KEDA scales to where a ScaledObject names no maximum. */
const kedaMaximum = 100;

/** How many replicas a server can come to, by itself, by what scales it, or with one on each node. */
export function mostReplicas(subject: Subject, subjects: readonly Subject[]): number {
  if (isKind(subject, "DaemonSet")) return Infinity;
  const scaler = subjects.find((other) => scales(other, subject));
  const spec = fields(get((scaler ?? subject).props, "spec"));
  if (scaler === undefined) return number(spec.replicas) ?? 1;
  const unsaid = isKind(scaler, "ScaledObject") ? kedaMaximum : 1;
  return number(spec.maxReplicas ?? spec.maxReplicaCount) ?? unsaid;
}

/** Whether an autoscaler, the cluster's own or KEDA's, sets the number of a server's replicas. */
export function scales(scaler: Subject, server: Subject): boolean {
  const target = fields(get(scaler.props, "spec", "scaleTargetRef"));
  return (
    isKind(scaler, "HorizontalPodAutoscaler", "ScaledObject") &&
    homeOf(scaler) === homeOf(server) &&
    (target.kind ?? "Deployment") === kindOf(server) &&
    target.name === nameOf(server)
  );
}

/** The servers whose pods mount a claim, which may be somebody else's. */
export function serversOf(
  subjects: readonly Subject[],
  home: string | undefined,
  claim: string,
): readonly Subject[] {
  return subjects.filter((subject) => {
    const pods = isKind(subject, ...servers) ? podsOf(subject) : undefined;
    return pods !== undefined && homeOf(subject) === home && claimsOf(pods).includes(claim);
  });
}

/** The claims that pods mount, by name. */
export function claimsOf({ spec }: Pods): readonly string[] {
  return list(spec.volumes).flatMap((volume) => {
    const name = text(get(volume, "persistentVolumeClaim", "claimName"));
    return name === undefined ? [] : [name];
  });
}
