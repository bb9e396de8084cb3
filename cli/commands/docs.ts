import type { Command } from "commander";
import { parse } from "yaml";

import { type KubernetesObject, pageFile, servicesPage, streamsPage, writePage } from "../docs";
import { during, showSteps } from "../progress";
import { renderObjects } from "../render";
import { ensureToolchain } from "../toolchain";
import { listStacks, openWorkspace } from "../workspace";

/** `docs`: the documents that are made from the program. */
export function addDocs(program: Command): void {
  program
    .command("docs")
    .summary("write the documents that are made from the program")
    .description(
      "Renders all stacks and writes docs/SERVICES.md from their objects, and docs/STREAMS.md.",
    )
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
  const pages = { "SERVICES.md": servicesPage(stacks), "STREAMS.md": streamsPage() } as const;
  for (const page of ["SERVICES.md", "STREAMS.md"] as const) {
    const changed = writePage(pageFile(workspace.repository, page), pages[page]);
    console.log(`docs/${page} ${changed ? "is written anew." : "was up to date."}`);
  }
}
