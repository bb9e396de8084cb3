import type { EngineEvent } from "@pulumi/pulumi/automation";

import { check } from "../../policy/check";
import { factsOfStack } from "../../policy/facts";
import type { Exception } from "../../policy/model";
import { planOf } from "../plan";
import { ChildFailure, type ChildResult, runChild } from "../process";
import { renderObjects } from "../render";
import type { Target } from "../target";
import { pulumi, type Workspace } from "../workspace";
import { policyArguments } from "./arguments";
import { subjectsOfState } from "./state";

/** A rule that a resource does not keep. */
export interface Breach {
  readonly rule: string;
  /** A mandatory one stops an update. */
  readonly level: "mandatory" | "advisory";
  readonly urn: string;
  readonly message: string;
}

/** How a stack stands to the rules. */
export interface Standing {
  readonly stack: string;
  /** What was looked at: what was applied last, or what the program declares today. */
  readonly of: "state" | "program";
  readonly resources: number;
  readonly violations: readonly Breach[];
  readonly exceptions: readonly Exception[];
}

/** What the program declares today, rendered without a cluster: secrets have placeholders. */
export async function holdProgram(workspace: Workspace, stack: string): Promise<Standing> {
  const { state } = await renderObjects(stack, { workspace });
  const subjects = subjectsOfState(state);
  const { violations, exceptions } = check(subjects, factsOfStack(stack, workspace.repository));
  return {
    ...{ stack, of: "program", resources: subjects.length, exceptions },
    violations: violations.map(({ rule, severity, title, message }) => ({
      rule,
      level: severity === "low" ? "advisory" : "mandatory",
      urn: title,
      message,
    })),
  };
}

/** What was applied last, by the engine itself, which opens the secrets of the state for the rules. */
export async function holdState(target: Target): Promise<Standing> {
  const { stack, workspace } = target;
  const exported = await run(target, ["stack", "export", "--stack", stack]);
  const subjects = subjectsOfState(exported.stdout);
  // Their reasons are in no event of the engine.
  const { exceptions } = check(subjects, factsOfStack(stack, workspace.repository));
  const { violations } = planOf(stack, await analyze(target));
  return {
    ...{ stack, of: "state", resources: subjects.length, exceptions },
    violations: violations.map(({ policy, level, urn = "", message }) => ({
      rule: policy,
      level,
      urn,
      message,
    })),
  };
}

/** The events of an analysis; one that finds violations ends like one that fails. */
async function analyze(target: Target): Promise<readonly EngineEvent[]> {
  // Without --json this version of pulumi panics at a violation of a rule on the whole stack.
  const args = ["policy", "analyze", "--json", "--stack", target.stack];
  try {
    return eventsIn((await run(target, [...args, ...policyArguments(target.workspace)])).stdout);
  } catch (error) {
    const events = error instanceof ChildFailure ? eventsIn(error.output) : [];
    if (!events.some(({ policyEvent }) => policyEvent !== undefined)) throw error;
    return events;
  }
}

function eventsIn(output: string): readonly EngineEvent[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as EngineEvent);
}

/** Runs pulumi on the backend that the target's state is in. A failure is a ChildFailure. */
async function run(target: Target, args: readonly string[]): Promise<ChildResult> {
  if (target.session !== undefined) return pulumi(target.session.context, args);
  const { tools, workspace } = target;
  const options = { cwd: workspace.repository, env: process.env };
  const result = await runChild(tools.pulumi, ["--non-interactive", ...args], options);
  if (result.code === 0) return result;
  throw new ChildFailure("pulumi", result.code, `${result.stdout}${result.stderr}`);
}
