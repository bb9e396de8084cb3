import type { Command } from "commander";

import { deleteCluster, stopCluster } from "../cluster";
import { during, showSteps } from "../progress";
import { alone, operate, refreshArguments, withSession } from "../session";
import { ensureToolchain, type Toolchain } from "../toolchain";
import type { Progress } from "../toolchain/progress";
import {
  describeResource,
  openWorkspace,
  requireStack,
  type StateResource,
  stateResources,
  type Workspace,
} from "../workspace";
import { pulumiArguments } from "./pulumi-arguments";
import { stackOption, type StackOptions } from "./stack-option";

/** `down`: the opposite of `up`. */
export function addDown(program: Command): void {
  program
    .command("down")
    .summary("take a stack down from its embedded cluster")
    .description(
      "Destroys the stack on its embedded cluster and removes the cluster. What is protected stays, on\n" +
        "the stopped cluster, and is named. Other arguments go on to `pulumi destroy`.",
    )
    .addOption(stackOption())
    .allowUnknownOption()
    .argument("[pulumi...]", "arguments for `pulumi destroy`")
    .addHelpText("after", "\nExample:\n  npm run down -- --stack staging")
    .action((args: string[], options: StackOptions) => down(options.stack, pulumiArguments(args)));
}

async function down(stack: string, args: readonly string[]): Promise<void> {
  const workspace = openWorkspace();
  requireStack(workspace, stack);
  const progress = showSteps();
  const tools = await ensureToolchain();
  // Without state there is nothing to destroy, and no reason to start a cluster for it.
  const wasEmpty = await alone({ workspace, stack, progress }, async () => {
    const empty = stateResources(workspace, stack).length === 0;
    if (empty) await putAway(workspace, tools, stack, progress);
    return empty;
  });
  if (wasEmpty) return;
  await withSession({ workspace, stack, progress }, async (session) => {
    await operate(
      session,
      "destroy",
      [
        "--yes",
        "--skip-preview",
        "--exclude-protected",
        "--suppress-permalink=true",
        "--suppress-outputs",
        // What is protected would stay in the state for ever if it went with an earlier cluster.
        ...refreshArguments(session),
        ...args,
      ],
      { show: true },
    );
    // Before anyone else can bring the stack up again.
    await putAway(workspace, tools, stack, progress);
  });
}

/** Removes the cluster, or only stops it where something is left on it. */
async function putAway(
  workspace: Workspace,
  tools: Toolchain,
  stack: string,
  progress: Progress,
): Promise<void> {
  const left = leftovers(stateResources(workspace, stack));
  if (left.length === 0) {
    await during(progress, "Removing the embedded cluster", () =>
      deleteCluster(workspace, tools, stack),
    );
    console.log(`\nStack ${stack} is down, and nothing of it is left.`);
    return;
  }
  await during(progress, "Stopping the embedded cluster", () =>
    stopCluster(workspace, tools, stack),
  );
  console.log(
    `\nStack ${stack} is down, except for what follows. It stays, on the stopped cluster, and the ` +
      `next \`up\` finds it:\n${left.map((line) => `  ${line}`).join("\n")}`,
  );
}

/**
 * What is left of a stack, in words: objects and random values. The stack itself, its providers and
 * its components are no more than names.
 */
export function leftovers(resources: readonly StateResource[]): string[] {
  return resources
    .filter(({ type }) => /^(kubernetes|random):/.test(type))
    .map((it) => `${describeResource(it)}${it.protect === true ? ", which is protected" : ""}`)
    .sort();
}
