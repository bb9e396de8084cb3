import { posix } from "node:path";

import type { Given, SecretKeys } from "./credentials";
import type { Holding, User } from "./holdings";
import type { SecretKey, Workload } from "./objects";

/** A setting that has fields of its own: where a secret is, or how many replicas there are. */
export interface SettingMap {
  readonly [field: string]: string | number | boolean | SettingMap;
}

/** A setting that makes ours what the old one was, below the settings of the system. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: string | number | boolean | SettingMap;
  /** Without it the data would not be found or not be readable; others keep what clients know. */
  readonly must: boolean;
}

/** Whether ours can take over a volume as it is. */
export type Verdict =
  | {
      readonly adopt: true;
      readonly settings: readonly Setting[];
      readonly notes: readonly string[];
    }
  | { readonly adopt: false; readonly why: string; readonly mend: string };

/** What a verdict is made on. */
export interface Case {
  readonly holding: Holding;
  /** The one container that works on the data. */
  readonly user: User;
  /** Where the part's settings are, with the system in front, for people: `thunderline.postgres`. */
  readonly name: string;
  /** The settings of ours, as the stack has them now. */
  readonly ours: Readonly<Record<string, unknown>>;
  readonly keys: SecretKeys;
  /** The release's other workloads, which are clients of this one. */
  readonly clients: readonly Workload[];
}

export function refused(why: string, mend: string): Verdict {
  return { adopt: false, why, mend };
}

/** How the data come across where the volume cannot. */
export const byDump =
  "Dump the old store, let ours make a volume of its own, and load the dump into that before its clients start; docs/RUNBOOKS.md says how. Go on without this volume: --leave";

/** A folder as it stands in the volume; undefined where it is outside of it. `.` is the volume itself. */
export function folderInVolume(
  folder: string,
  { mountPath, subPath }: Pick<User, "mountPath" | "subPath">,
): string | undefined {
  const within = posix.relative(mountPath, folder);
  if (within.startsWith("..")) return undefined;
  return posix.join(subPath, within);
}

/** The user that a container runs as, where its pod says so. */
export function runsAs({ container, pod }: Pick<User, "container" | "pod">): number | undefined {
  return container.securityContext?.runAsUser ?? pod.securityContext?.runAsUser;
}

/** Another user than ours owns the files. Root is nobody that ours may be. */
export function userSetting({ ours }: Case, uid: number | undefined): readonly Setting[] {
  return uid === undefined || uid === 0 || uid === ours.runAsUser
    ? []
    : [{ path: ["runAsUser"], value: uid, must: true }];
}

/** A key of the old Secret as the source of one of our secrets. */
export function existing({ secretName, key }: SecretKey): Readonly<Record<string, string>> {
  return { from: "existing", secretName, key };
}

/** The same place, whatever is in it. */
export function isSame(a: Given, b: Given): boolean {
  if (a.from !== "secret" || b.from !== "secret") return false;
  return a.at.secretName === b.at.secretName && a.at.key === b.at.key;
}
