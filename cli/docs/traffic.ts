import {
  byKey,
  type KubernetesObject,
  type Labels,
  lastingName,
  ofKind,
  type Selector,
  selects,
  specOf,
} from "./objects";
import type { Workload } from "./workloads";

/** One end of a path: a workload of the namespace, or something outside it. */
export interface Party {
  readonly name: string;
  /** Where it is, in words; undefined for a workload of the namespace. */
  readonly outside?: string;
}

/** Which network policies let a path through: that of its caller, that of its callee. */
export interface Sides {
  readonly out: boolean;
  readonly in: boolean;
}

/** A path that network policies open. */
export interface Path {
  readonly from: Party;
  readonly to: Party;
  /** Port numbers; empty where any port may be used. */
  readonly ports: readonly string[];
  readonly sides: Sides;
}

/** All that the network policies of a namespace let through. */
export interface Traffic {
  readonly paths: readonly Path[];
  /** What holds for every pod, in words: name resolution, say. */
  readonly forAll: readonly string[];
}

interface PolicyPort {
  readonly port: string | number;
  readonly protocol?: string;
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly PolicyPort[];
}

interface PolicySpec {
  readonly podSelector: Selector;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

const directions = [
  { key: "egress", peers: "to", verb: "may connect to" },
  { key: "ingress", peers: "from", verb: "may be called by" },
] as const;

/** The paths between workloads and with what is outside, as the policies' selectors and peers open them. */
export function trafficOf(
  objects: readonly KubernetesObject[],
  workloads: readonly Workload[],
): Traffic {
  const paths = new Map<string, Path>();
  const forAll = new Set<string>();
  for (const policy of ofKind(objects, "NetworkPolicy")) {
    const spec = specOf<PolicySpec>(policy);
    const own = spec.podSelector ?? {};
    for (const { key, peers: field, verb } of directions) {
      for (const rule of spec[key] ?? []) {
        const others = partiesOf(rule[field], policy, workloads);
        if (isEmpty(own)) {
          for (const other of others) forAll.add(`${verb} ${inWords(other)}${onPorts(rule.ports)}`);
          continue;
        }
        for (const self of workloads.filter(({ podLabels }) => selects(own, podLabels))) {
          for (const other of others) {
            add(paths, key === "egress" ? [self, other] : [other, self], rule.ports, key);
          }
        }
      }
    }
  }
  return {
    paths: [...paths.values()].sort(byKey(keyOf)),
    forAll: [...forAll].sort(),
  };
}

/** A party as a sentence names it. */
export function inWords({ name, outside }: Party): string {
  if (outside === undefined) return name;
  return name === "" ? outside : `${name} (${outside})`;
}

function add(
  paths: Map<string, Path>,
  [from, to]: readonly [Party, Party],
  ports: readonly PolicyPort[] | undefined,
  direction: "egress" | "ingress",
): void {
  const path = { from: party(from), to: party(to) };
  const known = paths.get(keyOf(path));
  const numbers = (ports ?? []).map(({ port }) => String(port));
  const all = [...new Set([...(known?.ports ?? []), ...numbers])];
  paths.set(keyOf(path), {
    ...path,
    // A rule without ports opens them all, whatever the others say.
    ports:
      numbers.length === 0 || known?.ports.length === 0
        ? []
        : all.sort((a, b) => Number(a) - Number(b)),
    sides: {
      out: direction === "egress" || (known?.sides.out ?? false),
      in: direction === "ingress" || (known?.sides.in ?? false),
    },
  });
}

function party({ name, outside }: Party): Party {
  return outside === undefined ? { name } : { name, outside };
}

function keyOf({ from, to }: Pick<Path, "from" | "to">): string {
  return [from.outside ?? "", from.name, to.outside ?? "", to.name].join("\n");
}

/** A rule without peers means everybody: that has to be seen, too. */
function partiesOf(
  peers: readonly Peer[] | undefined,
  policy: KubernetesObject,
  workloads: readonly Workload[],
): Party[] {
  if (peers === undefined || peers.length === 0) return [{ name: "", outside: "anywhere" }];
  const blocks = peers.flatMap(({ ipBlock }) => ipBlock?.cidr ?? []).sort();
  return [
    ...(blocks.length === 0
      ? []
      : [{ name: nameIn(policy), outside: `addresses ${blocks.join(", ")}` }]),
    ...peers
      .filter(({ ipBlock }) => ipBlock === undefined)
      .flatMap((peer) => partiesOfPeer(peer, policy, workloads)),
  ];
}

function partiesOfPeer(
  { podSelector, namespaceSelector }: Peer,
  policy: KubernetesObject,
  workloads: readonly Workload[],
): Party[] {
  if (namespaceSelector !== undefined) {
    const namespace = namespaceSelector.matchLabels?.["kubernetes.io/metadata.name"];
    const pods = podSelector?.matchLabels;
    const place = namespace === undefined ? "any namespace" : `namespace ${namespace}`;
    return [
      {
        name: nameIn(policy),
        outside: pods === undefined ? place : `${podsInWords(pods)} in ${place}`,
      },
    ];
  }
  const selector = podSelector ?? {};
  if (isEmpty(selector)) return [{ name: "", outside: "any pod of the namespace" }];
  const selected = workloads.filter(({ podLabels }) => selects(selector, podLabels));
  if (selected.length > 0) return selected;
  return [
    {
      name: nameIn(policy),
      outside: `${podsInWords(selector.matchLabels ?? {})}, which no workload has`,
    },
  ];
}

/** What the program calls the other side: policies are named `web-to-minio` and `web-from-ingress`. */
function nameIn(policy: KubernetesObject): string {
  const own = lastingName(policy);
  const { name } = policy.metadata;
  for (const between of [`${own}-to-`, `${own}-from-`]) {
    if (name.startsWith(between)) {
      return knownCallers[name.slice(between.length)] ?? name.slice(between.length);
    }
  }
  const [, , after] = /^(.+)-from-(.+)$/.exec(name) ?? [];
  return after === undefined ? "" : (knownCallers[after] ?? after);
}

const knownCallers: Readonly<Record<string, string>> = {
  ingress: "ingress controller",
  keda: "KEDA",
  prometheus: "Prometheus",
};

function podsInWords(labels: Labels): string {
  return `pods ${Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(", ")}`;
}

function onPorts(ports: readonly PolicyPort[] | undefined): string {
  if (ports === undefined || ports.length === 0) return "";
  const list = ports.map(({ port, protocol = "TCP" }) => `${protocol} ${String(port)}`).sort();
  return ` on ${list.join(" and ")}`;
}

function isEmpty(selector: Selector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 && selector.matchExpressions === undefined
  );
}
