import type { Command } from "commander";

import { policyArguments } from "../policy/arguments";
import { showSteps } from "../progress";
import { withSession } from "../session";
import { embeddedTarget } from "../target";
import { checkPhases } from "../telemetry/check";
import { localDay } from "../telemetry/day";
import { openWorkspace, readSettings } from "../workspace";
import { pulumiArguments } from "./pulumi-arguments";
import { stackOption, type StackOptions } from "./stack-option";
import { tellPlaceholders } from "./up";

/** `preview`: what `up` would do. */
export function addPreview(program: Command): void {
  program
    .command("preview")
    .summary("show what `up` would do")
    .description(
      "Shows what `up` would do: against the stack's embedded cluster when that runs, else as a first\n" +
        "deployment, which needs no cluster. The rules of the policy pack are checked too. Other\n" +
        "arguments go on to `pulumi preview`.",
    )
    .addOption(stackOption())
    .allowUnknownOption()
    .argument("[pulumi...]", "arguments for `pulumi preview`")
    .addHelpText("after", "\nExample:\n  npm run preview -- --stack prod --diff")
    .action((args: string[], options: StackOptions) =>
      preview(options.stack, pulumiArguments(args)),
    );
}

async function preview(stack: string, args: readonly string[]): Promise<void> {
  const workspace = openWorkspace();
  await withSession(
    { workspace, stack, cluster: "use", progress: showSteps() },
    async (session) => {
      const settings = readSettings(workspace, stack);
      const target = embeddedTarget({ workspace, stack, settings, tools: session.tools, session });
      await checkPhases(target, localDay(new Date()));
      tellPlaceholders(session);
      if (session.cluster === undefined) {
        console.error(
          "The embedded cluster does not run: this is the preview of a first deployment.",
        );
      }
      const all = [...policyArguments(workspace), ...args];
      await target.operate("preview", all, { show: true });
    },
  );
}
