import { fieldsOf } from "../drift/fields";
import type { FailedObject } from "../plan";

/** A field that somebody else has set, so that the API server lets us give it no other value. */
export interface Conflict {
  readonly manager: string;
  /** `scale`, where it came by way of a subresource. */
  readonly subresource?: string;
  /** As the API server writes it: `.spec.template.spec.containers[name="web"].image`. */
  readonly path: string;
}

/** One manager with its fields: the first on the same line where it is the only one, else a line each. */
const managed =
  /conflicts? with "((?:[^"\\]|\\.)*)"(?: with subresource "([^"]*)")?(?: using [^\s:]+(?: at \S+?Z)?)?:((?:[ \t]*\.[^\n]+)|(?:\s*\n\s*- [^\n]+)+)/g;

/** The fields in the API server's refusal of an apply. */
export function conflictsIn(message: string): readonly Conflict[] {
  return [...message.matchAll(managed)].flatMap(([, manager = "", subresource, fields = ""]) =>
    fields
      .split("\n")
      .map((line) => line.trim().replace(/^- /, ""))
      .filter((path) => path.startsWith("."))
      .map((path) => ({ manager, path, ...(subresource === undefined ? {} : { subresource }) })),
  );
}

/** A step of a path: a field by its name, or an item of a list by its keys. */
type Step = string | Readonly<Record<string, unknown>>;

/**
 * The patch that gives a field its declared value: whoever makes it owns the field from then on. Undefined
 * where that cannot be said as a patch, or not without a secret.
 */
export function declaredValue(
  { apiVersion, declared }: Pick<FailedObject, "apiVersion" | "declared">,
  { path }: Pick<Conflict, "path">,
): object | undefined {
  // Of custom resources the API server does not know the keys of a list's items.
  if (path.includes("[") && !isBuiltIn(apiVersion)) return undefined;
  return patchOf(stepsOf(path), declared);
}

function patchOf(steps: readonly Step[] | undefined, value: unknown): object | undefined {
  if (steps === undefined) return undefined;
  const [step, ...rest] = steps;
  if (step === undefined) return undefined;
  const inner = inside(value, step);
  const leaf = rest.length === 0;
  if (inner === undefined || (leaf && JSON.stringify(inner).includes("[secret]"))) return undefined;
  const below = leaf ? inner : patchOf(rest, inner);
  if (below === undefined) return undefined;
  if (typeof step === "string") return { [step]: below };
  return leaf ? [inner] : [{ ...step, ...below }];
}

function inside(value: unknown, step: Step): unknown {
  if (typeof step === "string") return fieldsOf(value)[step];
  if (!Array.isArray(value)) return undefined;
  return (value as readonly unknown[]).find((item) =>
    Object.entries(step).every(([key, wanted]) => fieldsOf(item)[key] === wanted),
  );
}

/** Undefined for a place in a list, or a value of a set: neither can be named by a patch. */
function stepsOf(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (let rest = path; rest !== "";) {
    const found = /^\.([^.[\]]+)|^\[((?:"(?:[^"\\]|\\.)*"|[^\]"])+)\]/.exec(rest);
    if (found === null) return undefined;
    const [all, field, keys = ""] = found;
    const step = field ?? keysOf(keys);
    if (step === undefined) return undefined;
    steps.push(step);
    rest = rest.slice(all.length);
  }
  return steps;
}

/** `name="web"`, or `containerPort=80,protocol="TCP"`. */
function keysOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const pairs = [...text.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|[^,]+)/g)];
  if (pairs.length === 0 || text.startsWith("=")) return undefined;
  return Object.fromEntries(
    pairs.map(([, key = "", value = ""]) => [key, JSON.parse(value) as unknown]),
  );
}

/** Groups of Kubernetes itself have no dot in their names, but for those of k8s.io. */
function isBuiltIn(apiVersion: string): boolean {
  const [group = ""] = apiVersion.includes("/") ? apiVersion.split("/") : [""];
  return !group.includes(".") || group.endsWith(".k8s.io");
}
