import type { KubeConfig } from "@kubernetes/client-node";

import { ApiFault, ask, askJson } from "./http";
import type { Kind, KubernetesObject } from "./kinds";

/** Which objects of a kind. */
export interface Where {
  /** @default those of all namespaces */
  readonly namespace?: string;
  /** `app.kubernetes.io/part-of=thunderline`. @default all */
  readonly selector?: string;
}

/** An object by its kind and name. */
export type Reference = Pick<KubernetesObject, "apiVersion" | "kind"> & {
  readonly metadata: Pick<KubernetesObject["metadata"], "name" | "namespace">;
};

/** An API server as its clients see it. Objects are the server's own JSON, with every field. */
export interface Api {
  /** The context of the kubeconfig. */
  readonly context: string;
  /** The library's own settings, for what it does itself: exec, port-forward, logs. */
  readonly config: KubeConfig;
  /** None where the cluster does not serve the kind. */
  list<T extends KubernetesObject>(kind: Kind<T>, where?: Where): Promise<readonly T[]>;
  /** An object as it is now; undefined where it is not there. */
  read<T extends KubernetesObject>(
    kind: Kind<T>,
    name: string,
    namespace?: string,
  ): Promise<T | undefined>;
  /** Whether the cluster serves a kind. */
  serves(kind: Kind): Promise<boolean>;
  /** Where objects of a kind are; undefined where the cluster does not serve it. */
  scopeOf(kind: Kind): Promise<"namespace" | "cluster" | undefined>;
  create<T extends KubernetesObject>(object: T): Promise<T>;
  /** Changes fields of an object by a merge patch; null takes one away. */
  patch(object: Reference, change: unknown): Promise<void>;
  /** Puts an object in place of the one that was read. A conflict is an ApiFault. */
  replace<T extends KubernetesObject>(object: T): Promise<T>;
  /** Deletes it with all that it owns. Nothing happens where it is gone already. */
  remove(object: Reference): Promise<void>;
  /** The answer to a path that is none of an object's, `/version`. */
  get(path: string): Promise<string>;
}

/** One kind among those that a group serves. */
interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const pageSize = 500;

/** By this name the API server notes who has set a field. */
export const fieldManager = "platform-cli";

/** The API server of the current context of some settings. */
export function apiOf(config: KubeConfig): Api {
  const served = new Map<string, Promise<readonly Resource[]>>();

  const resourceOf = async ({ apiVersion, kind }: Kind): Promise<Resource | undefined> => {
    let known = served.get(apiVersion);
    if (known === undefined) {
      known = resourcesOf(config, apiVersion);
      served.set(apiVersion, known);
    }
    return (await known).find((it) => it.kind === kind && !it.name.includes("/"));
  };

  const pathOf = async (kind: Kind, namespace?: string, name?: string): Promise<string> => {
    const resource = await resourceOf(kind);
    if (resource === undefined) {
      const what = `${kind.apiVersion} ${kind.kind}`;
      throw new ApiFault(404, "NotFound", `Context ${config.currentContext} serves no ${what}.`);
    }
    const inside = resource.namespaced && namespace !== undefined;
    return [
      rootOf(kind.apiVersion),
      ...(inside ? ["namespaces", namespace] : []),
      resource.name,
      ...(name === undefined ? [] : [encodeURIComponent(name)]),
    ].join("/");
  };

  const pathTo = ({ metadata, ...kind }: Reference): Promise<string> =>
    pathOf(kind, metadata.namespace, metadata.name);

  return {
    config,
    context: config.currentContext,
    list: async <T extends KubernetesObject>(kind: Kind<T>, where: Where = {}) => {
      if ((await resourceOf(kind)) === undefined) return [];
      const path = await pathOf(kind, where.namespace);
      const found: T[] = [];
      for (let next: string | undefined = ""; next !== undefined;) {
        const query = new URLSearchParams({ limit: String(pageSize) });
        if (where.selector !== undefined) query.set("labelSelector", where.selector);
        if (next !== "") query.set("continue", next);
        const page = (await askJson(config, { path: `${path}?${query.toString()}` })) as {
          readonly items?: readonly T[];
          readonly metadata?: { readonly continue?: string };
        };
        // In a list the server leaves out what all of its items have in common.
        const { apiVersion, kind: name } = kind;
        found.push(...(page.items ?? []).map((item) => ({ ...item, apiVersion, kind: name })));
        next = page.metadata?.continue || undefined;
      }
      return found;
    },
    read: async <T extends KubernetesObject>(kind: Kind<T>, name: string, namespace?: string) => {
      try {
        return (await askJson(config, { path: await pathOf(kind, namespace, name) })) as T;
      } catch (error) {
        if (error instanceof ApiFault && error.code === 404) return undefined;
        throw error;
      }
    },
    serves: async (kind) => (await resourceOf(kind)) !== undefined,
    scopeOf: async (kind) => {
      const resource = await resourceOf(kind);
      if (resource === undefined) return undefined;
      return resource.namespaced ? "namespace" : "cluster";
    },
    create: async (object) => {
      const { apiVersion, kind, metadata } = object;
      const path = await pathOf({ apiVersion, kind }, metadata.namespace);
      const query = `fieldManager=${fieldManager}`;
      const question = { method: "POST", path: `${path}?${query}`, body: object } as const;
      return (await askJson(config, question)) as typeof object;
    },
    patch: async (object, change) => {
      await ask(config, {
        method: "PATCH",
        path: `${await pathTo(object)}?fieldManager=${fieldManager}`,
        body: change,
        contentType: "application/merge-patch+json",
      });
    },
    replace: async (object) => {
      const path = `${await pathTo(object)}?fieldManager=${fieldManager}`;
      return (await askJson(config, { method: "PUT", path, body: object })) as typeof object;
    },
    remove: async (object) => {
      try {
        const body = { propagationPolicy: "Background" };
        await ask(config, { method: "DELETE", path: await pathTo(object), body });
      } catch (error) {
        if (!(error instanceof ApiFault && error.code === 404)) throw error;
      }
    },
    get: (path) => ask(config, { path }),
  };
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

async function resourcesOf(config: KubeConfig, apiVersion: string): Promise<readonly Resource[]> {
  try {
    const answer = await askJson(config, { path: rootOf(apiVersion) });
    return (answer as { readonly resources: readonly Resource[] }).resources;
  } catch (error) {
    // A group whose own server is down (metrics, say) is not served now.
    if (error instanceof ApiFault && [404, 503].includes(error.code)) return [];
    throw error;
  }
}
