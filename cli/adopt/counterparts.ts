import type { Live } from "./live";
import {
  type IngressObject,
  isOfRelease,
  type KubernetesObject,
  nameOf,
  type Texts,
  type Workload,
} from "./objects";
import type { Release } from "./release";

/** What runs or routes of the release, and what of ours takes its place. */
export interface Counterpart {
  /** `Deployment thunderline-thunderhelm-web`; undefined where the release has nothing like it. */
  readonly old?: string;
  readonly oldSelector?: string;
  /** Undefined where ours has nothing like it. */
  readonly ours?: string;
  readonly oursSelector?: string;
}

const shown = ["StatefulSet", "Deployment", "DaemonSet", "CronJob", "Service", "Ingress"];

/** What charts call what ours calls otherwise. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  postgres: ["postgresql"],
  otelcol: ["opentelemetry-collector", "collector"],
};

/** Old beside new: by the claim that both mount, or by a name that ends in ours. */
export function counterparts(
  release: Release,
  ours: readonly KubernetesObject[],
  claims: readonly string[],
): readonly Counterpart[] {
  const old = release.objects.filter(({ kind }) => shown.includes(kind));
  const next = ours.filter(({ kind }) => shown.includes(kind));
  const taken = new Set<KubernetesObject>();
  const pairs = old.map((object): Counterpart => {
    const found = next.find((it) => !taken.has(it) && isCounterpart(object, it, claims));
    if (found !== undefined) taken.add(found);
    return { ...side("old", object), ...(found === undefined ? {} : side("ours", found)) };
  });
  const rest = next.filter((it) => !taken.has(it)).map((it) => side("ours", it));
  return [...pairs, ...rest];
}

function isCounterpart(
  old: KubernetesObject,
  ours: KubernetesObject,
  adopted: readonly string[],
): boolean {
  const servers = ["Deployment", "StatefulSet"];
  const alike = servers.includes(old.kind) ? servers.includes(ours.kind) : old.kind === ours.kind;
  if (!alike) return false;
  const shared = claimsOf(ours).find((claim) => adopted.includes(claim));
  if (shared !== undefined) return mounts(old, shared);
  const { name } = ours.metadata;
  return [name, ...(otherNames[name] ?? [])].some(
    (known) => old.metadata.name === known || old.metadata.name.endsWith(`-${known}`),
  );
}

function mounts(object: KubernetesObject, claim: string): boolean {
  const { spec } = object as Partial<Workload>;
  const made = (spec?.volumeClaimTemplates ?? []).some(({ metadata }) =>
    claim.startsWith(`${metadata.name}-${object.metadata.name}-`),
  );
  return made || claimsOf(object).includes(claim);
}

/** The claims that the pods of an object mount by name. */
export function claimsOf(object: KubernetesObject): readonly string[] {
  if (!["Deployment", "StatefulSet", "DaemonSet"].includes(object.kind)) return [];
  const { spec } = object as Workload;
  return (spec.template.spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
}

function side(which: "old" | "ours", object: KubernetesObject): Counterpart {
  const selector = selectorOf(object);
  const name = nameOf(object);
  return which === "old"
    ? { old: name, ...(selector === "" ? {} : { oldSelector: selector }) }
    : { ours: name, ...(selector === "" ? {} : { oursSelector: selector }) };
}

function selectorOf(object: KubernetesObject): string {
  const { spec } = object as { readonly spec?: { readonly selector?: unknown } };
  const selector = (spec?.selector ?? {}) as { readonly matchLabels?: Texts } & Texts;
  const labels: Texts = object.kind === "Service" ? selector : (selector.matchLabels ?? {});
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

/** Ingresses of the release that answer for a host which ours answers for too. */
export function rivalIngresses(
  release: Release,
  live: Live,
  ours: readonly KubernetesObject[],
): readonly IngressObject[] {
  const hosts = ours.flatMap((object) => (object.kind === "Ingress" ? hostsOf(object) : []));
  return live.ingresses.filter(
    (ingress) =>
      isOfRelease(ingress, release) && hostsOf(ingress).some((host) => hosts.includes(host)),
  );
}

function hostsOf(object: KubernetesObject): readonly string[] {
  return ((object as IngressObject).spec.rules ?? []).flatMap(({ host }) => host ?? []);
}
