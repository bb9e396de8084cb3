/** The traffic matrix: who reaches whom on which port, by the policies and by what is declared. */
import { edgesOf } from "./addresses";
import { type Declared } from "./declared-connections";
import type { LabelSelector } from "./label-selector";
import {
  blockList,
  isInBlocks,
  isPod,
  Network,
  type Policy,
  policyOf,
  protocols,
  type Way,
} from "./network-policy";
import { type Manifest, nameServers, type Party, type World, worldOf } from "./world";

/** What is decided: by these policies, between these parties, on these ports. */
export interface Scene {
  readonly world: World;
  readonly network: Network;
  readonly ways: readonly Way[];
  /** From whom to whom; one end at least is a pod of ours. */
  readonly pairs: readonly (readonly [from: Party, to: Party])[];
}

/**
 * The policies of a stack with everything that they or the declarations name. Of the ports, those that
 * are named anywhere and those beside them: what holds for these holds for all between them.
 */
export function sceneOf(
  manifests: readonly Manifest[],
  declared: readonly Declared[],
  replicas: "most" | "two" = "most",
): Scene {
  const policies = manifests.filter(({ kind }) => kind === "NetworkPolicy").map(policyOf);
  const ends = declared.flatMap(({ from, to }) => [from, to]);
  const blocks = [...policies.flatMap(blocksIn), ...ends.filter(isBlock)];
  const world = worldOf(
    manifests,
    [...policies.flatMap(namespacesIn), ...ends.filter(isNamespace).map(namespaceIn)],
    [...new Set([...blocks.flatMap(edgesOf), "0.0.0.0", "255.255.255.255", "2001:db8::1"])],
    replicas,
  );
  const named = [
    ...policies.flatMap(portsIn),
    ...world.parties.flatMap((one) => (isPod(one) ? one.ports.map(({ number }) => number) : [])),
    ...declared.map(({ port }) => port),
  ];
  const beside = named.flatMap((port) => [port - 1, port, port + 1]);
  const numbers = [...new Set([1, 65535, ...beside])].filter((port) => port > 0 && port < 65536);
  return {
    world,
    network: new Network(world.namespaces, policies),
    ways: protocols.flatMap((protocol) => numbers.map((port) => ({ protocol, port }))),
    pairs: world.parties.flatMap((from) =>
      world.parties
        .filter((to) => from !== to && (from.ours || to.ours))
        .map((to) => [from, to] as const),
    ),
  };
}

/** What the policies let through, and what only one of both ends does; a line for each way. */
export function openWays({ network, ways, pairs }: Scene): Set<string> {
  const lines = new Set<string>();
  for (const [from, to] of pairs) {
    const letsOut = network.letsOut(from, to);
    const letsIn = network.letsIn(from, to);
    for (const way of ways) {
      const out = letsOut(way);
      const into = letsIn(way);
      if (out && into) {
        lines.add(lineOf(from, to, way));
      }
      // Of other namespaces we do not know the policies; between pods of ours half a connection is a fault.
      else if ((out || into) && from.ours && to.ours) {
        lines.add(`${lineOf(from, to, way)}, ${out ? "out" : "in"} alone`);
      }
    }
  }
  return lines;
}

/** What is declared to be let through: those connections, and name resolution for every pod of ours. */
export function declaredWays({ world, ways }: Scene, declared: readonly Declared[]): Set<string> {
  const lines = new Set<string>();
  for (const { from, to, port } of declared) {
    for (const source of partiesAt(world, from)) {
      for (const target of partiesAt(world, to)) {
        lines.add(lineOf(source, target, { protocol: "TCP", port }));
      }
    }
  }
  const servers = partiesAt(world, nameServers);
  for (const pod of world.parties.filter(({ ours }) => ours)) {
    for (const way of ways.filter(({ protocol, port }) => port === 53 && protocol !== "SCTP")) {
      for (const server of servers) lines.add(lineOf(pod, server, way));
    }
  }
  return lines;
}

/** What is open and not declared, and what is declared and not open. */
export function differences(
  scene: Scene,
  declared: readonly Declared[],
): { readonly undeclared: string[]; readonly closed: string[] } {
  const open = openWays(scene);
  const wanted = declaredWays(scene, declared);
  return {
    undeclared: [...open].filter((line) => !wanted.has(line)).sort(),
    closed: [...wanted].filter((line) => !open.has(line)).sort(),
  };
}

function lineOf(from: Party, to: Party, { protocol, port }: Way): string {
  return `${from.name} -> ${to.name} ${protocol} ${String(port)}`;
}

/** The parties that a declaration names. */
function partiesAt({ parties }: World, end: string): Party[] {
  const block = isBlock(end) ? blockList([end]) : undefined;
  const found = parties.filter((one) => {
    if (block !== undefined) return !isPod(one) && isInBlocks(block, one.address);
    if (isNamespace(end)) return isPod(one) && one.namespace === namespaceIn(end);
    return one.name === end;
  });
  if (found.length === 0) throw new Error(`Nobody is called ${end}.`);
  return found;
}

function isBlock(end: string): boolean {
  return /^[\d.]+\/\d+$/.test(end);
}

function isNamespace(end: string): boolean {
  return end.endsWith("/*");
}

function namespaceIn(end: string): string {
  return end.slice(0, end.indexOf("/"));
}

function rulesIn({ ingress, egress }: Policy): Policy["ingress"] {
  return [...ingress, ...egress];
}

function portsIn(policy: Policy): number[] {
  return rulesIn(policy)
    .flatMap(({ ports }) => ports.flatMap(({ port, endPort }) => [port, endPort]))
    .filter((port) => typeof port === "number");
}

function blocksIn(policy: Policy): string[] {
  return rulesIn(policy)
    .flatMap(({ peers }) => peers.flatMap(({ ipBlock }) => ipBlock ?? []))
    .flatMap(({ cidr, except }) => [cidr, ...except]);
}

function namespacesIn(policy: Policy): string[] {
  const name = "kubernetes.io/metadata.name";
  const named = ({ matchLabels, matchExpressions }: LabelSelector): string[] => [
    ...(matchLabels[name] === undefined ? [] : [matchLabels[name]]),
    ...matchExpressions.filter(({ key }) => key === name).flatMap(({ values }) => values),
  ];
  return rulesIn(policy)
    .flatMap(({ peers }) => peers.flatMap(({ namespaceSelector }) => namespaceSelector ?? []))
    .flatMap(named);
}
