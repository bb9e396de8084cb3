import { type Kind, type KubernetesObject, nameOf } from "../kubernetes";
import { attempt, failed, type Finding, passed } from "../preflight/model";
import { some, type ValidationContext } from "./model";
import { counterpart, declaredOf, placeOf } from "./objects";

/** The kinds that a check of their own looks at more closely. */
const elsewhere = new Set([
  "Certificate",
  "DaemonSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "Ingress",
  "Job",
  "LimitRange",
  "NetworkPolicy",
  "PersistentVolumeClaim",
  "ResourceQuota",
  "ScaledObject",
  "Secret",
  "StatefulSet",
]);

/** Whether all that no other check looks at is there, kind by kind. */
export async function others(context: ValidationContext): Promise<readonly Finding[]> {
  const rest = context.declared.filter((object) => !isElsewhere(object));
  const groups = new Map(
    rest.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]),
  );
  const found = await Promise.all(
    [...groups.values()].map((kind) =>
      attempt(kind.kind, () => kindFindings(kind, declaredOf(rest, kind), context)),
    ),
  );
  return found.flat();
}

/** A Service without a selector has no endpoints of ours to be looked at. */
function isElsewhere(object: KubernetesObject): boolean {
  if (object.kind !== "Service") return elsewhere.has(object.kind);
  return (
    (object as { readonly spec?: { readonly selector?: object } }).spec?.selector !== undefined
  );
}

async function kindFindings(
  kind: Kind,
  declared: readonly KubernetesObject[],
  { live, again }: ValidationContext,
): Promise<readonly Finding[]> {
  if (!(await live.serves(kind))) {
    const evidence = `the cluster does not know ${kind.apiVersion} ${kind.kind}: ${some(declared.map(placeOf))}`;
    return [
      failed(
        kind.kind,
        evidence,
        "Install its definition, or switch the capability off in platform:cluster.",
      ),
    ];
  }
  const clusterWide = declared.filter(({ metadata }) => metadata.namespace === undefined);
  const [listed, read] = await Promise.all([
    clusterWide.length === declared.length ? [] : live.list(kind),
    Promise.all(clusterWide.map(({ metadata }) => live.read(kind, metadata.name))),
  ]);
  const there = [...listed, ...read.filter((it) => it !== undefined)];
  const missing = declared.filter((object) => counterpart(there, object) === undefined);
  return missing.length === 0
    ? [passed(kind.kind, `${declared.length} of ${declared.length} there`)]
    : missing.map((object) => failed(nameOf(object), "not on the cluster", again));
}
