import { createHash } from "node:crypto";
import { join } from "node:path";

import type { Workspace } from "../workspace/workspace";

/** Where an embedded cluster keeps what it is made of. */
export interface ClusterPaths {
  /** kwokctl's name for it. */
  readonly name: string;
  readonly folder: string;
  /** The only kubeconfig that knows it. */
  readonly kubeconfig: string;
  /** Written last: without it the cluster is half made. */
  readonly record: string;
}

/**
 * The paths of a stack's embedded cluster. The name follows the place as well as the stack: the
 * cluster's files name each other by absolute paths, so that a moved or copied folder needs
 * another one.
 */
export function clusterPaths(workspace: Workspace, stack: string): ClusterPaths {
  const place = createHash("sha256").update(workspace.base).digest("hex").slice(0, 8);
  const name = `platform-${stack}-${place}`;
  const folder = join(workspace.clusters, name);
  return {
    name,
    folder,
    kubeconfig: join(folder, "platform.kubeconfig"),
    record: join(folder, "platform.json"),
  };
}
