import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { stringify } from "yaml";

import { UserError } from "../errors";
import type { Toolchain } from "../toolchain";
import { run } from "../toolchain/process";
import { writeWhole } from "../toolchain/stamp";
import type { Workspace } from "../workspace/workspace";
import { addressStages, failureStages, kwokConfiguration } from "./configuration";
import { readJson } from "./json-file";
import { renameContext } from "./kubeconfig";
import { kubectl } from "./kubectl";
import type { ClusterPaths } from "./names";
import { freePorts, takenPorts } from "./ports";
import { ownProcesses } from "./processes";

/** etcd, API server, controller manager, scheduler and kwok's own controller. */
const components = 5;

/** Whether all of a cluster's processes run and its API server answers. */
export async function isServing(tools: Toolchain, paths: ClusterPaths): Promise<boolean> {
  if (ownProcesses(paths.folder).length < components) return false;
  return kubectl(tools.kubectl, paths, ["get", "--raw", "/readyz", "--request-timeout=5s"]).then(
    () => true,
    () => false,
  );
}

/** Makes a control plane and starts it. */
export async function createControlPlane(
  workspace: Workspace,
  tools: Toolchain,
  paths: ClusterPaths,
  context: string,
): Promise<void> {
  const [kubeApiserver, etcd, etcdPeer, kwokController, kubeControllerManager, kubeScheduler] =
    (await freePorts(6)) as [number, number, number, number, number, number];
  const ports = {
    kubeApiserver,
    etcd,
    etcdPeer,
    kwokController,
    kubeControllerManager,
    kubeScheduler,
  };
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
  writeWhole(portsFile(paths), JSON.stringify(Object.values(ports)));
  const configuration = join(workspace.clusters, `${paths.name}.yaml`);
  const own = [kwokConfiguration(paths, tools, ports), ...addressStages, ...failureStages];
  const documents = [
    ...own.map((document) => stringify(document)),
    ...tools.stages.map((path) => readFileSync(path, "utf8")),
  ];
  writeFileSync(configuration, documents.join("---\n"), { mode: 0o600 });
  try {
    await kwokctl(workspace, tools, paths, [
      "create",
      "cluster",
      "--config",
      configuration,
      "--kubeconfig",
      paths.kubeconfig,
      // A lease would keep a restarted kwok from its nodes until it ends.
      "--node-lease-duration-seconds",
      "0",
      "--wait",
      "60s",
    ]);
  } finally {
    rmSync(configuration);
  }
  writeFileSync(paths.kubeconfig, renameContext(readFileSync(paths.kubeconfig, "utf8"), context), {
    mode: 0o600,
  });
  await untilServing(tools, paths);
}

/** Starts a control plane that has been stopped, or whose processes have died. */
export async function startControlPlane(
  workspace: Workspace,
  tools: Toolchain,
  paths: ClusterPaths,
): Promise<void> {
  const running = ownProcesses(paths.folder);
  if (running.length === 0) await requirePorts(paths);
  await kwokctl(workspace, tools, paths, ["start", "cluster", "--wait", "60s"]);
  await untilServing(tools, paths);
}

/** Stops a control plane's processes; its data stay. */
export async function stopControlPlane(
  workspace: Workspace,
  tools: Toolchain,
  paths: ClusterPaths,
): Promise<void> {
  if (ownProcesses(paths.folder).length === 0) return;
  await kwokctl(workspace, tools, paths, ["stop", "cluster"]);
  await requirePorts(paths);
}

/** kwokctl does not wait for what it kills, and what it starts then dies of a port in use. */
async function requirePorts(paths: ClusterPaths): Promise<void> {
  const ports = (readJson(portsFile(paths)) ?? []) as number[];
  const taken = await takenPorts(ports, 10_000);
  if (taken.length === 0) return;
  throw new UserError(
    `Port ${taken.join(", ")} of the embedded cluster is in use by another program.`,
    `End that program; or remove ${paths.folder}, and the next run makes the cluster anew on other ` +
      "ports (all on it is simulated).",
  );
}

function portsFile({ folder }: ClusterPaths): string {
  return join(folder, "ports.json");
}

async function untilServing(tools: Toolchain, paths: ClusterPaths): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await isServing(tools, paths)) return;
    await sleep(500);
  }
  throw new UserError(
    "The embedded cluster does not answer.",
    `Its logs are in ${join(paths.folder, "logs")}. Another program may have taken one of its ` +
      `ports; to make the cluster anew, remove ${paths.folder} (all on it is simulated).`,
  );
}

async function kwokctl(
  workspace: Workspace,
  tools: Toolchain,
  paths: ClusterPaths,
  args: readonly string[],
): Promise<void> {
  const log = join(workspace.clusters, `${paths.name}.log`);
  const { code, stderr } = await run(tools.kwokctl, ["--name", paths.name, ...args], {
    log,
    timeoutMs: 90_000,
    env: {
      ...process.env,
      KUBECONFIG: paths.kubeconfig,
      KWOK_WORKDIR: workspace.base,
      // Without a kubectl kwokctl waits two minutes for one.
      KWOK_KUBECTL_BINARY: tools.kubectl,
    },
  });
  if (code === 0) return;
  const last = stderr.trim().split("\n").at(-1) ?? "";
  throw new UserError(
    `kwokctl ${args[0] ?? ""} failed: ${last}`,
    `All that it said is in ${log}. To make the cluster anew, remove ${paths.folder} (all on it ` +
      "is simulated).",
  );
}
