import { type Api, ApiFault, type KubernetesObject } from "../kubernetes";
import { liveObjects } from "./live";
import { helmMarks } from "./marks";
import { inInstallOrder } from "./order";
import type { HelmRelease } from "./releases";
import { type Before, beforeOf, forgetBefore, setStatus } from "./uninstall";

/**
 * Brings back a release that {@link uninstall} has taken down: every object of its record that is gone,
 * with as many replicas as it had, on the claims and Secrets that have stayed. Helm knows it as it did
 * before. May be run again after it was cut off; nothing is done where nothing was taken down.
 */
export async function reinstall(
  api: Api,
  release: HelmRelease,
): Promise<readonly KubernetesObject[]> {
  const before = beforeOf(release);
  if (before === undefined) return [];
  const missing = (await liveObjects(api, release)).filter(({ live }) => live === undefined);
  const made: KubernetesObject[] = [];
  for (const { recorded } of inInstallOrder(missing.map(toSort))) {
    const object = asBefore(asHelmMakesIt(recorded, release), before);
    try {
      await api.create(object);
      made.push(object);
    } catch (error) {
      // Somebody else's of this name, a claim without Helm's marks say: it is not ours to change.
      if (!(error instanceof ApiFault && error.reason === "AlreadyExists")) throw error;
    }
  }
  await setStatus(api, release, {
    status: before.status,
    description: "Brought back by platform",
  });
  await forgetBefore(api, release);
  return made;
}

function toSort<T extends { readonly recorded: KubernetesObject }>(
  object: T,
): T & { readonly kind: string } {
  return { ...object, kind: object.recorded.kind };
}

/** With the marks that Helm adds to what the chart says. */
function asHelmMakesIt(object: KubernetesObject, release: HelmRelease): KubernetesObject {
  const { labels = {}, annotations = {} } = object.metadata;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labels, [helmMarks.label]: "Helm" },
      annotations: {
        ...annotations,
        [helmMarks.name]: release.name,
        [helmMarks.namespace]: release.namespace,
      },
    },
  };
}

/** Somebody may have scaled it since Helm made it: a workload at 0 has to stay there. */
function asBefore(object: KubernetesObject, { objects }: Before): KubernetesObject {
  const value = objects[`${object.kind} ${object.metadata.name}`];
  if (value === undefined) return object;
  const { spec } = object as { readonly spec?: object };
  const change = typeof value === "number" ? { replicas: value } : { suspend: value };
  return { ...object, spec: { ...spec, ...change } } as KubernetesObject;
}
