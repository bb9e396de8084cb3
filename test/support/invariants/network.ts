import type { NetworkPolicy } from "../manifests";
import { type Controller, controllers, selects } from "../pods";
import type { Synthesis } from "../synth";
import { unless, type Violations } from "./pods";

/** One way that the policies open between two kinds of pods, seen from one of its ends. */
interface Way {
  readonly policy: string;
  readonly from: Controller;
  readonly to: Controller;
  readonly port: number;
}

/** Policies that name pods name some that are there. */
export function aimlessPolicies(synthesis: Synthesis<unknown>): Violations {
  const all = controllers(synthesis);
  return policies(synthesis).flatMap((policy) => {
    const { name = "", namespace = "" } = policy.metadata ?? {};
    const ends = [
      policy.spec?.podSelector,
      ...peersOf(policy, "egress"),
      ...peersOf(policy, "ingress"),
    ];
    return ends.flatMap((selector) =>
      unless(
        // Without pods, as in a system that is off, the policies for every pod stay.
        Object.keys(selector?.matchLabels ?? {}).length === 0 ||
          // cert-manager makes this pod when it has a challenge to answer, and removes it afterwards.
          selector?.matchLabels?.["acme.cert-manager.io/http01-solver"] === "true" ||
          all.some(
            (one) => one.namespace === namespace && selects(selector?.matchLabels, one.labels),
          ),
        `NetworkPolicy/${name} names ${JSON.stringify(selector)}, which are no pods`,
      ),
    );
  });
}

/** A way out that the other side does not let in, or the reverse, is a connection that times out. */
export function oneSidedConnections(synthesis: Synthesis<unknown>): Violations {
  const out = ways(synthesis, "egress");
  const into = ways(synthesis, "ingress");
  const lacking = (ones: Way[], others: Way[], what: string): Violations =>
    ones
      .filter((one) => !others.some((other) => key(other) === key(one)))
      .map(
        ({ policy, ...way }) => `NetworkPolicy/${policy} opens ${key(way)}, but nothing ${what}`,
      );
  return [...lacking(out, into, "lets it in"), ...lacking(into, out, "lets it out")];
}

/** A port that is let in is one that a container opens or a Service leads to. */
export function uselessPorts(synthesis: Synthesis<unknown>): Violations {
  return ways(synthesis, "ingress").flatMap(({ policy, to, port }) => {
    const opened = to.containers.flatMap(({ ports = [] }) => ports.map((one) => one.containerPort));
    const led = synthesis
      .objects("Service")
      .filter(({ spec }) => selects(spec.selector, to.labels))
      .flatMap(({ spec }) => spec.ports.map((one) => podPort(one, to)));
    return unless(
      [...opened, ...led].includes(port),
      `NetworkPolicy/${policy} opens port ${String(port)} of ${to.title}, where nobody listens`,
    );
  });
}

/**
 * Every address inside the cluster that a pod is told is a Service that exists and that it may reach, or
 * its own. Pods of `messengers` hand addresses on, and need not reach them themselves.
 */
export function deadAddresses(
  synthesis: Synthesis<unknown>,
  messengers: readonly string[] = [],
): Violations {
  const all = controllers(synthesis);
  const here = synthesis.names("Namespace");
  const open = new Set(
    [ways(synthesis, "egress"), ways(synthesis, "ingress")]
      .map((some) => new Set(some.map(key)))
      .reduce((a, b) => new Set([...a].filter((way) => b.has(way)))),
  );
  return all.flatMap((from) =>
    told(synthesis, from).flatMap(({ name, namespace, port }) => {
      if (!here.includes(namespace)) {
        return unless(
          letsOut(synthesis, from, namespace, port),
          `${from.title} is told of ${name} in ${namespace}, but may not reach it`,
        );
      }
      const service = synthesis
        .objects("Service")
        .find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
      if (service === undefined) return [`${from.title} is told of ${name}, which is no Service`];
      const { ports } = service.spec;
      const to = all.find(({ labels }) => selects(service.spec.selector, labels));
      const isMessage = to === from || messengers.some((one) => from.labels[nameLabel] === one);
      const wanted = ports.filter((one) => port === undefined || one.port === port);
      return [
        ...unless(wanted.length > 0, `${from.title} is told of port ${String(port)} of ${name}`),
        ...wanted.flatMap((one) =>
          unless(
            isMessage ||
              (to !== undefined && open.has(key({ from, to, port: podPort(one, to) ?? 0 }))),
            `${from.title} is told of ${name}:${String(one.port)}, but may not reach it`,
          ),
        ),
      ];
    }),
  );
}

