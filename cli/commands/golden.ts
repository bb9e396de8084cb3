import type { Command } from "commander";

import { writeGolden } from "../golden";
import { during, showSteps } from "../progress";
import { ensureToolchain } from "../toolchain";
import { listStacks, openWorkspace } from "../workspace";

/** `golden`: takes a wanted change over into `test/golden`. */
export function addGolden(program: Command): void {
  program
    .command("golden")
    .summary("take a wanted change over into test/golden")
    .description(
      "Renders all stacks and replaces their files in test/golden. Review the difference.",
    )
    .addHelpText("after", "\nExample:\n  npm run golden && git diff test/golden")
    .action(golden);
}

async function golden(): Promise<void> {
  await ensureToolchain({ only: "engine" }); // Has a progress of its own.
  const progress = showSteps();
  for (const stack of listStacks(openWorkspace())) {
    await during(progress, `Golden files of stack ${stack}`, () => writeGolden(stack));
  }
}
