import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { during } from "../progress";
import type { Toolchain } from "../toolchain";
import { withLock } from "../toolchain/lock";
import type { Progress } from "../toolchain/progress";
import { writeWhole } from "../toolchain/stamp";
import type { Workspace } from "../workspace/workspace";
import { controlPlaneVersion } from "./configuration";
import {
  createControlPlane,
  isServing,
  startControlPlane,
  stopControlPlane,
} from "./control-plane";
import { readJson } from "./json-file";
import { renameContext } from "./kubeconfig";
import { kubectl } from "./kubectl";
import { clusterPaths, type ClusterPaths } from "./names";
import { clusterObjects, type ClusterDemands, ownLabel } from "./objects";
import { ownProcesses } from "./processes";
import { noteVolumes, removeVolumes } from "./volumes";

/** An embedded cluster that answers. */
export interface EmbeddedCluster {
  readonly kubeconfig: string;
  /** No `up` has succeeded on it since it was made: what a state remembers may not be on it. */
  readonly created: boolean;
}

/** What a cluster was made with; written when all of it is there. */
interface ClusterRecord {
  readonly programs: string;
  readonly context: string;
  readonly objects: string;
  /** No `up` has succeeded on it yet. */
  readonly unseen?: boolean | undefined;
}

/** How a stack's embedded cluster is. */
export type ClusterStatus = "absent" | "stopped" | "running";

/**
 * Makes sure that the stack's embedded cluster runs and offers what the stack demands. One that was
 * interrupted in the making, or that was made with other programs, is made anew.
 */
export async function ensureCluster(
  workspace: Workspace,
  tools: Toolchain,
  stack: string,
  demands: ClusterDemands,
  progress: Progress,
): Promise<EmbeddedCluster> {
  const paths = clusterPaths(workspace, stack);
  return alone(workspace, stack, async () => {
    const previous = readRecord(paths);
    const wanted: ClusterRecord = {
      programs: fingerprint([programsOf(tools), controlPlaneVersion]),
      context: demands.context,
      objects: fingerprint([clusterObjects(demands), tools.crds]),
    };
    const reusable = previous?.programs === wanted.programs;
    const unseen = !reusable || previous.unseen === true;
    if (!reusable) {
      await remove(tools, paths);
      await during(progress, "Making the embedded cluster", () =>
        createControlPlane(workspace, tools, paths, demands.context),
      );
    } else {
      if (!(await isServing(tools, paths))) {
        await during(progress, "Starting the embedded cluster", () =>
          startControlPlane(workspace, tools, paths),
        );
      }
      if (previous.context !== wanted.context) {
        const renamed = renameContext(readFileSync(paths.kubeconfig, "utf8"), demands.context);
        writeFileSync(paths.kubeconfig, renamed, { mode: 0o600 });
      }
    }
    if (!reusable || previous.objects !== wanted.objects) {
      await during(progress, "Giving the embedded cluster its classes, nodes and CRDs", () =>
        applyObjects(tools, paths, demands),
      );
    }
    writeRecord(paths, { ...wanted, unseen: unseen || undefined });
    return { kubeconfig: paths.kubeconfig, created: unseen };
  });
}

/** The stack's embedded cluster if it runs; changes nothing. */
export async function runningCluster(
  workspace: Workspace,
  tools: Toolchain,
  stack: string,
): Promise<EmbeddedCluster | undefined> {
  const paths = clusterPaths(workspace, stack);
  const record = readRecord(paths);
  if (record === undefined || !(await isServing(tools, paths))) return undefined;
  return { kubeconfig: paths.kubeconfig, created: record.unseen === true };
}

/** Notes that an `up` has succeeded on the stack's embedded cluster: the state is of this one now. */
export async function noteSeen(workspace: Workspace, stack: string): Promise<void> {
  const paths = clusterPaths(workspace, stack);
  await alone(workspace, stack, () => {
    const record = readRecord(paths);
    if (record?.unseen === true) {
      writeRecord(paths, { ...record, unseen: undefined }); // Which JSON leaves out.
    }
    return Promise.resolve();
  });
}

/** Looks how the stack's embedded cluster is, and changes nothing. */
export async function clusterStatus(
  workspace: Workspace,
  tools: Toolchain,
  stack: string,
): Promise<ClusterStatus> {
  const paths = clusterPaths(workspace, stack);
  if (readRecord(paths) === undefined) return "absent";
  return (await isServing(tools, paths)) ? "running" : "stopped";
}

