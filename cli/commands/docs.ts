import type { Command } from "commander";
import { parse } from "yaml";

import { type KubernetesObject, writeServices } from "../docs";
import { during, showSteps } from "../progress";
import { renderObjects } from "../render";
import { ensureToolchain } from "../toolchain";
import { listStacks, openWorkspace } from "../workspace";

/** `docs`: the documents that are made from the program. */
export function addDocs(program: Command): void {
  program
    .command("docs")
    .summary("write the documents that are made from the program")
    .description("Renders all stacks and writes docs/SERVICES.md from their objects.")
    .addHelpText("after", "\nExample:\n  npm run docs && git diff docs")
    .action(docs);
}

async function docs(): Promise<void> {
  const workspace = openWorkspace();
  await ensureToolchain({ only: "engine" }); // Has a progress of its own.
  const progress = showSteps();
  const stacks: Record<string, KubernetesObject[]> = {};
  for (const stack of listStacks(workspace)) {
    const { files } = await during(progress, `Rendering stack ${stack}`, () =>
      renderObjects(stack, { workspace }),
    );
    stacks[stack] = files.map(({ text }) => parse(text) as KubernetesObject);
  }
  const changed = writeServices(workspace.repository, stacks);
  console.log(`docs/SERVICES.md ${changed ? "is written anew." : "was up to date."}`);
}
