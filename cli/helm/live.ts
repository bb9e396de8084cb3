import { type Api, type KubernetesObject, kinds } from "../kubernetes";
import { helmMarks } from "./marks";
import type { HelmRelease } from "./releases";

/** An object of a release, as its record has it, and as it is now; undefined where it is gone. */
export interface ReleaseObject {
  readonly recorded: KubernetesObject;
  readonly live: KubernetesObject | undefined;
}

/** Kinds that have no namespace; the record does not say it. */
const clusterWide =
  /^(Cluster.*|Namespace|PersistentVolume|StorageClass|IngressClass|PriorityClass|CustomResourceDefinition|APIService|.*WebhookConfiguration)$/;

/** What the record says of an object, in the namespace in which Helm has made it. */
export function placed(object: KubernetesObject, namespace: string): KubernetesObject {
  if (object.metadata.namespace !== undefined || clusterWide.test(object.kind)) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** All objects of a release with what is there of them. Those that others have taken over count as gone. */
export async function liveObjects(
  api: Api,
  release: HelmRelease,
): Promise<readonly ReleaseObject[]> {
  return Promise.all(
    release.objects.map(async (object) => {
      const recorded = placed(object, release.namespace);
      const { apiVersion, kind, metadata } = recorded;
      const served = await api.serves({ apiVersion, kind });
      const found = served
        ? await api.read({ apiVersion, kind }, metadata.name, metadata.namespace)
        : undefined;
      return { recorded, live: found !== undefined && isOf(found, release) ? found : undefined };
    }),
  );
}

/** Whether Helm takes an object for one of this release. */
export function isOf(
  { metadata: { annotations = {} } }: KubernetesObject,
  { name, namespace }: Pick<HelmRelease, "name" | "namespace">,
): boolean {
  return annotations[helmMarks.name] === name && annotations[helmMarks.namespace] === namespace;
}

/** The claims of a release by their names: those of its manifest, and those that its StatefulSets have made. */
export async function claimsOf(api: Api, release: HelmRelease): Promise<readonly string[]> {
  const objects = release.objects.map((object) => placed(object, release.namespace));
  const named = objects
    .filter(({ kind }) => kind === kinds.persistentVolumeClaims.kind)
    .map(({ metadata }) => metadata.name);
  const prefixes = objects
    .filter(({ kind }) => kind === kinds.statefulSets.kind)
    .flatMap((object) => {
      const { volumeClaimTemplates = [] } =
        (object as { spec?: { volumeClaimTemplates?: { metadata: { name: string } }[] } }).spec ??
        {};
      return volumeClaimTemplates.map(
        ({ metadata }) => new RegExp(`^${metadata.name}-${object.metadata.name}-\\d+$`),
      );
    });
  const there = await api.list(kinds.persistentVolumeClaims, { namespace: release.namespace });
  return there
    .map(({ metadata }) => metadata.name)
    .filter((name) => named.includes(name) || prefixes.some((prefix) => prefix.test(name)))
    .sort();
}
