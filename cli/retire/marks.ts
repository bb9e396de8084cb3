import type { Deployment, KubernetesObject } from "../kubernetes";
import { dayMs } from "./due";

/**
 * How a Deployment is retired and brought back: as merge patches, with what it was before in annotations
 * of the same patch, so that a run that is killed cannot lose the number.
 */
export const marks = {
  replicas: "retire.platform/replicas",
  since: "retire.platform/since",
  until: "retire.platform/until",
  paused: "retire.platform/paused-replicas",
} as const;

/** KEDA's own: holds a ScaledObject at a number. An autoscaler of Kubernetes does nothing at zero. */
const pause = "autoscaling.keda.sh/paused-replicas";

/** A merge patch; null takes a field away. */
export interface Patch {
  readonly metadata: {
    /** The API server refuses the patch where the object has changed since it was read. */
    readonly resourceVersion?: string;
    readonly annotations: Readonly<Record<string, string | null>>;
  };
  readonly spec?: { readonly replicas: number };
}

/** In seconds, as Kubernetes itself writes times. */
export function rfc3339(at: Date): string {
  return at.toISOString().replace(/\.\d+/, "");
}

/** What a Deployment had before it was retired; undefined where it is not. */
export function replicasBefore({ metadata }: KubernetesObject): number | undefined {
  const mark = metadata.annotations?.[marks.replicas];
  return mark !== undefined && /^\d+$/.test(mark) ? Number(mark) : undefined;
}

/** To zero, and kept for so many days; undefined where nothing is to be changed. */
export function stopPatch(object: Deployment, now: Date, keepDays: number): Patch | undefined {
  const { annotations = {} } = object.metadata;
  const replicas = object.spec?.replicas ?? 1;
  const before = replicasBefore(object);
  const stands = before !== undefined && replicas === 0;
  const since = stands ? new Date(annotations[marks.since] ?? NaN) : now;
  const from = Number.isNaN(since.getTime()) ? now : since;
  const until = rfc3339(new Date(from.getTime() + keepDays * dayMs));
  if (stands && annotations[marks.until] === until) return undefined;
  return {
    metadata: {
      ...versionOf(object),
      annotations: {
        // Once it is marked, the number in the mark is the one that counts; a zero is none to go back to.
        [marks.replicas]: String(before === undefined || before === 0 ? replicas : before),
        [marks.since]: rfc3339(from),
        [marks.until]: until,
      },
    },
    spec: { replicas: 0 },
  };
}

/** As many as they were, and what runs by now as it is; the marks stay until {@link releasePatch}, for a run that is killed in between. */
export function startPatch(object: Deployment): Patch | undefined {
  const before = replicasBefore(object);
  const replicas = object.spec?.replicas ?? 1;
  if (before === undefined || before === 0 || replicas > 0) return undefined;
  return { metadata: { ...versionOf(object), annotations: {} }, spec: { replicas: before } };
}

/** Takes the marks off. */
export function releasePatch(object: Deployment): Patch {
  return {
    metadata: {
      ...versionOf(object),
      annotations: { [marks.replicas]: null, [marks.since]: null, [marks.until]: null },
    },
  };
}

/** Holds a ScaledObject at zero; undefined where we have done so already. */
export function pausePatch(object: KubernetesObject): Patch | undefined {
  const { annotations = {} } = object.metadata;
  if (annotations[marks.paused] !== undefined && annotations[pause] === "0") return undefined;
  const before = annotations[marks.paused] ?? annotations[pause] ?? "";
  return {
    metadata: { ...versionOf(object), annotations: { [marks.paused]: before, [pause]: "0" } },
  };
}

/** Lets a ScaledObject go on as before; undefined where we do not hold it. */
export function resumePatch(object: KubernetesObject): Patch | undefined {
  const before = object.metadata.annotations?.[marks.paused];
  if (before === undefined) return undefined;
  return {
    metadata: {
      ...versionOf(object),
      annotations: { [marks.paused]: null, [pause]: before === "" ? null : before },
    },
  };
}

/** Whether a ScaledObject is held at zero, by whomever. */
export function isPaused({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[pause] === "0";
}

function versionOf({ metadata: { resourceVersion } }: KubernetesObject): {
  resourceVersion?: string;
} {
  return resourceVersion === undefined ? {} : { resourceVersion };
}
