import { resolve } from "node:path";

import type { Command } from "commander";

import { during, showSteps } from "../progress";
import { renderStack } from "../render";
import { requireOutputFolder } from "../render/output-folder";
import { ensureToolchain } from "../toolchain";
import { openWorkspace, requireStack } from "../workspace";
import { stackOption, type StackOptions } from "./stack-option";

interface RenderOptions extends StackOptions {
  readonly out: string;
  readonly withSecrets?: true;
}

/** `render`: the stack's objects as YAML. */
export function addRender(program: Command): void {
  program
    .command("render")
    .summary("write a stack's Kubernetes objects as YAML")
    .description(
      "Writes the stack's Kubernetes objects as YAML, one object a file. Needs no cluster, and leaves\n" +
        "the state that `up` keeps alone.",
    )
    .addOption(stackOption())
    .requiredOption("-o, --out <folder>", "an empty or new folder, or that of an earlier rendering")
    .option("--with-secrets", "values made for this rendering in place of placeholders")
    .addHelpText("after", "\nExample:\n  npm run render -- --stack prod --out rendered/prod")
    .action(render);
}

async function render({ stack, out, withSecrets }: RenderOptions): Promise<void> {
  const folder = resolve(out);
  const workspace = openWorkspace();
  const options = { workspace, withSecrets: withSecrets === true };
  // What is wrong with the wish is said before a set-up, which may take long.
  requireStack(workspace, stack);
  requireOutputFolder(folder);
  await ensureToolchain({ only: "engine" }); // Has a progress of its own.
  const files = await during(showSteps(), `Rendering stack ${stack}`, () =>
    renderStack(stack, folder, options),
  );
  console.log(`${files.length} objects of stack ${stack} are in ${folder}.`);
  console.log(
    withSecrets === true
      ? "The values in its Secrets were made for this rendering; they are not the stack's. Only you " +
          "can read the files."
      : "The values in its Secrets are placeholders; --with-secrets makes values for a rendering.",
  );
}
