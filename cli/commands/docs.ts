import { join } from "node:path";

import type { Command } from "commander";
import { parse } from "yaml";

import {
  type KubernetesObject,
  pageFile,
  pageNames,
  policyPage,
  reviewingPage,
  servicesPage,
  streamsPage,
  writePage,
} from "../docs";
import { during, showSteps } from "../progress";
import { renderObjects } from "../render";
import { reachOf, roleManifests } from "../roles";
import { ensureToolchain } from "../toolchain";
import { listStacks, openWorkspace } from "../workspace";

/** `docs`: the documents that are made from the program. */
export function addDocs(program: Command): void {
  program
    .command("docs")
    .summary("write the documents that are made from the program")
    .description(
      "Renders all stacks and writes docs/SERVICES.md and docs/POLICY.md from their objects, docs/STREAMS.md,\n" +
        "the example in docs/REVIEWING.md, and the roles of the pipeline in rbac/.",
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
  const pages = {
    "SERVICES.md": servicesPage(stacks),
    "STREAMS.md": streamsPage(),
    "POLICY.md": policyPage(stacks),
    "REVIEWING.md": reviewingPage(workspace.repository),
  };
  for (const page of pageNames) {
    const changed = writePage(pageFile(workspace.repository, page), pages[page]);
    console.log(`docs/${page} ${changed ? "is written anew." : "was up to date."}`);
  }
  for (const [name, text] of Object.entries(roleManifests(reachOf(workspace)))) {
    const changed = writePage(join(workspace.repository, "rbac", name), text);
    console.log(`rbac/${name} ${changed ? "is written anew." : "was up to date."}`);
  }
}
