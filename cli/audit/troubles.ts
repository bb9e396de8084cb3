import { type Api, type Kind, kinds, type KubernetesObject } from "../kubernetes";
import { findAll } from "./findings";
import { stuckNamespaces } from "./findings/namespaces";
import { pending } from "./findings/pending";
import { crashLoop, imagePull } from "./findings/stuck";
import { readInventory } from "./inventory";
import type { Finding } from "./model";

/** What has to be read to tell why a pod does not run; nothing secret is. */
const read: readonly Kind[] = [
  kinds.deployments,
  kinds.statefulSets,
  kinds.daemonSets,
  kinds.replicaSets,
  kinds.jobs,
  kinds.pods,
  kinds.persistentVolumeClaims,
  kinds.events,
];

const rules = [imagePull, crashLoop, pending, stuckNamespaces].map(({ name }) => name);

/** The part of an audit that says why pods of some namespaces do not run, or the namespaces do not go. */
export async function troublesIn(
  api: Api,
  namespaces: readonly string[],
): Promise<readonly Finding[]> {
  const inventory = await readInventory(narrowed(api, namespaces));
  return findAll(inventory).filter(({ rule }) => rules.includes(rule));
}

/** The same API server as if there were nothing on it but what counts here. */
function narrowed(api: Api, namespaces: readonly string[]): Api {
  const list = async <T extends KubernetesObject>(kind: Kind<T>): Promise<readonly T[]> => {
    const found = await Promise.all(
      namespaces.map(async (namespace): Promise<readonly T[]> => {
        if (kind.kind === kinds.namespaces.kind) {
          const one = await api.read(kind, namespace);
          return one === undefined ? [] : [one];
        }
        return read.includes(kind) ? api.list(kind, { namespace }) : [];
      }),
    );
    return found.flat();
  };
  return { ...api, list, serves: () => Promise.resolve(true) };
}
