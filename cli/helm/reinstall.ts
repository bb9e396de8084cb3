import { UserError } from "../errors";
import { type Api, ApiFault, type KubernetesObject, nameOf } from "../kubernetes";
import { liveObjects } from "./live";
import { helmMarks } from "./marks";
import { inInstallOrder } from "./order";
import type { HelmRelease } from "./releases";
import { type Before, beforeOf, forgetBefore, setStatus } from "./status";
import { until } from "./wait";

/**
 * Brings back a release that {@link uninstall} has taken down: what was there then, as the record has it,
 * with as many replicas as it had, on the claims and Secrets that have stayed. Helm knows it as it did
 * before. May be run again after it was cut off; nothing is done where nothing was taken down.
 *
 * @throws UserError where objects were refused, when all others are there
 */
export async function reinstall(
  api: Api,
  release: HelmRelease,
): Promise<readonly KubernetesObject[]> {
  const before = beforeOf(release);
  if (before === undefined) return [];
  await until(
    `objects of ${release.namespace}/${release.name} that are on their way out`,
    async () =>
      (await liveObjects(api, release)).flatMap(({ live }) =>
        live?.metadata.deletionTimestamp === undefined ? [] : [nameOf(live)],
      ),
  );
  const missing = (await liveObjects(api, release))
    .filter(({ live }) => live === undefined)
    .map(({ recorded }) => recorded)
    .filter((object) => before.objects[keyOf(object)] !== undefined);
  const made: KubernetesObject[] = [];
  const faults: string[] = [];
  for (const recorded of inInstallOrder(missing)) {
    const object = asBefore(asHelmMakesIt(recorded, release), before);
    try {
      await api.create(object);
      made.push(object);
    } catch (error) {
      // Somebody else's of this name: it is not ours to change.
      if (error instanceof ApiFault && error.reason === "AlreadyExists") continue;
      if (!(error instanceof ApiFault) || error.code >= 500) throw error;
      faults.push(`${nameOf(object)}: ${error.message}`);
    }
  }
  if (faults.length > 0) {
    throw new UserError(
      `Not all of ${release.namespace}/${release.name} could be made again:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
      "All else is there. Make these by hand from its archive, or mend the cause and run the same command again.",
    );
  }
  await setStatus(api, release, {
    status: before.status,
    description: "Brought back by platform",
  });
  await forgetBefore(api, release);
  return made;
}

function keyOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name}`;
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
  const value = objects[keyOf(object)];
  const { spec } = object as { readonly spec?: object };
  if (typeof value === "number") {
    return { ...object, spec: { ...spec, replicas: value } } as KubernetesObject;
  }
  return object.kind === "CronJob"
    ? ({ ...object, spec: { ...spec, suspend: value === true } } as KubernetesObject)
    : object;
}
