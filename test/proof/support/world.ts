/** Everything between which a stack's policies decide: its pods, those of others, and addresses. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import type { Environment } from "../../../config/environment";
import { solver } from "./declared-connections";
import type { Labels } from "./label-selector";
import type { NamedPort, Pod, Protocol } from "./network-policy";

/** An object as a rendered file has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** The objects of a stack, which the golden test holds against what the engine renders. */
export function renderedStack(stack: Environment): Manifest[] {
  const folder = join(__dirname, "../../golden", stack);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => parse(readFileSync(join(folder, file), "utf8")) as Manifest);
}

/** A pod or an address, with the name by which a connection is told: replicas have the same. */
export type Party = (Pod | { readonly address: string }) & {
  readonly name: string;
  readonly ours: boolean;
};

/** A namespace where nobody has anything to do with us. */
const elsewhere = "elsewhere";
/** By which a cluster's name servers are found, whichever program they are. */
const nameServer = { "k8s-app": "kube-dns" };
export const nameServers = "kube-system/kube-dns";
/** Every pod of another namespace may say that it is one of ours. */
const impostor = "impostor";

export interface World {
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly parties: readonly Party[];
}

/**
 * The pods of a stack, as many as run at most; in each of its namespaces one that nobody has heard of, and
 * one that solves a challenge for cert-manager; in each of the `others` one without labels and one that
 * calls itself a name server; pods elsewhere with the labels of ours; and the addresses.
 */
export function worldOf(
  manifests: readonly Manifest[],
  others: readonly string[],
  addresses: readonly string[],
  replicas: "most" | "two" = "most",
): World {
  const nextAddress = podAddresses();
  const ours = manifests.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata);
  const pod = (
    own: boolean,
    [namespace, name]: readonly [string, string],
    labels: Labels,
    ports: readonly NamedPort[] = [],
  ): Party & Pod => ({
    name: `${namespace}/${name}`,
    ours: own,
    ...{ namespace, labels, ports, address: nextAddress() },
  });
  const workloads = manifests.flatMap((manifest) => workloadOf(manifest, manifests));
  const own = [
    ...workloads.flatMap(({ namespace, name, labels, ports, most }) =>
      Array.from({ length: replicas === "most" ? most : 2 }, () =>
        pod(true, [namespace, name], labels, ports),
      ),
    ),
    ...ours.flatMap(({ name }) => [
      pod(true, [name, "unknown"], {}),
      pod(true, [name, solver], { "acme.cert-manager.io/http01-solver": "true" }),
    ]),
  ];
  const foreign = [...new Set([...others, elsewhere])].filter(
    (namespace) => !ours.some(({ name }) => name === namespace),
  );
  return {
    namespaces: new Map([
      ...ours.map(({ name, labels = {} }) => [name, withName(name, labels)] as const),
      ...foreign.map((name) => [name, withName(name, {})] as const),
    ]),
    parties: [
      ...own,
      ...foreign.flatMap((namespace) => [
        pod(false, [namespace, "pod"], {}),
        pod(false, [namespace, "kube-dns"], nameServer),
      ]),
      ...workloads.map(({ labels }) => pod(false, [elsewhere, impostor], labels)),
      ...addresses.map((address) => ({ name: address, ours: false, address })),
    ],
  };
}

/** The API server itself puts this label on every namespace. */
function withName(name: string, labels: Labels): Labels {
  return { ...labels, "kubernetes.io/metadata.name": name };
}

/** Addresses of pods, as a cluster gives them out. */
function podAddresses(): () => string {
  let given = 0;
  return () => {
    given += 1;
    return `10.244.${String(given >> 8)}.${String(given & 255)}`;
  };
}

interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly ports: readonly NamedPort[];
  readonly most: number;
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
}

interface Container {
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly protocol?: Protocol;
  }[];
}

type WorkloadSpec = Readonly<{
  replicas?: number;
  template?: PodTemplate;
  jobTemplate?: { spec: { template: PodTemplate } };
}>;

/** What makes pods. Of each there are two at times: during a roll-out, or when a Job runs again. */
function workloadOf(manifest: Manifest, all: readonly Manifest[]): Workload[] {
  const spec = (manifest.spec ?? {}) as WorkloadSpec;
  const template = spec.template ?? spec.jobTemplate?.spec.template;
  if (template === undefined) return [];
  const { kind, metadata } = manifest;
  const { name, namespace = "" } = metadata;
  if (template.spec.hostNetwork === true) {
    throw new Error(`${namespace}/${name} is in the node's network, where no policy reaches it.`);
  }
  const containers = [...template.spec.containers, ...(template.spec.initContainers ?? [])];
  return [
    {
      namespace,
      name: kind === "Job" ? name.replace(/-[0-9a-f]{10}$/, "") : name,
      labels: template.metadata?.labels ?? {},
      ports: containers.flatMap(({ ports = [] }) =>
        ports.map((port) => ({
          name: port.name,
          number: port.containerPort,
          protocol: port.protocol ?? "TCP",
        })),
      ),
      most: Math.max(2, spec.replicas ?? highest(metadata, all)),
    },
  ];
}

/** How far an autoscaler raises a workload. */
function highest({ name, namespace }: Manifest["metadata"], all: readonly Manifest[]): number {
  const limits = all
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ spec }) => spec ?? {})
    .filter(
      ({ scaleTargetRef }) => (scaleTargetRef as { name?: string } | undefined)?.name === name,
    )
    .map((spec) => Number(spec.maxReplicas ?? spec.maxReplicaCount));
  return Math.max(1, ...limits);
}
