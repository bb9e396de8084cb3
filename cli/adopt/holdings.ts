import type { Live } from "./live";
import {
  type ClaimObject,
  type Container,
  isOfRelease,
  isOurs,
  nameOf,
  type PodSpec,
  type Workload,
} from "./objects";
import { isPodOf, writersOf } from "./pods";
import type { Release } from "./release";

/** A container that has a claim in its file system. */
export interface User {
  readonly workload: Workload;
  readonly container: Container;
  readonly pod: PodSpec;
  readonly mountPath: string;
  readonly subPath: string;
}

/** A claim of the release, with all that its data depend on. */
export interface Holding {
  readonly claim: string;
  readonly uid: string;
  readonly phase: string;
  readonly size: string;
  readonly volume: { readonly name: string; readonly uid: string; readonly policy: string };
  readonly users: readonly User[];
  /** Who else has it mounted: of no release, of another one, or nobody knows whose. */
  readonly strangers: readonly string[];
}

/** The claims that the release's workloads mount, and those that its chart made itself. */
export function holdingsOf(release: Release, live: Live): readonly Holding[] {
  const own = live.workloads.filter((workload) => isOfRelease(workload, release));
  const mounted = own.flatMap((workload) => usersIn(workload, live.claims));
  const declared = live.claims.filter((claim) => isOfRelease(claim, release));
  const names = new Set([
    ...mounted.map(({ claim }) => claim),
    ...declared.map(({ metadata }) => metadata.name),
  ]);
  return [...names].sort().map((claim) => {
    const users = mounted.filter((it) => it.claim === claim).map(({ user }) => user);
    return { ...factsOf(claim, live), users, strangers: strangersAt(claim, release, live) };
  });
}

function factsOf(claim: string, live: Live): Omit<Holding, "users" | "strangers"> {
  const object = live.claims.find(({ metadata }) => metadata.name === claim);
  const { spec, status } = object ?? {};
  const name = spec?.volumeName ?? "";
  const volume = live.volumes.find(({ metadata }) => metadata.name === name);
  return {
    claim,
    uid: object?.metadata.uid ?? "",
    phase: object === undefined ? "missing" : (status?.phase ?? "unknown"),
    size: spec?.resources?.requests?.storage ?? "",
    volume: {
      name,
      uid: volume?.metadata.uid ?? "",
      policy: volume?.spec.persistentVolumeReclaimPolicy ?? "unknown",
    },
  };
}

function usersIn(
  workload: Workload,
  claims: readonly ClaimObject[],
): readonly { readonly claim: string; readonly user: User }[] {
  const pod = workload.spec.template.spec;
  return claimVolumes(workload, claims).flatMap(({ volume, claim }) =>
    pod.containers.flatMap((container) =>
      (container.volumeMounts ?? [])
        .filter(({ name }) => name === volume)
        .map(({ mountPath, subPath = "" }) => ({
          claim,
          user: { workload, container, pod, mountPath, subPath },
        })),
    ),
  );
}

/** By its template a StatefulSet makes `TEMPLATE-NAME-ORDINAL`, which stays when it has no pods. */
function claimVolumes(
  { metadata, spec }: Workload,
  claims: readonly ClaimObject[],
): readonly { readonly volume: string; readonly claim: string }[] {
  const named = (spec.template.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim }) =>
    persistentVolumeClaim === undefined
      ? []
      : [{ volume: name, claim: persistentVolumeClaim.claimName }],
  );
  const made = (spec.volumeClaimTemplates ?? []).flatMap((template) => {
    const volume = template.metadata.name;
    const start = `${volume}-${metadata.name}-`;
    return claims
      .map((claim) => claim.metadata.name)
      .filter((claim) => claim.startsWith(start) && /^\d+$/.test(claim.slice(start.length)))
      .map((claim) => ({ volume, claim }));
  });
  return [...named, ...made];
}

/**
 * What mounts a claim and is not stopped: workloads outside the release, those of it with a pod on each node,
 * and pods of jobs or of nobody. What this program made may.
 */
function strangersAt(claim: string, release: Release, live: Live): readonly string[] {
  const isStopped = (workload: Workload): boolean =>
    isOfRelease(workload, release) && workload.kind !== "DaemonSet";
  const others = live.workloads.filter((workload) => !isStopped(workload) && !isOurs(workload));
  const workloads = others.filter((workload) =>
    claimVolumes(workload, live.claims).some((it) => it.claim === claim),
  );
  const known = [...workloads, ...live.workloads.filter(isStopped)];
  const pods = writersOf(claim, live.pods).filter(
    (pod) => !known.some((workload) => isPodOf(workload, pod)),
  );
  return [...workloads, ...pods].map(nameOf);
}
