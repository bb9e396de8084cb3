import type { Command } from "commander";

import { clusterStatus } from "../cluster";
import { ensureToolchain } from "../toolchain";
import { listStacks, openWorkspace } from "../workspace";

/** `setup`: everything that the other commands would set up when they need it. */
export function addSetup(program: Command): void {
  program
    .command("setup")
    .summary("set up what is missing, and say what there is")
    .description("Sets up what is missing, as every other command does, and says what there is.")
    .addHelpText("after", "\nExample:\n  npm run setup")
    .action(setup);
}

async function setup(): Promise<void> {
  const started = Date.now();
  const tools = await ensureToolchain();
  const workspace = openWorkspace();
  const rows = [
    ["pulumi", tools.pulumi],
    ["providers", tools.pulumiHome],
    ["kubectl", tools.kubectl],
    ["kwokctl", tools.kwokctl],
    ["kube-apiserver", tools.kubeApiserver],
    ["etcd", tools.etcd],
    ["definitions", `${tools.crds.length} custom resource definitions`],
    ["workspace", workspace.base],
  ];
  for (const stack of listStacks(workspace)) {
    rows.push([`stack ${stack}`, `cluster ${await clusterStatus(workspace, tools, stack)}`]);
  }
  for (const [name = "", value = ""] of rows) console.log(`${name.padEnd(16)}${value}`);
  console.log(`Everything is set up (${((Date.now() - started) / 1000).toFixed(1)} s).`);
}
