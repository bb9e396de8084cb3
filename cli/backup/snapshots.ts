import { setTimeout as sleep } from "node:timers/promises";

import type { Api, Kind, KubernetesObject } from "../kubernetes";
import { managedBy, marks } from "./marks";
import type { ClaimOf } from "./model";
import type { Pace } from "./work";

type SnapshotClass = KubernetesObject & {
  readonly driver: string;
  readonly deletionPolicy?: string;
};

type Snapshot = KubernetesObject & {
  readonly spec: {
    readonly volumeSnapshotClassName: string;
    readonly source: { readonly persistentVolumeClaimName: string };
  };
  readonly status?: {
    readonly readyToUse?: boolean;
    readonly boundVolumeSnapshotContentName?: string;
    readonly error?: { readonly message?: string };
  };
};

const group = "snapshot.storage.k8s.io/v1";
const classes: Kind<SnapshotClass> = { apiVersion: group, kind: "VolumeSnapshotClass" };
const snapshots: Kind<Snapshot> = { apiVersion: group, kind: "VolumeSnapshot" };
const defaultMark = "snapshot.storage.kubernetes.io/is-default-class";

/** A snapshot that can be made of a claim, since a class of its driver is there. */
export interface SnapshotPlan {
  readonly claim: string;
  readonly namespace: string;
  readonly className: string;
}

/** A snapshot as it was left on the cluster, which keeps it: an archive has its name alone. */
export interface SnapshotMade {
  readonly claim: string;
  readonly name: string;
  readonly content: string | undefined;
}

/** Which claims can have a snapshot. */
export async function planSnapshots(
  api: Api,
  claims: readonly ClaimOf[],
): Promise<readonly SnapshotPlan[]> {
  if (!(await api.serves(snapshots))) return [];
  const all = await api.list(classes);
  return claims.flatMap(({ claim, volume }) => {
    const driver = volume?.spec?.csi?.driver;
    const fitting = all.filter((it) => driver !== undefined && it.driver === driver);
    const chosen =
      fitting.find(({ metadata }) => metadata.annotations?.[defaultMark] === "true") ?? fitting[0];
    const { name, namespace = "" } = claim.metadata;
    return chosen === undefined || claim.status?.phase !== "Bound"
      ? []
      : [{ claim: name, namespace, className: chosen.metadata.name }];
  });
}

/**
 * Makes a snapshot and waits until it can be used.
 *
 * @throws Error where it cannot be used in time, with the driver's words
 */
export async function makeSnapshot(
  api: Api,
  { claim, namespace, className }: SnapshotPlan,
  run: string,
  { snapshotSeconds: seconds, pollMs }: Pick<Pace, "snapshotSeconds" | "pollMs">,
): Promise<SnapshotMade> {
  const name = `${claim.slice(0, 200)}-${run}`;
  await api.create<Snapshot>({
    apiVersion: group,
    kind: "VolumeSnapshot",
    metadata: { name, namespace, labels: { [marks.managedBy]: managedBy, [marks.run]: run } },
    spec: {
      volumeSnapshotClassName: className,
      source: { persistentVolumeClaimName: claim },
    },
  });
  let said = "";
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    const { status } = (await api.read(snapshots, name, namespace)) ?? {};
    if (status?.readyToUse === true) {
      return { claim, name, content: status.boundVolumeSnapshotContentName };
    }
    said = status?.error?.message ?? said;
    await sleep(pollMs);
  }
  throw new Error(
    `VolumeSnapshot ${name} is not ready after ${String(seconds)} s${said === "" ? "" : `: ${said}`}`,
  );
}
