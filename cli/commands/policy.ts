import type { Command } from "commander";

import { UserError } from "../errors";
import { holdProgram, holdState, type Standing } from "../policy/hold";
import { standingText } from "../policy/report";
import { during, showSteps } from "../progress";
import { withTarget } from "../target";
import { openWorkspace, requireStack } from "../workspace";
import { stackOption, type StackOptions } from "./stack-option";

interface PolicyOptions extends StackOptions {
  readonly embedded?: boolean;
  readonly rendered?: true;
  readonly json?: true;
}

/** The code that says that a rule is not kept. 1 is for a check that failed. */
const broken = 2;

/** `policy`: how a stack stands to the rules of the policy pack. */
export function addPolicy(program: Command): void {
  program
    .command("policy")
    .summary("hold a stack to the rules of the policy pack")
    .description(
      "Holds the saved state of a stack, as it was applied last, to the rules in policy/, and lists\n" +
        "what does not keep to them and what is excepted, with the reasons. With --rendered: what the\n" +
        "program declares today, which needs neither a cluster nor credentials.\n" +
        "Works on the context that the stack names, with your own kubeconfig and backend; where the\n" +
        "kubeconfig has none, on the stack's embedded cluster. Nothing shows the value of a property.",
    )
    .addOption(stackOption())
    .option("--embedded", "the state of the stack's embedded cluster")
    .option("--rendered", "what the program declares, in place of a state")
    .option("--json", "tells of the result as JSON")
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  every rule is kept, or excepted with a reason\n" +
        "  1  it could not be checked; the message says why\n" +
        "  2  a rule is not kept\n" +
        "\nExamples:\n" +
        "  npm run policy -- --stack prod\n" +
        "  npm run policy -- --stack prod --rendered\n" +
        "  npm run policy -- --stack dev --embedded --json",
    )
    .action(run);
}

async function run(options: PolicyOptions): Promise<void> {
  const standing = await (options.rendered === true ? ofProgram(options) : ofState(options));
  console.log(
    options.json === true ? JSON.stringify(standing, undefined, 2) : standingText(standing),
  );
  if (standing.violations.some(({ level }) => level === "mandatory")) process.exitCode = broken;
}

async function ofProgram({ stack }: PolicyOptions): Promise<Standing> {
  const workspace = openWorkspace();
  requireStack(workspace, stack);
  return during(showSteps(), `Holding stack ${stack} to the rules`, () =>
    holdProgram(workspace, stack),
  );
}

async function ofState({ stack, embedded = false }: PolicyOptions): Promise<Standing> {
  const progress = showSteps();
  return withTarget({ stack, embedded, otherwise: "embedded", progress }, (target) => {
    if (target.kind === "none") {
      throw new UserError(
        `Stack ${stack} has no state here: your kubeconfig has no context "${target.context}", and ` +
          "its embedded cluster does not run.",
        "With --rendered, what the program declares is checked without either.",
      );
    }
    const where = target.kind === "embedded" ? "the embedded cluster" : `context ${target.context}`;
    return during(progress, `Holding the state of ${where} to the rules`, () => holdState(target));
  });
}
