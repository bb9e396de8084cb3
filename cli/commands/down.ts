import type { Command } from "commander";

import { deleteCluster, stopCluster } from "../cluster";
import { during, showSteps } from "../progress";
import { operate, withSession } from "../session";
import { ensureToolchain } from "../toolchain";
import {
  describeResource,
  openWorkspace,
  requireStack,
  stateResources,
  withStackLock,
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
      "Destroys the stack on its embedded cluster and stops the cluster. What is protected stays,\n" +
        "and is named. Other arguments go on to `pulumi destroy`.",
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
  // Without state there is nothing to destroy, and no reason to start a cluster for it.
  if (stateResources(workspace, stack).length > 0) await destroy(workspace, stack, args);
  const tools = await ensureToolchain();
  await withStackLock(workspace, stack, async () => {
    const kept = stateResources(workspace, stack).filter(({ protect }) => protect === true);
    if (kept.length === 0) {
      await during(progress, "Removing the embedded cluster", () =>
        deleteCluster(workspace, tools, stack),
      );
      console.log(`\nStack ${stack} is down, and nothing of it is left.`);
      return;
    }
    await during(progress, "Stopping the embedded cluster", () =>
      stopCluster(workspace, tools, stack),
    );
    const names = kept.map((resource) => `  ${describeResource(resource)}`).sort();
    console.log(
      `\nStack ${stack} is down, except for what is protected. These stay, on the stopped cluster, ` +
        `and the next \`up\` finds them:\n${names.join("\n")}`,
    );
  });
}

async function destroy(
  workspace: Workspace,
  stack: string,
  args: readonly string[],
): Promise<void> {
  await withSession({ workspace, stack, progress: showSteps() }, async (session) => {
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
        ...(session.cluster?.created === true ? ["--refresh"] : []),
        ...args,
      ],
      { show: true },
    );
  });
}
