/**
 * What network policies let through, as the documentation of Kubernetes says it and nothing of this
 * program does. https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { BlockList, isIP } from "node:net";

import { z } from "zod";

import { type Labels, type LabelSelector, selector, selects } from "./label-selector";

export const protocols = ["TCP", "UDP", "SCTP"] as const;
export type Protocol = (typeof protocols)[number];

/** A pod as a policy sees it. */
export interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
  readonly address: string;
  /** Ports of its containers, by which a policy may name them. */
  readonly ports: readonly NamedPort[];
}

export interface NamedPort {
  readonly name?: string | undefined;
  readonly number: number;
  readonly protocol: Protocol;
}

/** One end of a connection: a pod, or an address outside the cluster. */
export type End = Pod | { readonly address: string };

/** Where a connection goes, as the pod itself listens: policies come after Services. */
export interface Way {
  readonly protocol: Protocol;
  readonly port: number;
}

type Direction = "ingress" | "egress";

const peer = z
  .strictObject({
    podSelector: selector.optional(),
    namespaceSelector: selector.optional(),
    ipBlock: z
      .strictObject({ cidr: z.string(), except: z.array(z.string()).default([]) })
      .optional(),
  })
  .refine(
    (one) =>
      (one.ipBlock === undefined) ===
      (one.podSelector !== undefined || one.namespaceSelector !== undefined),
    { error: "a peer has an ipBlock or selectors" },
  );

const portRange = z.strictObject({
  protocol: z.enum(protocols).default("TCP"),
  port: z.union([z.int(), z.string()]).optional(),
  endPort: z.int().optional(),
});

const ports = z.array(portRange).default([]);
const peers = z.array(peer).default([]);

/** A policy with the defaults that the API server sets; a field that is not known here is refused. */
const policySchema = z
  .looseObject({
    apiVersion: z.literal("networking.k8s.io/v1"),
    metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
    spec: z.strictObject({
      podSelector: selector,
      policyTypes: z.array(z.enum(["Ingress", "Egress"])).optional(),
      ingress: z.array(z.strictObject({ from: peers, ports })).default([]),
      egress: z.array(z.strictObject({ to: peers, ports })).default([]),
    }),
  })
  .transform(({ metadata, spec }) => ({
    namespace: metadata.namespace,
    podSelector: spec.podSelector,
    // Without types a policy is for ingress, and for egress too if it has rules of that kind.
    types: spec.policyTypes ?? ["Ingress", ...(spec.egress.length > 0 ? ["Egress"] : [])],
    ingress: spec.ingress.map((rule) => ({ peers: rule.from, ports: rule.ports })),
    egress: spec.egress.map((rule) => ({ peers: rule.to, ports: rule.ports })),
  }));

export type Policy = z.output<typeof policySchema>;
type Rule = Policy["ingress"][number];
type Peer = z.output<typeof peer>;
type IpBlock = NonNullable<Peer["ipBlock"]>;

/**
 * Reads a NetworkPolicy.
 *
 * @throws ZodError for one that the API server would refuse, or with a field that is not known here
 */
export function policyOf(manifest: unknown): Policy {
  return policySchema.parse(manifest);
}

/** A cluster's namespaces, by name with their labels, and its policies. */
export class Network {
  readonly #applying = new Map<Pod, Record<Direction, readonly Policy[]>>();

  constructor(
    private readonly namespaces: ReadonlyMap<string, Labels>,
    private readonly policies: readonly Policy[],
  ) {}

  /** Whether a connection passes: the source's policies let it out, and the destination's let it in. */
  allows(from: End, to: End, way: Way): boolean {
    return this.letsOut(from, to)(way) && this.letsIn(from, to)(way);
  }

  /** What the source's policies let out, whatever the destination says. */
  letsOut(from: End, to: End): (way: Way) => boolean {
    return this.passage("egress", { own: from, other: to, target: to });
  }