const nameLabel = "app.kubernetes.io/name";

/** Whether a pod may go to another system's namespace; whether that lets it in, its own policies say. */
function letsOut(
  synthesis: Synthesis<unknown>,
  from: Controller,
  namespace: string,
  port: number | undefined,
): boolean {
  return policies(synthesis)
    .filter(({ spec }) => selects(spec?.podSelector?.matchLabels, from.labels))
    .flatMap(({ spec }) => spec?.egress ?? [])
    .some(
      ({ to = [], ports = [] }) =>
        to.some(
          ({ namespaceSelector }) =>
            namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"] === namespace,
        ) && ports.some((one) => port === undefined || one.port === port),
    );
}

/** An empty list of addresses, or none, would allow all of them. */
export function openPolicies(synthesis: Synthesis<unknown>): Violations {
  return policies(synthesis).flatMap(({ metadata, spec }) => {
    const rules = [
      ...(spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports })),
      ...(spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports })),
    ];
    return rules.flatMap(({ peers = [], ports = [] }) =>
      unless(
        peers.length > 0 && ports.length > 0,
        `NetworkPolicy/${metadata?.name ?? ""} names nobody, which means everybody`,
      ),
    );
  });
}

/** The number on which pods answer for a Service's port: policies know nothing of Services. */
function podPort(
  { port, targetPort }: { readonly port: number; readonly targetPort?: number | string },
  to: Controller,
): number | undefined {
  if (typeof targetPort !== "string") return targetPort ?? port;
  return to.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === targetPort)
    ?.containerPort;
}

type Direction = "egress" | "ingress";

function policies(synthesis: Synthesis<unknown>): NetworkPolicy[] {
  return synthesis.objects("NetworkPolicy");
}

/** The pods of the same namespace that a policy names as the other end. */
function peersOf(policy: NetworkPolicy, direction: Direction): Selector[] {
  const { egress = [], ingress = [] } = policy.spec ?? {};
  const peers =
    direction === "egress"
      ? egress.flatMap(({ to = [] }) => to)
      : ingress.flatMap(({ from = [] }) => from);
  return peers
    .filter(({ namespaceSelector }) => namespaceSelector === undefined)
    .flatMap(({ podSelector }) => podSelector ?? []);
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

function ways(synthesis: Synthesis<unknown>, direction: Direction): Way[] {
  const all = controllers(synthesis);
  const matching = (selector: Selector | undefined): Controller[] =>
    all.filter(({ labels }) => selects(selector?.matchLabels, labels));
  return policies(synthesis).flatMap((policy) =>
    matching(policy.spec?.podSelector).flatMap((here) =>
      peersOf(policy, direction)
        .flatMap(matching)
        .flatMap((there) =>
          (policy.spec?.[direction] ?? [])
            .flatMap(({ ports = [] }) => ports)
            .map(({ port }) => ({
              policy: policy.metadata?.name ?? "",
              port: Number(port),
              ...(direction === "egress" ? { from: here, to: there } : { from: there, to: here }),
            })),
        ),
    ),
  );
}

function key({ from, to, port }: Pick<Way, "from" | "to" | "port">): string {
  return `${from.title} to ${to.title} port ${String(port)}`;
}

interface Address {
  readonly name: string;
  readonly namespace: string;
  readonly port: number | undefined;
}

/** The addresses of Services in a pod's variables, arguments and files. */
function told(synthesis: Synthesis<unknown>, { template, containers }: Controller): Address[] {
  const files = (template.spec?.volumes ?? []).flatMap(({ configMap }) =>
    configMap?.name === undefined
      ? []
      : Object.values(synthesis.object("ConfigMap", configMap.name).data),
  );
  const texts = containers.flatMap(({ env = [], args = [], command = [] }) => [
    ...env.map(({ value }) => value ?? ""),
    ...args,
    ...command,
  ]);
  return [...texts, ...files].flatMap((text) =>
    [...text.matchAll(/([-a-z0-9]+)\.([-a-z0-9]+)\.svc\.[-.a-z0-9]+(?::(\d+))?/g)].map(
      ([, name = "", namespace = "", port]) => ({
        name,
        namespace,
        port: port === undefined ? undefined : Number(port),
      }),
    ),
  );
}
