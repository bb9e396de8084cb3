import { KubeConfig } from "@kubernetes/client-node";

import {
  type Api,
  ApiFault,
  type Kind,
  type KubernetesObject,
  type Reference,
} from "../../cli/kubernetes";

/** What was asked of a {@link fakeApi}, a line each: `patch Deployment acme/web {"spec":{"replicas":0}}`. */
export interface FakeApi extends Api {
  readonly calls: readonly string[];
  /** All that is there now. */
  readonly objects: readonly KubernetesObject[];
}

/**
 * A cluster in memory: objects by kind, namespace and name, with merge patches, and nothing that a
 * controller would do. For the logic of commands; what an API server makes of it, cluster tests show.
 */
export function fakeApi(initial: readonly object[] = []): FakeApi {
  const objects = new Map<string, KubernetesObject>();
  const calls: string[] = [];
  const note = (verb: string, object: Reference, change?: unknown): void => {
    const { name, namespace } = object.metadata;
    const place = namespace === undefined ? name : `${namespace}/${name}`;
    const told = change === undefined ? "" : ` ${JSON.stringify(change)}`;
    calls.push(`${verb} ${object.kind} ${place}${told}`);
  };
  const keyOf = ({ apiVersion, kind, metadata: { name, namespace = "" } }: Reference): string =>
    `${apiVersion} ${kind} ${namespace}/${name}`;
  const required = (object: Reference): KubernetesObject => {
    const found = objects.get(keyOf(object));
    if (found === undefined) throw new ApiFault(404, "NotFound", `${keyOf(object)} not found`);
    return found;
  };
  for (const object of initial as readonly KubernetesObject[]) objects.set(keyOf(object), object);

  return {
    calls,
    get objects() {
      return [...objects.values()];
    },
    config: new KubeConfig(),
    context: "fake",
    list: async <T extends KubernetesObject>(
      kind: Kind<T>,
      { namespace, selector }: { namespace?: string; selector?: string } = {},
    ) =>
      [...objects.values()].filter(
        (it) =>
          it.apiVersion === kind.apiVersion &&
          it.kind === kind.kind &&
          (namespace === undefined || it.metadata.namespace === namespace) &&
          isSelected(it, selector),
      ) as unknown as readonly T[],
    read: async <T extends KubernetesObject>(kind: Kind<T>, name: string, namespace?: string) => {
      const metadata = namespace === undefined ? { name } : { name, namespace };
      return objects.get(keyOf({ ...kind, metadata })) as T | undefined;
    },
    serves: async (kind) =>
      [...objects.values()].some(
        (it) => it.apiVersion === kind.apiVersion && it.kind === kind.kind,
      ),
    scopeOf: async ({ kind }) =>
      /^(Cluster|Namespace|PersistentVolume$)/.test(kind) ? "cluster" : "namespace",
    create: async (object) => {
      note("create", object);
      if (objects.has(keyOf(object))) {
        throw new ApiFault(409, "AlreadyExists", `${keyOf(object)} already exists`);
      }
      objects.set(keyOf(object), object);
      return object;
    },
    patch: async (object, change) => {
      note("patch", object, change);
      objects.set(keyOf(object), merged(required(object), change) as KubernetesObject);
    },
    replace: async (object) => {
      note("replace", object);
      required(object);
      objects.set(keyOf(object), object);
      return object;
    },
    remove: async (object) => {
      note("remove", object);
      objects.delete(keyOf(object));
    },
    get: async (path) => {
      throw new ApiFault(404, "NotFound", `nothing is at ${path}`);
    },
  };
}

function isSelected({ metadata }: KubernetesObject, selector = ""): boolean {
  return selector
    .split(",")
    .filter((term) => term !== "")
    .every((term) => {
      const [key = "", value] = term.split("=");
      const found = metadata.labels?.[key];
      return value === undefined ? found !== undefined : found === value;
    });
}

/** RFC 7386. */
function merged(target: unknown, change: unknown): unknown {
  if (!isMap(change)) return change;
  const result = isMap(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(change)) {
    if (value === null) Reflect.deleteProperty(result, field);
    else result[field] = merged(result[field], value);
  }
  return result;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