  /** What the destination's policies let in, whatever the source says. */
  letsIn(from: End, to: End): (way: Way) => boolean {
    return this.passage("ingress", { own: to, other: from, target: to });
  }

  /** Whether only what some policy names passes in this direction. */
  isolates(pod: Pod, direction: Direction): boolean {
    return this.applying(pod, direction).length > 0;
  }

  /** No policy keeps a pod from itself, and none is asked where none applies. */
  private passage(
    direction: Direction,
    { own, other, target }: { readonly own: End; readonly other: End; readonly target: End },
  ): (way: Way) => boolean {
    if (own === other || !isPod(own) || !this.isolates(own, direction)) return () => true;
    const rules = this.applying(own, direction).flatMap((policy) =>
      policy[direction].filter((rule) => this.namesPeer(rule, policy, other)),
    );
    return (way) => rules.some((rule) => namesPort(rule, target, way));
  }

  private applying(pod: Pod, direction: Direction): readonly Policy[] {
    const known = this.#applying.get(pod) ?? {
      ingress: this.selecting(pod, "Ingress"),
      egress: this.selecting(pod, "Egress"),
    };
    this.#applying.set(pod, known);
    return known[direction];
  }

  private selecting(pod: Pod, type: "Ingress" | "Egress"): Policy[] {
    return this.policies.filter(
      ({ namespace, podSelector, types }) =>
        namespace === pod.namespace && types.includes(type) && selects(podSelector, pod.labels),
    );
  }

  /** A rule without peers is for everybody. */
  private namesPeer({ peers: list }: Rule, { namespace }: Policy, other: End): boolean {
    return (
      list.length === 0 ||
      list.some(({ ipBlock, namespaceSelector, podSelector }) =>
        ipBlock === undefined
          ? isPod(other) &&
            this.isIn(other, namespaceSelector, namespace) &&
            (podSelector === undefined || selects(podSelector, other.labels))
          : holds(ipBlock, other.address),
      )
    );
  }

  /** Whether a pod is in the selected namespaces; without a selector, in the policy's own. */
  private isIn(pod: Pod, namespaces: LabelSelector | undefined, own: string): boolean {
    if (namespaces === undefined) return pod.namespace === own;
    const labels = this.namespaces.get(pod.namespace);
    if (labels === undefined) throw new Error(`There is no namespace ${pod.namespace}.`);
    return selects(namespaces, labels);
  }
}

export function isPod<T extends End>(end: T): end is T & Pod {
  return "labels" in end;
}

/** A rule without ports is for all of them. */
function namesPort({ ports: list }: Rule, target: End, { protocol, port }: Way): boolean {
  return (
    list.length === 0 ||
    list.some((one) => {
      if (one.protocol !== protocol) return false;
      if (one.port === undefined) return true;
      if (typeof one.port === "number") {
        return port >= one.port && port <= (one.endPort ?? one.port);
      }
      // A name is that of a port of the pod that is reached; an address has none.
      return (
        isPod(target) &&
        target.ports.some(
          (own) => own.name === one.port && own.number === port && own.protocol === protocol,
        )
      );
    })
  );
}

const lists = new WeakMap<IpBlock, { readonly within: BlockList; readonly except: BlockList }>();

function holds(block: IpBlock, address: string): boolean {
  const known = lists.get(block) ?? {
    within: blockList([block.cidr]),
    except: blockList(block.except),
  };
  lists.set(block, known);
  return isInBlocks(known.within, address) && !isInBlocks(known.except, address);
}

export function blockList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", prefix = ""] = cidr.split("/");
    list.addSubnet(network, Number(prefix), family(network));
  }
  return list;
}

export function isInBlocks(list: BlockList, address: string): boolean {
  return list.check(address, family(address));
}

function family(address: string): "ipv4" | "ipv6" {
  const version = isIP(address);
  if (version === 0) throw new Error(`${address} is no IP address.`);
  return version === 4 ? "ipv4" : "ipv6";
}
