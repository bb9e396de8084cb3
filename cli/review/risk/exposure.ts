import type { Change, Reason } from "../model";
import { kindOf } from "../system";
import { type Judged, touches } from "./judged";
import { grants, wallTexts } from "./walls";

/**
 * Controllers and clouds read annotations: a path, a limit, an address inside or outside. Those of
 * Pulumi and of this program are none of theirs.
 */
const behaviour = /^spec\b|^metadata\.annotations\["(?!pulumi\.com\/|[\w.]*\.?platform\/)/;

/** What an object of these kinds opens, and by which of its properties. */
const opens: Readonly<Record<string, { readonly path: RegExp; readonly what: string }>> = {
  Ingress: { path: behaviour, what: "an address for callers from outside" },
  Gateway: { path: behaviour, what: "an address for callers from outside" },
  HTTPRoute: { path: behaviour, what: "an address for callers from outside" },
  Service: { path: behaviour, what: "an address for callers" },
  NetworkPolicy: { path: /^spec\b/, what: "a connection" },
};

/** Who can reach what. */
export function exposureReasons(change: Judged): readonly Reason[] {
  if (!change.resource.type.startsWith("kubernetes:")) return [];
  return textsOf(change).map((text) => ({ risk: "exposure", text }));
}

function textsOf(change: Judged): readonly string[] {
  const kind = kindOf(change.resource);
  if (kind !== "NetworkPolicy") return opened(change, kind);
  const walls = wallTexts(change);
  return walls.length > 0 && !grants(change) ? walls : [...walls, ...opened(change, kind)];
}

const verbs: Readonly<Partial<Record<Change["operation"], string>>> = {
  create: "appears",
  import: "is taken over",
  delete: "vanishes",
  replace: "vanishes and appears anew",
};

function opened(change: Judged, kind: string): readonly string[] {
  const found = opens[kind];
  if (found === undefined) return [];
  const verb = verbs[change.operation];
  if (verb !== undefined) return [`${found.what} ${verb}`];
  return touches(change, found.path) ? [`${found.what} changes`] : [];
}
