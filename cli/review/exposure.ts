import type { Plan } from "../plan";
import {
  type Connection,
  type Connections,
  connectionsOf,
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

/** A namespace that goes altogether loses nothing, and a new one has opened nothing before. */
function denials(
  was: Connections,
  is: Connections,
  namespaces: ReadonlySet<string>,
): ExposureChange[] {
  const lines = (texts: readonly string[], change: "new" | "gone"): ExposureChange[] =>
    texts
      .filter((text) => namespaces.has(text.slice(text.lastIndexOf(" ") + 1)))
      .sort()
      .map((text) => ({ change, text: `${text} are denied, unless a policy names them` }));
  return [
    ...lines(less(was.denied, is.denied), "gone"),
    ...lines(less(is.denied, was.denied), "new"),
  ];
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
