import type { KubernetesObject } from "../kubernetes";
import type { Missing } from "./model";
import { type PodSpec, templatesIn } from "./uses";

type Volume = NonNullable<PodSpec["volumes"]>[number];

/** What is made anew for each pod, or is saved as an object or a claim. */
const remade = new Set([
  ...["configMap", "downwardAPI", "emptyDir", "ephemeral", "image"],
  ...["persistentVolumeClaim", "projected", "secret"],
]);

const why = "it is no claim, and nobody but its own storage keeps it";

/** The volumes of pods that may have data and are no claims, once each however many pods have them. */
export function inlineVolumesOf(objects: readonly KubernetesObject[]): readonly Missing[] {
  const found = new Map<string, Missing>();
  // A workload says more than a pod that it has made.
  const templates = [...templatesIn(objects)].sort(
    (a, b) => Number(a.pod !== undefined) - Number(b.pod !== undefined),
  );
  for (const { owner, spec } of templates) {
    for (const volume of spec.volumes ?? []) {
      const source = sourceOf(volume);
      const key = JSON.stringify({ ...volume, name: "" });
      if (source === undefined || found.has(key)) continue;
      found.set(key, { what: `volume ${volume.name} of ${owner} (${source})`, why });
    }
  }
  return [...found.values()];
}

/** `nfs nas /srv`; undefined where it has no data of its own. */
function sourceOf(volume: Volume): string | undefined {
  const [kind, source] = Object.entries(
    volume as unknown as Readonly<Record<string, unknown>>,
  ).find(([, one]) => typeof one === "object") ?? ["", {}];
  if (kind === "" || remade.has(kind)) return undefined;
  const said = source as Readonly<Record<string, unknown>>;
  const words = ["driver", "server", "volumeID", "pdName", "path"].flatMap((field) =>
    typeof said[field] === "string" ? [said[field]] : [],
  );
  return [kind, ...words].join(" ");
}
