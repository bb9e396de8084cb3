import { type Command, InvalidArgumentError, Option } from "commander";

import type { Settings } from "../../config/settings";
import { UserError } from "../errors";
import { Journal, journalFile } from "../journal";
import { openApi } from "../kubernetes";
import { during, showSteps, silent } from "../progress";
import { agree, interruptible } from "../restore/session";
import {
  carryOut,
  intents,
  look,
  nextStep,
  type Place,
  planData,
  planText,
  refusals,
  resultData,
  resultText,
  type Retiring,
  type Situation,
  type StepName,
  unreached,
} from "../retire";
import { type Target, withTarget } from "../target";
import { openWorkspace } from "../workspace";
import { stackOption, type StackOptions } from "./stack-option";

interface RetireOptions extends StackOptions {
  readonly system: "faultmaven";
  readonly apply?: true;
  readonly back?: true;
  readonly remove?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly record?: string;
  readonly timeout: number;
  readonly embedded?: true;
}

const refusedExit = 3;
const steps = ["apply", "back", "remove"] as const;

/** `retire`: what FaultMaven takes over from, to zero and back. */
export function addRetire(program: Command): void {
  const step = (name: StepName, description: string): Option =>
    new Option(`--${name}`, description).conflicts(steps.filter((other) => other !== name));
  program
    .command("retire")
    .summary("scale the old services of a system to zero, and back")
    .description(
      "Stops the services that a system takes over from, keeps them at zero for a stated time, and\n" +
        "starts them again as they were. Which ones: platform:faultmaven.legacy of the stack. Without a\n" +
        "step it shows how they stand, who still sends to them and whether the system has taken over,\n" +
        "and changes nothing. How many replicas there were is noted on each Deployment in the same\n" +
        "change that stops it. Works on the context that the stack names, with your own kubeconfig.",
    )
    .addOption(stackOption())
    .addOption(
      new Option("--system <system>", "who has taken over")
        .choices(["faultmaven"])
        .makeOptionMandatory(),
    )
    .addOption(step("apply", "scales them to zero, and waits until their pods are gone"))
    .addOption(step("back", "starts them as they were, and waits until they are ready"))
    .addOption(step("remove", "deletes the Deployments, once the time to keep them is over"))
    .option("-y, --yes", "does not ask before it begins")
    .option("--json", "tells of it as JSON")
    .option("--record <file>", "where the record is kept (default: below .platform/records)")
    .option("--timeout <minutes>", "how long pods may take to end, or to get ready", minutes, 15)
    .option("--embedded", "on the stack's embedded cluster, whose pods are simulated")
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  done; without a step: nothing is in the way\n" +
        "  1  not done, or not all of it; the message says what, and a second run goes on\n" +
        "  3  refused: FaultMaven is not ready, or the time to keep them is not over; nothing was changed\n" +
        "\nExamples:\n" +
        "  npm run retire -- --stack prod --system faultmaven\n" +
        "  npm run retire -- --stack prod --system faultmaven --apply\n" +
        "  npm run retire -- --stack prod --system faultmaven --back\n" +
        "  npm run retire -- --stack prod --system faultmaven --remove",
    )
    .action((options: RetireOptions) => retire(options));
}

async function retire(options: RetireOptions): Promise<void> {
  const { stack, embedded = false } = options;
  const progress = showSteps();
  const where = { workspace: openWorkspace(), stack, embedded, progress };
  await withTarget(where, (target) => retireIn(target, options));
}

async function retireIn(target: Target, options: RetireOptions): Promise<void> {
  const { context, kubeconfig, settings, stack } = target;
  const faultmaven = retiring(settings);
  const place: Place = { stack, context, embedded: target.kind === "embedded" };
  const progress = showSteps();
  const api = await openApi({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) });
  const before = await during(progress, "Looking at the old services", () =>
    look(api, faultmaven, new Date()),
  );
  const step = steps.find((name) => options[name] === true);
  if (step === undefined) {
    const next = nextStep(before);
    tell(options, planData(before, next, place), planText(before, next, place));
    if (refusals(before, next).length > 0) process.exitCode = refusedExit;
    return;
  }
  const inTheWay = refusals(before, step);
  if (inTheWay.length > 0) {
    throw new UserError(inTheWay.join("\n"), "Nothing was changed.", refusedExit);
  }
  if (intents(before, step).length === 0) {
    tell(options, planData(before, step, place), planText(before, step, place));
    requireReached(before, step);
    return;
  }
  console.error(`${planText(before, step, place)}\n`);
  await agree(options.yes === true);
  const file = options.record ?? journalFile(target.workspace, "retire", new Date());
  const head = { command: `retire --${step}`, context, startedAt: new Date().toISOString() };
  const journal = new Journal(file, head, silent);
  const { legacy } = faultmaven;
  const site = { api, legacy, journal, progress, patienceMs: options.timeout * 60_000 };
  const timing = await interruptible(
    "What was begun is noted on the Deployments: the same command goes on, --back goes back.",
    () => carryOut(site, before, step),
  );
  // What was deleted cannot be looked at any more; what stays was.
  const after = step === "remove" ? before : await look(api, faultmaven, new Date());
  tell(
    options,
    resultData(step, timing, after, place, file),
    resultText(step, timing, after, place, file),
  );
  requireReached(after, step);
}

/** Fails where a step ended well, and what is seen after it is not what it is for. */
function requireReached(after: Situation, step: StepName): void {
  const faults = unreached(after, step);
  if (faults.length === 0) return;
  throw new UserError(
    faults.join("\n"),
    step === "back"
      ? "Bring them from where they come from: how they were is not known here."
      : "Stop whoever starts them, then run the same command again.",
  );
}

/** The settings of FaultMaven, where they say what is old. */
function retiring({ faultmaven }: Settings): Retiring {
  const { legacy } = faultmaven;
  if (legacy === undefined) {
    throw new UserError(
      "platform:faultmaven.legacy is not set: there is nothing to retire.",
      "Set it to { namespace, deployments: [names] }; document 002, 6.3, has the names of the nine.",
    );
  }
  return { ...faultmaven, legacy };
}

function tell({ json }: RetireOptions, data: object, text: string): void {
  console.log(json === true ? JSON.stringify(data, undefined, 2) : text);
}

function minutes(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a whole number of minutes, at least 1.");
}
