import type { Plan } from "../plan";
import {
  type Connection,
  type Connections,
  connectionsOf,
  type Denial,
  type HalfConnection,
} from "./connections";
import { type DeclaredObject, objectsOf } from "./objects";
import { reachOf } from "./reach";

/** A way by which something can be reached, or no longer. */
export interface ExposureChange {
  /** `half`: one side lets it through and the other does not, so there is none. */
  readonly change: "new" | "gone" | "half";
  /** `web of thunderline may reach postgres of thunderline on 5432` */
  readonly text: string;
}

/**
 * What can be reached after an update that could not before, and the other way round, by all
 * network policies, Ingresses and Services of both sides together.
 */
export function exposureOf(plan: Plan): ExposureChange[] {
  const [before, after] = (["before", "after"] as const).map((side) => objectsOf(plan, side));
  const was = connectionsOf(before ?? []);
  const is = connectionsOf(after ?? []);
  const reached = reachOf(before ?? []);
  const reachable = reachOf(after ?? []);
  return [
    ...denials(was, is, lasting(before ?? [], after ?? [])),
    ...less(reachable, reached).map((text) => ({ change: "new" as const, text })),
    ...less(reached, reachable).map((text) => ({ change: "gone" as const, text })),
    ...sentences(lessConnections(is.open, was.open), "may reach", "new"),
    ...sentences(lessConnections(was.open, is.open), "no longer reaches", "gone"),
    ...lessConnections(is.half, was.half).map(halfSentence),
  ];
}

/** The namespaces that were there before and still are. */
function lasting(before: readonly DeclaredObject[], after: readonly DeclaredObject[]): Set<string> {
  const still = new Set(after.map(({ namespace }) => namespace));
  return new Set(before.map(({ namespace }) => namespace).filter((name) => still.has(name)));
}

/** What a default deny keeps apart, once it is gone and once it is there. */
const denialWords = {
  in: {
    open: (namespace: string) =>
      `everything may reach every pod of ${namespace} that no other policy guards`,
    closed: (namespace: string) =>
      `nothing reaches a pod of ${namespace} any more but what a policy lets in`,
  },
  out: {
    open: (namespace: string) =>
      `every pod of ${namespace} that no other policy guards may reach everything`,
    closed: (namespace: string) =>
      `a pod of ${namespace} reaches nothing any more but what a policy lets out`,
  },
} as const;

/** A namespace that goes altogether loses nothing, and a new one has opened nothing before. */
function denials(
  was: Connections,
  is: Connections,
  namespaces: ReadonlySet<string>,
): ExposureChange[] {
  const texts = (
    denied: readonly Denial[],
    others: readonly Denial[],
    how: "open" | "closed",
  ): string[] =>
    denied
      .filter(({ namespace }) => namespaces.has(namespace))
      .filter((it) => !others.some((other) => same(it, other)))
      .map(({ side, namespace }) => denialWords[side][how](namespace))
      .sort();
  return [
    ...texts(was.denied, is.denied, "open").map((text) => ({ change: "new" as const, text })),
    ...texts(is.denied, was.denied, "closed").map((text) => ({ change: "gone" as const, text })),
  ];
}

function same(one: Denial, other: Denial): boolean {
  return one.side === other.side && one.namespace === other.namespace;
}

function less(some: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return [...new Set(some)].filter((text) => !known.has(text));
}

function lessConnections<T extends Connection>(
  some: readonly T[],
  others: readonly Connection[],
): T[] {
  const known = new Set(others.map(keyOf));
  return some.filter((connection) => !known.has(keyOf(connection)));
}

function keyOf({ from, to, port }: Connection): string {
  return [from, to, port].join("\n");
}

/** One sentence for each caller and callee, with all its ports. */
function sentences(
  connections: readonly Connection[],
  verb: string,
  change: "new" | "gone",
): ExposureChange[] {
  const ports = new Map<string, string[]>();
  for (const { from, to, port } of connections) {
    const key = `${from} ${verb} ${to}`;
    ports.set(key, [...(ports.get(key) ?? []), port]);
  }
  const sorted = [...ports].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([text, all]) => ({ change, text: `${text} on ${all.join(" and ")}` }));
}

function halfSentence({ from, to, port, missing }: HalfConnection): ExposureChange {
  const text =
    missing === "in"
      ? `${from} is let out to ${to} on ${port}, but ${to} does not let it in`
      : `${to} lets ${from} in on ${port}, but ${from} is not let out to it`;
  return { change: "half", text };
}
