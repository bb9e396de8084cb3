import type { V1Container, V1PodSpec } from "@kubernetes/client-node";

import { helmMarks } from "../helm";
import type { Json, KubernetesObject, Pod } from "../kubernetes";
import { imageFamily } from "./image-family";
import { type Owner, ownerOf } from "./owner";

export type PodSpec = Json<V1PodSpec>;
export type Container = Json<V1Container>;

export const workloadKinds = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "CronJob",
  "Job",
  "Pod",
] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** `off`: it is to have no pods. `waiting`: it has fewer than it is to have, and none has failed. */
export type State = "running" | "failing" | "waiting" | "off" | "done";

/** Something that pods are made of, with the pods. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: Owner;
  /** The release that it belongs to, `thunder/thunderline`. */
  readonly release?: string;
  /** How many pods it is to have; undefined for what runs at its time. */
  readonly desired?: number;
  readonly ready: number;
  readonly state: State;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podSpec: PodSpec;
  readonly pods: readonly Pod[];
  /** Programs by their images, `mlflow`. */
  readonly families: readonly string[];
  readonly object: KubernetesObject;
}

/** The part of an object that says which pods it makes. */
interface Template {
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podSpec: PodSpec;
  readonly desired?: number;
}

interface Given extends Template {
  readonly kind: WorkloadKind;
  readonly object: KubernetesObject;
  readonly pods: readonly Pod[];
  /** What the chart of its release is called. */
  readonly chart: string | undefined;
}

export function workloadOf({ kind, object, chart, ...rest }: Given): Workload {
  const { name, namespace = "", labels = {} } = object.metadata;
  const release = releaseOf(object);
  const containers = [...(rest.podSpec.initContainers ?? []), ...rest.podSpec.containers];
  const families = [...new Set(containers.map(({ image = "" }) => imageFamily(image)))].sort();
  const known = [...families, ...(chart === undefined ? [] : [chart])];
  const ready = rest.pods.filter(isReady).length;
  return {
    ...{ kind, namespace, name, labels, ready, families, object, ...rest },
    owner: ownerOf(object.metadata, known),
    ...(release === undefined ? {} : { release }),
    state: stateOf(kind, object, rest, ready),
  };
}

/** By Helm's own marks on the object. */
export function releaseOf({ metadata }: KubernetesObject): string | undefined {
  const { [helmMarks.name]: name, [helmMarks.namespace]: namespace = metadata.namespace } =
    metadata.annotations ?? {};
  return name === undefined ? undefined : `${namespace ?? ""}/${name}`;
}

/** `Deployment thunder/web`. */
export function titleOf({
  kind,
  namespace,
  name,
}: Pick<Workload, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace}/${name}`;
}

/** `deployment/web`, as kubectl takes it. */
export function addressOf({ kind, name }: Pick<Workload, "kind" | "name">): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** `0 of 2 ready`, `at zero`; nothing where nobody says how many there are to be. */
export function readyText({ desired, ready }: Pick<Workload, "desired" | "ready">): string {
  if (desired === undefined) return "";
  return desired === 0 ? "at zero" : `${String(ready)} of ${String(desired)} ready`;
}

/** Whether its pods are to run for ever. */
export function isLasting({ kind }: Pick<Workload, "kind">): boolean {
  return kind === "Deployment" || kind === "StatefulSet" || kind === "DaemonSet";
}

/** Why a container waits, where that is no part of every start. */
export function stuckOn(
  status: NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number],
): { readonly reason: string; readonly message?: string } | undefined {
  const { reason = "", message } = status.state?.waiting ?? {};
  if (["", "ContainerCreating", "PodInitializing"].includes(reason)) return undefined;
  return { reason, ...(message === undefined ? {} : { message }) };
}

/** The statuses of all containers of a pod. */
export function statusesOf({
  status,
}: Pod): NonNullable<NonNullable<Pod["status"]>["containerStatuses"]> {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function stateOf(
  kind: WorkloadKind,
  object: KubernetesObject,
  { desired, pods }: Pick<Given, "desired" | "pods">,
  ready: number,
): State {
  if (pods.some((pod) => pod.status?.phase === "Failed" || isStuck(pod))) return "failing";
  if (kind === "CronJob") {
    return (object as { spec?: { suspend?: boolean } }).spec?.suspend === true ? "off" : "running";
  }
  if (kind === "Job" || kind === "Pod") {
    if (pods.some((pod) => pod.status?.phase === "Pending")) return "waiting";
    return pods.some((pod) => pod.status?.phase === "Running") ? "running" : "done";
  }
  if (desired === 0) return "off";
  return ready < (desired ?? 0) ? "waiting" : "running";
}

function isStuck(pod: Pod): boolean {
  return statusesOf(pod).some((status) => stuckOn(status) !== undefined);
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some((it) => it.type === "Ready" && it.status === "True") === true;
}
