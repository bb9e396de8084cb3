import { setTimeout as sleep } from "node:timers/promises";

import { clusterPaths, deleteCluster, ensureCluster, kubectl } from "../cluster";
import { silent } from "../progress";
import type { Toolchain } from "../toolchain";
import { openWorkspace, readSettings } from "../workspace";

/** A cluster on which nothing is yet. */
export interface FreshCluster {
  readonly kubeconfig: string;
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  /** Waits until all workloads are. */
  readonly untilReady: () => Promise<void>;
}

/** Does something with an embedded cluster of its own, as the stack asks for one, which ends with it. */
export async function withFreshCluster<T>(
  tools: Toolchain,
  { stack, base }: { readonly stack: string; readonly base: string },
  work: (cluster: FreshCluster) => Promise<T>,
): Promise<T> {
  const workspace = openWorkspace({ base });
  const { cluster } = readSettings(openWorkspace(), stack);
  try {
    const { kubeconfig } = await ensureCluster(workspace, tools, stack, cluster, silent);
    const paths = clusterPaths(workspace, stack);
    const ask = (...args: readonly string[]): Promise<string> =>
      kubectl(tools.kubectl, paths, args);
    return await work({ kubeconfig, kubectl: ask, untilReady: () => untilReady(ask) });
  } finally {
    await deleteCluster(workspace, tools, stack);
  }
}

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number; readonly succeeded?: number };
}

async function untilReady(ask: FreshCluster["kubectl"]): Promise<void> {
  const end = Date.now() + 300_000;
  for (;;) {
    const list = await ask("get", "deployments,statefulsets,jobs", "-A", "-o", "json");
    const { items } = JSON.parse(list) as { readonly items: readonly Workload[] };
    const waiting = items.filter(({ kind, spec, status }) =>
      kind === "Job"
        ? (status?.succeeded ?? 0) < 1
        : (status?.readyReplicas ?? 0) < (spec.replicas ?? 1),
    );
    if (waiting.length === 0) return;
    if (Date.now() > end) {
      const names = waiting.map(
        ({ kind, metadata: { name, namespace } }) => `${kind} ${namespace}/${name}`,
      );
      throw new Error(`Not ready after five minutes: ${names.join(", ")}`);
    }
    await sleep(200);
  }
}