/** Stops the stack's embedded cluster and keeps its data. */
export async function stopCluster(
  workspace: Workspace,
  tools: Toolchain,
  stack: string,
): Promise<void> {
  const paths = clusterPaths(workspace, stack);
  await alone(workspace, stack, async () => {
    if (!existsSync(paths.folder)) return;
    if (await isServing(tools, paths)) await noteVolumes(tools.kubectl, paths);
    await stopControlPlane(workspace, tools, paths);
  });
}

/** Removes the stack's embedded cluster with its data and the folders of its volumes. */
export async function deleteCluster(
  workspace: Workspace,
  tools: Toolchain,
  stack: string,
): Promise<void> {
  const paths = clusterPaths(workspace, stack);
  await alone(workspace, stack, () => remove(tools, paths));
}

async function remove(tools: Toolchain, paths: ClusterPaths): Promise<void> {
  if (await isServing(tools, paths)) await noteVolumes(tools.kubectl, paths);
  // Not through kwokctl: it cannot read the configuration of a cluster that was half made.
  for (const { pid } of ownProcesses(paths.folder)) process.kill(pid, "SIGKILL");
  removeVolumes(paths);
  rmSync(paths.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function applyObjects(
  tools: Toolchain,
  paths: ClusterPaths,
  demands: ClusterDemands,
): Promise<void> {
  const objects = clusterObjects(demands);
  const file = join(paths.folder, "objects.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  // Server-side, because an annotation of the client's kind has no room for KEDA's definitions.
  const files = [file, ...tools.crds].flatMap((path) => ["-f", path]);
  const run = (args: readonly string[]): Promise<string> => kubectl(tools.kubectl, paths, args);
  await run(["apply", "--server-side", "--force-conflicts", ...files]);

  const kinds = "storageclasses,ingressclasses";
  const selector = Object.entries(ownLabel).map(([key, value]) => `${key}=${value}`);
  const present = await run(["get", kinds, "-l", selector.join(), "-o", "name"]);
  const wanted = objects.map(({ kind, metadata }) => `${kind.toLowerCase()}.${metadata.name}`);
  const stale = present
    .split("\n")
    .filter((name) => name !== "" && !wanted.includes(name.replace(/\..*\//, ".")));
  if (stale.length > 0) await run(["delete", ...stale]);

  await untilReady(run);
}

interface ObjectList {
  readonly items: readonly {
    readonly status?: {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

/** Waits for nodes and definitions. `kubectl wait` asks for each by itself, which takes seconds. */
async function untilReady(run: (args: readonly string[]) => Promise<string>): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const list = JSON.parse(await run(["get", "nodes,crds", "-o", "json"])) as ObjectList;
    const ready = list.items.filter(({ status }) =>
      status?.conditions?.some(
        ({ type, status: state }) =>
          (type === "Ready" || type === "Established") && state === "True",
      ),
    );
    if (ready.length === list.items.length) return;
    if (Date.now() > end) {
      const missing = list.items.length - ready.length;
      throw new Error(`${missing} nodes or definitions of the embedded cluster are not ready.`);
    }
    await sleep(200);
  }
}

/** Does something while no other process of ours starts, changes or stops this cluster. */
function alone<T>(workspace: Workspace, stack: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(workspace.clusters, { recursive: true, mode: 0o700 });
  return withLock(join(workspace.base, "locks", `cluster-${stack}`), work);
}

function readRecord({ record, kubeconfig }: ClusterPaths): ClusterRecord | undefined {
  if (!existsSync(kubeconfig)) return undefined;
  return (readJson(record) ?? undefined) as ClusterRecord | undefined;
}

function writeRecord({ record }: ClusterPaths, content: ClusterRecord): void {
  writeWhole(record, JSON.stringify(content));
}

function programsOf(tools: Toolchain): readonly string[] {
  const {
    kubectl: client,
    kwok,
    etcd,
    kubeApiserver,
    kubeControllerManager,
    kubeScheduler,
  } = tools;
  return [client, kwok, etcd, kubeApiserver, kubeControllerManager, kubeScheduler, ...tools.stages];
}

function fingerprint(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
