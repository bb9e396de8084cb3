import { parseBytes } from "../../config/quantity";
import type { Settings } from "../../config/settings";
import type { System } from "../restore/system";
import type { Holding } from "./holdings";
import type { Live } from "./live";
import { isOfRelease, isOurs, type KubernetesObject, nameOf } from "./objects";
import type { Release } from "./release";

/** What is in the way of an adoption, and what to do about it. */
export interface Obstacle {
  readonly what: string;
  readonly mend: string;
}

/** Faults of the release as it is now. */
export function obstaclesOfRelease(release: Release, live: Live): readonly Obstacle[] {
  const { name, namespace, status } = release;
  const faults: Obstacle[] = [];
  if (status !== "deployed") {
    faults.push({
      what: `Revision ${String(release.revision)} of release ${name} is ${status}, not deployed.`,
      mend: status.startsWith("pending")
        ? "Wait until Helm has ended; if it was killed: helm rollback, then begin again."
        : `Bring it to a deployed revision first: helm rollback ${name} --namespace ${namespace}`,
    });
  }
  const running = [...live.jobs.filter((job) => (job.status?.active ?? 0) > 0), ...hookPods(live)];
  const own = running.filter(
    (object) => isOfRelease(object, release) || isHook(object, release.hooks),
  );
  if (own.length > 0) {
    faults.push({
      what: `Of the release there runs: ${own.map(nameOf).join(", ")}.`,
      mend: "Wait until it has ended: it may write what is being taken over.",
    });
  }
  const scaled = release.objects.filter(({ kind }) => kind === "ScaledObject");
  if (scaled.length > 0) {
    faults.push({
      what: `KEDA would start again what is stopped: ${scaled.map(nameOf).join(", ")}.`,
      mend: "Pause it (annotation autoscaling.keda.sh/paused-replicas), or take it out of the chart's values.",
    });
  }
  return faults;
}

function hookPods({ pods }: Live): readonly KubernetesObject[] {
  return pods.filter(
    ({ metadata, status }) =>
      metadata.annotations?.["helm.sh/hook"] !== undefined &&
      ["Pending", "Running"].includes(status?.phase ?? ""),
  );
}

function isHook(object: KubernetesObject, hooks: readonly KubernetesObject[]): boolean {
  return (
    object.metadata.annotations?.["helm.sh/hook"] !== undefined ||
    hooks.some((hook) => nameOf(hook) === nameOf(object))
  );
}

/** Faults of the settings: the system is another one, or elsewhere, or off. */
export function obstaclesOfSettings(
  release: Release,
  settings: Settings,
  system: Exclude<System, "telemetry">,
): readonly Obstacle[] {
  const { enabled, namespace } = settings[system];
  const faults: Obstacle[] = [];
  if (namespace !== release.namespace) {
    faults.push({
      what: `platform:${system}.namespace is "${namespace}", and the release is in "${release.namespace}": a claim cannot be mounted from another namespace.`,
      mend: `Set platform:${system}.namespace to ${release.namespace}, or take another stack.`,
    });
  }
  if (!enabled) {
    faults.push({
      what: `platform:${system}.enabled is false.`,
      mend: "Nothing of ours would take the release's place: set it to true.",
    });
  }
  return faults;
}

/** Faults of the claims that are to be taken over. */
export function obstaclesOfClaims(holdings: readonly Holding[]): readonly Obstacle[] {
  return holdings.flatMap(({ claim, phase, strangers }) => [
    ...(phase === "Bound"
      ? []
      : [
          {
            what: `Claim ${claim} is ${phase}, not Bound.`,
            mend: "Look at its events (kubectl describe pvc); what has no volume has no data to take over.",
          },
        ]),
    ...(strangers.length === 0
      ? []
      : [
          {
            what: `Claim ${claim} is mounted by others too: ${strangers.join(", ")}.`,
            mend: "Two programs must not write it: take it away from the others first.",
          },
        ]),
  ]);
}

/**
 * Objects of ours that would have the name of an object of this release, or of anybody's on the cluster,
 * made by hand or by another release.
 */
export function obstaclesOfNames(
  release: Release,
  ours: readonly KubernetesObject[],
  there: readonly KubernetesObject[],
): readonly Obstacle[] {
  const taken = new Set(release.objects.map(nameOf));
  const strange = new Set(there.filter((object) => !isOurs(object)).map(nameOf));
  return ours
    .filter(({ kind }) => kind !== "Namespace")
    .map(nameOf)
    .flatMap((name) => {
      if (taken.has(name)) {
        return {
          what: `${name} is an object of the release, and ours would have the same name.`,
          mend: name.startsWith("Secret ")
            ? "Let all of its settings refer to existing Secrets; then ours makes none."
            : "Give the release another fullnameOverride first: names of ours are fixed.",
        };
      }
      return strange.has(name)
        ? {
            what: `${name} is on the cluster already, made by somebody else, and ours would have the same name.`,
            mend: "Rename it, or delete it if nobody needs it: names of ours are fixed.",
          }
        : [];
    });
}

/** The quota that ours brings has to have room for new claims beside those that are there. */
export function obstaclesOfQuota(
  system: System,
  live: Live,
  ours: readonly KubernetesObject[],
): readonly Obstacle[] {
  const storage = (objects: readonly KubernetesObject[]): number =>
    objects.reduce((sum, object) => {
      const { spec } = object as {
        readonly spec?: {
          readonly resources?: { readonly requests?: { readonly storage?: string } };
        };
      };
      return sum + (parseBytes(spec?.resources?.requests?.storage ?? "0") ?? 0);
    }, 0);
  const there = new Set(live.claims.filter((claim) => isOurs(claim)).map(nameOf));
  const added = ours.filter(
    (object) => object.kind === "PersistentVolumeClaim" && !there.has(nameOf(object)),
  );
  const quota = ours.find(({ kind }) => kind === "ResourceQuota") as
    { readonly spec?: { readonly hard?: Readonly<Record<string, string>> } } | undefined;
  const hard = quota?.spec?.hard?.["requests.storage"];
  const needed = storage(live.claims) + storage(added);
  if (hard === undefined || added.length === 0 || needed <= (parseBytes(hard) ?? Infinity)) {
    return [];
  }
  const wanted = `${String(Math.ceil(needed / 2 ** 30))}Gi`;
  return [
    {
      what: `The namespace's quota would be ${hard} of storage; with the claims that are there it takes ${wanted}.`,
      mend: `Set platform:${system}.quota.storage to ${wanted} or more.`,
    },
  ];
}
