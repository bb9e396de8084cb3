import { type Api, ApiFault, type Kind, type KubernetesObject } from "../kubernetes";
import type { Missing } from "./model";

/** What controllers make and forget, and what is no object but an answer. */
const passing = new Set([
  "Endpoints",
  "EndpointSlice",
  "Event",
  "Lease",
  "ControllerRevision",
  "PodMetrics",
  "CiliumEndpoint",
]);

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs?: readonly string[];
}

/** All objects of a namespace that can be listed, of every kind that the cluster serves. */
export async function objectsInNamespace(
  api: Api,
  namespace: string,
): Promise<{
  readonly objects: readonly KubernetesObject[];
  readonly missing: readonly Missing[];
}> {
  const { served, missing } = await namespacedKinds(api);
  const lists = await Promise.all(
    served.map(async (kind) => {
      try {
        return { objects: await api.list(kind, { namespace }), missing: [] };
      } catch (error) {
        if (!(error instanceof ApiFault)) throw error;
        const what = `objects of kind ${kind.kind} (${kind.apiVersion})`;
        return { objects: [], missing: [{ what, why: error.message }] };
      }
    }),
  );
  return {
    objects: lists.flatMap((one) => one.objects),
    missing: [...missing, ...lists.flatMap((one) => one.missing)],
  };
}

interface Group {
  readonly preferredVersion: Version;
  readonly versions?: readonly Version[];
}

interface Version {
  readonly groupVersion: string;
}

async function namespacedKinds(
  api: Api,
): Promise<{ readonly served: readonly Kind[]; readonly missing: readonly Missing[] }> {
  const { groups } = JSON.parse(await api.get("/apis")) as { readonly groups: readonly Group[] };
  const all = await Promise.all([["v1"], ...groups.map(versionsOf)].map((it) => kindsIn(api, it)));
  return {
    served: all.flatMap((one) => one.served),
    missing: all.flatMap((one) => one.missing),
  };
}

/** The preferred one first. */
function versionsOf({ preferredVersion, versions = [] }: Group): readonly string[] {
  const names = [preferredVersion, ...versions].map(({ groupVersion }) => groupVersion);
  return [...new Set(names)];
}

/** The kinds of a group: not each is in every version, and one that is in several is the same there. */
async function kindsIn(
  api: Api,
  versions: readonly string[],
): Promise<{ readonly served: readonly Kind[]; readonly missing: readonly Missing[] }> {
  const all = await Promise.all(versions.map((version) => kindsOf(api, version)));
  const served = new Map<string, Kind>();
  for (const one of all.flatMap((it) => it.served)) {
    if (!served.has(one.kind)) served.set(one.kind, one);
  }
  return { served: [...served.values()], missing: all.flatMap((it) => it.missing) };
}

async function kindsOf(
  api: Api,
  apiVersion: string,
): Promise<{ readonly served: readonly Kind[]; readonly missing: readonly Missing[] }> {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  try {
    const { resources } = JSON.parse(await api.get(root)) as {
      readonly resources: readonly Resource[];
    };
    const served = resources
      .filter(
        ({ name, kind, namespaced, verbs = [] }) =>
          namespaced && !name.includes("/") && verbs.includes("list") && !passing.has(kind),
      )
      .map(({ kind }) => ({ apiVersion, kind }));
    return { served, missing: [] };
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
    // What a server of metrics says is no object; whatever else is down might have some.
    if (apiVersion.startsWith("metrics.k8s.io/")) return { served: [], missing: [] };
    return {
      served: [],
      missing: [
        { what: `objects of ${apiVersion}`, why: `it is not served now: ${error.message}` },
      ],
    };
  }
}
