import { type Api, type KubernetesObject, kinds } from "../kubernetes";
import { helmMarks } from "./marks";
import type { HelmRelease } from "./releases";

/** An object of a release, as its record has it, and as it is now; undefined where it is gone. */
export interface ReleaseObject {
  readonly recorded: KubernetesObject;
  readonly live: KubernetesObject | undefined;
}

/** What the record says of an object, in the namespace in which Helm has made it. */
export async function placed(
  api: Api,
  object: KubernetesObject,
  namespace: string,
): Promise<KubernetesObject> {
  if (object.metadata.namespace !== undefined) return object;
  if ((await api.scopeOf(object)) === "cluster") return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** All objects of a release with what is there of them. Those that others have taken over count as gone. */
export async function liveObjects(
  api: Api,
  release: HelmRelease,
): Promise<readonly ReleaseObject[]> {
  return Promise.all(
    release.objects.map(async (object) => {
      const recorded = await placed(api, object, release.namespace);
      const { apiVersion, kind, metadata } = recorded;
      const served = await api.serves({ apiVersion, kind });
      const found = served
        ? await api.read({ apiVersion, kind }, metadata.name, metadata.namespace)
        : undefined;
      return { recorded, live: found !== undefined && isOf(found, release) ? found : undefined };
    }),
  );
}

/** Kinds of a record that the cluster does not serve by that version: what is there of them is not seen. */
export async function unservedKinds(api: Api, release: HelmRelease): Promise<readonly string[]> {
  const all = new Map(
    release.objects.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]),
  );
  const found: string[] = [];
  for (const [name, kind] of all) if (!(await api.serves(kind))) found.push(name);
  return found.sort();
}

/** Whether Helm takes an object for one of this release. */
export function isOf(
  { metadata: { annotations = {} } }: KubernetesObject,
  { name, namespace }: Pick<HelmRelease, "name" | "namespace">,
): boolean {
  return annotations[helmMarks.name] === name && annotations[helmMarks.namespace] === namespace;
}

interface Templated {
  readonly spec?: {
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

/**
 * The claims of a release by their names: those of its manifest, and those that its StatefulSets have made.
 * One that another release or this program has taken over is none of its own.
 */
export async function claimsOf(api: Api, release: HelmRelease): Promise<readonly string[]> {
  const { namespace, objects } = release;
  const here = objects.filter(({ metadata }) => (metadata.namespace ?? namespace) === namespace);
  const named = here
    .filter(({ kind }) => kind === kinds.persistentVolumeClaims.kind)
    .map(({ metadata }) => metadata.name);
  const patterns = here
    .filter(({ kind }) => kind === kinds.statefulSets.kind)
    .flatMap((object) =>
      ((object as Templated).spec?.volumeClaimTemplates ?? []).map(
        ({ metadata }) => new RegExp(`^${metadata.name}-${object.metadata.name}-\\d+$`),
      ),
    );
  const there = await api.list(kinds.persistentVolumeClaims, { namespace });
  return there
    .filter((claim) => !isOfOthers(claim, release))
    .map(({ metadata }) => metadata.name)
    .filter((name) => named.includes(name) || patterns.some((pattern) => pattern.test(name)))
    .sort();
}

function isOfOthers(object: KubernetesObject, release: HelmRelease): boolean {
  const { labels = {}, annotations = {} } = object.metadata;
  if (labels[helmMarks.label] === "pulumi") return true;
  return annotations[helmMarks.name] !== undefined && !isOf(object, release);
}
