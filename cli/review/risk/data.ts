import { parseBytes } from "../../../config/quantity";
import type { Reason } from "../model";
import { kindOf } from "../system";
import { goes, howItGoes, type Judged, touches } from "./judged";
import { volumeTexts } from "./volumes";

/** What is lost with an object of these kinds. */
const lostWith: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: "what its volume holds is lost, unless the volume's class retains volumes",
  PersistentVolume: "what it holds can be lost",
  Namespace: "all that is in it goes with it, stored data and backups too",
  StatefulSet: "the pods that keep this data go, and come back without the claims of their own",
  VolumeSnapshot: "the snapshot is lost",
  VolumeSnapshotContent: "the snapshot is lost",
  VolumeSnapshotClass: "snapshots of this class cannot be looked after any more",
};

/** Something stored is lost, or loses what protects it. What is new loses nothing. */
export function dataReasons(change: Judged): readonly Reason[] {
  const texts = [
    ...removed(change),
    ...unprotected(change),
    ...altered(change),
    ...volumeTexts(change),
  ];
  return texts.map((text) => ({ risk: "data", text }));
}

function removed(change: Judged): readonly string[] {
  if (!goes(change)) return [];
  const { type } = change.resource;
  const how = howItGoes(change);
  if (type.startsWith("random:")) return [`${how}: the generated value in use is lost`];
  const kind = kindOf(change.resource);
  if (kind === "Secret" && change.operation === "delete") return [`${how}, with all of its keys`];
  const lost = lostWith[kind];
  return lost === undefined ? [] : [`${how}: ${lost}`];
}

function unprotected({ properties }: Judged): readonly string[] {
  const lost = (option: string): boolean =>
    properties.some((it) => it.path === option && it.before === true && it.after === false);
  return [
    ...(lost("protect") ? ["its protection is taken off: a later update may delete it"] : []),
    ...(lost("retainOnDelete") ? ["it stays no longer when the program lets go of it"] : []),
  ];
}

function altered(change: Judged): readonly string[] {
  switch (kindOf(change.resource)) {
    case "PersistentVolumeClaim":
      return claim(change);
    case "Secret":
      return change.properties
        .filter(({ path, after }) => isKey(path) && after === undefined)
        .map(({ path }) => `its key ${keyOf(path)} is taken away`);
    default:
      return [];
  }
}

function claim(change: Judged): readonly string[] {
  const size = change.properties.find(({ path }) => path === "spec.resources.requests.storage");
  const [was, is] = [bytes(size?.before), bytes(size?.after)];
  const shrinks = was !== undefined && is !== undefined && is < was;
  return [
    ...(shrinks ? ["it is to shrink, which Kubernetes refuses"] : []),
    ...(touches(change, /^spec\.storageClassName$/)
      ? ["its class changes: the data stays behind on the volume that it has"]
      : []),
  ];
}

function bytes(size: unknown): number | undefined {
  return typeof size === "string" ? parseBytes(size) : undefined;
}

/** Whether a path is that of a key of a Secret. */
export function isKey(path: string): boolean {
  return /^(data|stringData)[.[]/.test(path);
}

/** `password` of `data.password` and of `data["password"]`. */
export function keyOf(path: string): string {
  return path.replace(/^(data|stringData)[.[]/, "").replace(/^"|"?\]$/g, "");
}
