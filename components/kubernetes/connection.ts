import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { namesMostAddresses } from "../../config/addresses";
import { namespaceOf } from "../../config/cluster";
import { type Labels, objectLabels } from "../labels";
import type { Scope } from "../scope";
import type { Env } from "./env";
import { annotated, exception } from "./exception";

/** One end of a connection, as a network policy can name it. */
export type Peer =
  | { readonly kind: "pods"; readonly namespace: string; readonly labels: Labels }
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "addresses"; readonly cidrs: readonly string[] };

/** What a component offers to others: a name, an address, and what has to be up before it answers. */
export interface Endpoint {
  /** Short, and unique in its namespace: policies are named after it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly peer: Peer;
  readonly ready: readonly pulumi.Resource[];
}

/**
 * A consumer's side of an endpoint, declared once. It gives the consumer its variables, opens the
 * path in both directions' policies, and makes it wait.
 */
export interface Connection {
  readonly to: Endpoint;
  readonly env: Env;
}

/** Something outside the system that may reach a workload: an ingress controller, Prometheus, KEDA. */
export interface Caller {
  readonly name: string;
  readonly peer: Peer;
  /** The names of the ports that it may reach. */
  readonly ports: readonly string[];
}

/** `host:port`, as most configurations want it. */
export function authority(endpoint: Endpoint): string {
  return `${endpoint.host}:${String(endpoint.port)}`;
}

/**
 * An endpoint outside the system. A policy cannot name a host: of a Service elsewhere in the cluster it
 * names the namespace, of anything else the addresses, which are settings.
 */
export function externalEndpoint(scope: Scope, name: string, host: string, port: number): Endpoint {
  const namespace = namespaceOf(host, scope.cluster);
  if (namespace !== undefined) {
    return { name, host, port, peer: { kind: "namespace", namespace }, ready: [] };
  }
  const cidrs = scope.cluster.externalCidrs[host];
  // A policy with an empty list of addresses would allow all of them.
  if (cidrs === undefined) {
    throw new Error(`platform:cluster.externalCidrs has no addresses of ${host}`);
  }
  return { name, host, port, peer: { kind: "addresses", cidrs }, ready: [] };
}

/** The endpoint behind an address outside the system; without a port it has that of its scheme. */
export function endpointAt(scope: Scope, name: string, url: string): Endpoint {
  const { hostname, port, protocol } = new URL(url);
  const number = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  return externalEndpoint(scope, name, hostname, number);
}

interface Side {
  readonly scope: Scope;
  readonly name: string;
  readonly labels: Labels;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * The policies of a connection: one lets the consumer out, one lets it in at the other side. An
 * external service has no other side here. `numbers` are the ports, where they are more than one.
 */
export function connect(
  from: Side,
  logicalName: string,
  to: Endpoint,
  numbers: readonly number[] = [to.port],
): pulumi.Resource[] {
  const { scope, name, labels, opts } = from;
  const ports = numbers.map(tcp);
  const outward = new k8s.networking.v1.NetworkPolicy(
    `${logicalName}-to-${to.name}`,
    {
      metadata: {
        name: `${name}-to-${to.name}`,
        namespace: scope.namespace,
        labels: objectLabels(scope, name),
        ...annotated(wideException(to.peer)),
      },
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ["Egress"],
        egress: [{ to: policyPeers(to.peer, scope.namespace), ports }],
      },
    },
    opts,
  );
  if (to.peer.kind !== "pods") return [outward];
  const consumer: Peer = { kind: "pods", namespace: scope.namespace, labels };
  const inward = new k8s.networking.v1.NetworkPolicy(
    `${logicalName}-into-${to.name}`,
    {
      metadata: {
        name: `${to.name}-from-${name}`,
        namespace: to.peer.namespace,
        labels: objectLabels(scope, name),
      },
      spec: {
        podSelector: { matchLabels: to.peer.labels },
        policyTypes: ["Ingress"],
        ingress: [{ from: policyPeers(consumer, to.peer.namespace), ports }],
      },
    },
    opts,
  );
  return [outward, inward];
}

/** The policy that lets a caller from outside the system in; `excepted` is from the policy pack's rules. */
export function admit(
  at: Side,
  logicalName: string,
  caller: Omit<Caller, "ports">,
  ports: readonly number[],
  excepted: Labels = {},
): pulumi.Resource {
  const { scope, name, labels, opts } = at;
  return new k8s.networking.v1.NetworkPolicy(
    `${logicalName}-from-${caller.name}`,
    {
      metadata: {
        name: `${name}-from-${caller.name}`,
        namespace: scope.namespace,
        labels: objectLabels(scope, name),
        ...annotated(excepted, wideException(caller.peer)),
      },
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: policyPeers(caller.peer, scope.namespace),
            ports: ports.map(tcp),
          },
        ],
      },
    },
    opts,
  );
}

/** The settings may say that an address can be any, as that of a provider without a list of its own. */
function wideException(peer: Peer): Labels {
  const wide = peer.kind === "addresses" && peer.cidrs.some(namesMostAddresses);
  return wide ? exception("network-policy-narrow", "the settings name every address") : {};
}

function tcp(port: number): k8s.types.input.networking.v1.NetworkPolicyPort {
  return { protocol: "TCP", port };
}

function policyPeers(peer: Peer, here: string): k8s.types.input.networking.v1.NetworkPolicyPeer[] {
  switch (peer.kind) {
    case "addresses":
      return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    case "namespace":
      return [{ namespaceSelector: named(peer.namespace) }];
    case "pods": {
      const podSelector = { matchLabels: peer.labels };
      return peer.namespace === here
        ? [{ podSelector }]
        : [{ namespaceSelector: named(peer.namespace), podSelector }];
    }
  }
}

/** The label that the API server itself puts on every namespace. */
function named(namespace: string): k8s.types.input.meta.v1.LabelSelector {
  return { matchLabels: { "kubernetes.io/metadata.name": namespace } };
}
