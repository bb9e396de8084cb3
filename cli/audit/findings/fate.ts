import { helmMarks, type HelmRelease } from "../../helm";
import type { KubernetesObject, StatefulSet } from "../../kubernetes";
import type { Inventory } from "../inventory";
import { deletesClaims } from "./retention";

/** What becomes of the claims of a release when Helm uninstalls it: a line each. */
export function fateOfClaims(
  { claims, statefulSets }: Inventory,
  release: HelmRelease,
): readonly string[] {
  const objects = release.objects.flatMap(named);
  const placeOf = ({
    metadata: { namespace = release.namespace, name },
  }: KubernetesObject): string => `${namespace}/${name}`;
  const of = (kind: string): readonly KubernetesObject[] =>
    objects.filter((object) => object.kind === kind);

  const namespaces = of("Namespace").filter((it) => !isKept(it));
  const own = of("PersistentVolumeClaim")
    .filter((it) => !isKept(it))
    .map(placeOf);
  const sets = of("StatefulSet").map((recorded) => {
    const place = placeOf(recorded);
    const live = statefulSets.find((it) => placeOf(it) === place);
    return {
      place,
      recorded,
      isDeleting: !isKept(recorded) && deletesClaims(live ?? recorded, "whenDeleted"),
    };
  });

  const going: string[] = [];
  const staying: string[] = [];
  for (const claim of claims) {
    const { namespace = "", name } = claim.metadata;
    const shown = namespace === release.namespace ? name : `${namespace}/${name}`;
    const makers = sets.filter(({ place, recorded }) => isMadeBy(recorded, place, placeOf(claim)));
    if (
      own.includes(placeOf(claim)) ||
      namespaces.some(({ metadata }) => metadata.name === namespace) ||
      makers.some(({ isDeleting }) => isDeleting)
    ) {
      going.push(shown);
    } else if (makers.length > 0) {
      staying.push(shown);
    }
  }
  return [
    ...(going.length === 0 ? [] : [`uninstalling deletes claim ${going.sort().join(", ")}`]),
    ...(staying.length === 0 ? [] : [`uninstalling leaves claim ${staying.sort().join(", ")}`]),
  ];
}

/** A manifest is what a chart has written: lists are taken apart, and what has no name is no object. */
function named(object: unknown): readonly KubernetesObject[] {
  const { kind, items, metadata } = (object ?? {}) as Partial<KubernetesObject> & {
    readonly items?: unknown;
  };
  if (kind?.endsWith("List") === true && Array.isArray(items)) return items.flatMap(named);
  return metadata?.name === undefined ? [] : [object as KubernetesObject];
}

function isKept({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[helmMarks.policy] === "keep";
}

/** `acme/data-db-0` of template `data` of `acme/db`. */
function isMadeBy(set: KubernetesObject, place: string, claim: string): boolean {
  const { spec } = set as StatefulSet;
  const [namespace = "", name = ""] = place.split("/");
  return (spec?.volumeClaimTemplates ?? []).some(({ metadata }) => {
    const start = `${namespace}/${metadata?.name ?? ""}-${name}-`;
    return claim.startsWith(start) && /^\d+$/.test(claim.slice(start.length));
  });
}
