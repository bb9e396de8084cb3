import { join } from "node:path";

import { type Command, Option } from "commander";

import { ChildFailure } from "../process";
import {
  figuresAsText,
  figuresVariable,
  layers,
  proofFiles,
  readFigures,
  runLayer,
  tell,
} from "../testing";
import { ensureToolchain } from "../toolchain";
import { openWorkspace, withTemporaryFolder } from "../workspace";

interface ProofOptions {
  readonly reduced: boolean;
  readonly only?: string;
  readonly json: boolean;
}

/** `proof`: the claims of the documents, tried and counted. */
export function addProof(program: Command): void {
  program
    .command("proof")
    .summary("prove what the documents claim, and print the figures")
    .description(
      "Tries what the documents claim about security and faults: on the rendered stacks, and on embedded\n" +
        "clusters of its own, which end with it. Prints what was tried, how often, and what was seen.\n" +
        "Takes more than an hour on two cores. How fast it all is: npm run bench.",
    )
    .option("--only <text>", "only the proofs with this text in the name of their file")
    .option("--reduced", "fewer trials, as npm run test:proof does", false)
    .addOption(new Option("--json", "the figures as JSON, on standard output").default(false))
    .addHelpText(
      "after",
      "\nEnds with 1 when a claim does not hold.\n" +
        "\nExamples:\n  npm run proof\n  npm run proof -- --only killed --json",
    )
    .action(proof);
}

/** The layer with the data tests, of which some prove a claim too; one at a time, as times are among the figures. */
const everywhere = {
  ...layers.proof,
  command: [...layers.proof.command, "data", "--runInBand"],
} as const;

async function proof({ reduced, only, json }: ProofOptions): Promise<void> {
  const workspace = openWorkspace();
  const files = proofFiles(workspace.repository, only);
  await ensureToolchain();
  await withTemporaryFolder(workspace, async (folder) => {
    const file = join(folder, "figures");
    const outcome = await runLayer(workspace, everywhere, ["--runTestsByPath", ...files], {
      [figuresVariable]: file,
      PLATFORM_TRIALS: reduced ? "reduced" : "full",
    });
    const figures = readFigures(file);
    if (json) {
      console.log(JSON.stringify({ trials: reduced ? "reduced" : "full", figures }, null, 2));
    } else {
      console.log(`\n${figuresAsText(figures)}`);
    }
    tell([outcome], []);
    if (outcome.code !== 0) throw new ChildFailure(outcome.title, outcome.code);
  });
}
