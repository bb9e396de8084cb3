import { rmSync } from "node:fs";
import { join } from "node:path";

import { writeWhole } from "../toolchain/stamp";
import { readJson } from "./json-file";
import { kubectl } from "./kubectl";
import type { ClusterPaths } from "./names";

/** What the controller manager's host-path provisioner names its folders; it is built in. */
const provisioned = /^\/tmp\/hostpath_pv\/[0-9a-f-]{36}$/;

interface VolumeList {
  readonly items: readonly { readonly spec: { readonly hostPath?: { readonly path: string } } }[];
}

/**
 * Notes which folders the cluster's volumes are, so that they can be removed when the cluster
 * itself can no longer be asked.
 */
export async function noteVolumes(program: string, paths: ClusterPaths): Promise<void> {
  const list = JSON.parse(await kubectl(program, paths, ["get", "pv", "-o", "json"])) as VolumeList;
  const folders = list.items.flatMap(({ spec }) => spec.hostPath?.path ?? []);
  writeWhole(notes(paths), JSON.stringify(folders));
}

/** Removes the folders that were noted, and nothing that the provisioner did not make. */
export function removeVolumes(paths: ClusterPaths): void {
  for (const folder of (readJson(notes(paths)) ?? []) as string[]) {
    if (provisioned.test(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

function notes({ folder }: ClusterPaths): string {
  return join(folder, "volumes.json");
}
