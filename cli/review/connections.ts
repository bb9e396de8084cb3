import {
  type DeclaredObject,
  fieldsOf,
  lastingName,
  listOf,
  specOf,
  templateOf,
  textsOf,
} from "./objects";
import { selects } from "./selector";

type Fields = Readonly<Record<string, unknown>>;

/** One end of a connection. */
interface Party {
  /** `web of thunderline`, `the ingress controller (namespace traefik)`. */
  readonly words: string;
  /** Whether it is a workload of the program, so that its own policies have a say. */
  readonly ours: boolean;
}

/** One direction on one port that some policy lets through. */
interface Grant {
  readonly from: Party;
  readonly to: Party;
  readonly port: string;
  /** Whose policy it is: that of the caller, or that of the callee. */
  readonly side: "out" | "in";
}

/** Which connections network policies let through, and which they only half do. */
export interface Connections {
  /** Those that every side lets through. */
  readonly open: readonly Connection[];
  /** Those that only one of two sides lets through, which is none. */
  readonly half: readonly HalfConnection[];
  /** Where only what is declared is let through. */
  readonly denied: readonly Denial[];
}

/** A namespace whose pods reach (`out`), or are reached by (`in`), only what a policy names. */
export interface Denial {
  readonly side: "out" | "in";
  readonly namespace: string;
}

export interface Connection {
  readonly from: string;
  readonly to: string;
  /** `5432`, `UDP 53`, `any port`. */
  readonly port: string;
}

export interface HalfConnection extends Connection {
  /** Whose policy is missing. */
  readonly missing: "out" | "in";
}

const directions = [
  { key: "egress", peers: "to", side: "out", type: "Egress" },
  { key: "ingress", peers: "from", side: "in", type: "Ingress" },
] as const;

/** The connections that the network policies among these objects let through. */
export function connectionsOf(objects: readonly DeclaredObject[]): Connections {
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
  const workloads = objects.filter((it) => !it.patch && templateOf(it) !== undefined);
  const grants = new Map<
    string,
    { connection: Connection; sides: Set<string>; needed: string[] }
  >();
  for (const { from, to, port, side } of policies.flatMap((it) => grantsOf(it, workloads))) {
    const key = [from.words, to.words, port].join("\n");
    const known = grants.get(key) ?? {
      connection: { from: from.words, to: to.words, port },
      sides: new Set<string>(),
      needed: from.ours && to.ours ? ["out", "in"] : [side],
    };
    known.sides.add(side);
    grants.set(key, known);
  }
  const all = [...grants.values()];
  return {
    open: all
      .filter(({ sides, needed }) => needed.every((side) => sides.has(side)))
      .map(({ connection }) => connection),
    half: all
      .filter(({ sides, needed }) => !needed.every((side) => sides.has(side)))
      .map(({ connection, sides }) => ({
        ...connection,
        missing: sides.has("out") ? "in" : "out",
      })),
    denied: policies.flatMap(deniedBy),
  };
}

function grantsOf(policy: DeclaredObject, workloads: readonly DeclaredObject[]): Grant[] {
  const spec = specOf(policy);
  const selves = podsOf(spec.podSelector, policy.namespace, workloads);
  return directions.flatMap(({ key, peers, side }) =>
    listOf(spec[key]).flatMap((rule) => {
      const others = partiesOf(rule[peers], policy, workloads);
      return selves.flatMap((self) =>
        others.flatMap((other) =>
          portsOf(rule.ports).map((port) => ({
            ...(side === "out" ? { from: self, to: other } : { from: other, to: self }),
            port,
            side,
          })),
        ),
      );
    }),
  );
}

/** A policy for all pods, without which what no policy names is let through. */
function deniedBy(policy: DeclaredObject): Denial[] {
  const { podSelector, policyTypes } = specOf(policy);
  if (Object.keys(fieldsOf(podSelector)).length > 0 || !Array.isArray(policyTypes)) return [];
  return directions
    .filter(({ type }) => policyTypes.includes(type))
    .map(({ side }) => ({ side, namespace: policy.namespace }));
}

function partiesOf(
  peers: unknown,
  policy: DeclaredObject,
  workloads: readonly DeclaredObject[],
): Party[] {
  const list = listOf(peers);
  // Without peers a rule is for everybody.
  if (list.length === 0) return [outside("anybody")];
  return list.flatMap((peer) => {
    const { ipBlock, namespaceSelector, podSelector } = peer;
    if (ipBlock !== undefined) {
      const { cidr, except } = fieldsOf(ipBlock);
      const but = Array.isArray(except) ? ` but ${except.join(", ")}` : "";
      return [outside(named(policy, `${String(cidr)}${but}`))];
    }
    if (namespaceSelector === undefined) return podsOf(podSelector, policy.namespace, workloads);
    const namespace = textsOf(fieldsOf(namespaceSelector).matchLabels)[
      "kubernetes.io/metadata.name"
    ];
    if (namespace === undefined) {
      const any = Object.keys(fieldsOf(namespaceSelector)).length === 0;
      const place = any ? "any namespace" : `namespaces with ${selectorWords(namespaceSelector)}`;
      return [outside(podSelector === undefined ? place : `pods in ${place}`)];
    }
    return podSelector === undefined
      ? [outside(named(policy, `namespace ${namespace}`))]
      : podsOf(podSelector, namespace, workloads);
  });
}

/** The workloads whose pods a selector takes in, or the pods in words where the program has none. */
function podsOf(
  selector: unknown,
  namespace: string,
  workloads: readonly DeclaredObject[],
): Party[] {
  if (Object.keys(fieldsOf(selector)).length === 0) return [outside(`every pod of ${namespace}`)];
  const names = workloads
    .filter(
      (workload) => workload.namespace === namespace && selects(selector, podLabels(workload)),
    )
    .map((workload) => `${lastingName(workload)} of ${namespace}`);
  if (names.length > 0) return [...new Set(names)].map((words) => ({ words, ours: true }));
  return [outside(`pods with ${selectorWords(selector)} of ${namespace}`)];
}

function podLabels(workload: DeclaredObject): Readonly<Record<string, string>> {
  return textsOf(fieldsOf(templateOf(workload)?.metadata).labels);
}

function outside(words: string): Party {
  return { words, ours: false };
}

const knownCallers: Readonly<Record<string, string>> = {
  ingress: "the ingress controller",
  keda: "KEDA",
  prometheus: "Prometheus",
};

/** What the program calls the other side: policies are named `web-to-minio` and `web-from-ingress`. */
function named(policy: DeclaredObject, place: string): string {
  const name = /-(?:to|from)-(.+)$/.exec(policy.name.slice(lastingName(policy).length))?.[1];
  return name === undefined ? place : `${knownCallers[name] ?? name} (${place})`;
}

function selectorWords(selector: unknown): string {
  const { matchLabels, ...rest } = fieldsOf(selector);
  const labels = Object.entries(textsOf(matchLabels)).map(([key, value]) => `${key}=${value}`);
  const others = Object.keys(rest).length === 0 ? [] : [JSON.stringify(rest)];
  return [...labels.sort(), ...others].join(", ");
}

function portsOf(ports: unknown): string[] {
  const list = listOf(ports);
  if (list.length === 0) return ["any port"];
  return list.map((it: Fields) => {
    const { protocol, port, endPort } = it;
    const number = textOf(port) ?? "any port";
    const last = textOf(endPort);
    const range = last === undefined ? number : `${number} to ${last}`;
    const name = textOf(protocol) ?? "TCP";
    return name === "TCP" ? range : `${name} ${range}`;
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
