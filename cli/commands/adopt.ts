import { type Command, Option } from "commander";

import {
  type Adopting,
  adopting,
  type Adoption,
  again,
  applyAdoption,
  finishAdoption,
  goBack,
  planAdoption,
  readRelease,
  refusedExit,
  requireReady,
} from "../adopt";
import { systemIn } from "../adopt/adoption";
import { writeSettings } from "../adopt/proposal";
import {
  appliedText,
  finishedText,
  type Place,
  planData,
  planText,
  wentBackText,
} from "../adopt/report";
import { during, showSteps } from "../progress";
import { agree, interruptible } from "../restore/session";
import { type Target, withTarget } from "../target";
import { writeWhole } from "../toolchain/stamp";
import { openWorkspace } from "../workspace";
import { stackOption, type StackOptions } from "./stack-option";

interface AdoptOptions extends StackOptions {
  readonly release: string;
  readonly namespace: string;
  readonly system?: Adopting;
  readonly leave: readonly string[];
  readonly write?: true;
  readonly apply?: true;
  readonly finish?: true;
  readonly back?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly out?: string;
  readonly embedded?: true;
}

/** `adopt`: what must survive of a live Helm release, taken over. */
export function addAdopt(program: Command): void {
  const steps = ["write", "apply", "finish", "back"];
  const step = (name: string, description: string): Option =>
    new Option(`--${name}`, description).conflicts(steps.filter((other) => other !== name));
  program
    .command("adopt")
    .summary("take over the data of a live Helm release")
    .description(
      "Shows how this program would take over what must survive of a live Helm release: its claims are\n" +
        "mounted by name, its Secrets are referred to, and all else is made anew under our names beside\n" +
        "the old. Without a step it changes nothing. Nothing that holds data is replaced or deleted.\n" +
        "Works on the context that the stack names, with your own kubeconfig.",
    )
    .addOption(stackOption())
    .requiredOption("--release <name>", "the release, as `helm list` calls it")
    .requiredOption("-n, --namespace <namespace>", "where it is")
    .addOption(
      new Option(
        "--system <system>",
        "who takes over (default: the one in that namespace)",
      ).choices(adopting),
    )
    .option("--leave <claim>", "a claim that stays where it is (may be said again)", collect, [])
    .addOption(step("write", "adds the settings to the stack file"))
    .addOption(step("apply", "stops the old workloads and brings ours up on their volumes"))
    .addOption(step("finish", "removes the rest of the release, and Helm's marks"))
    .addOption(step("back", "before --finish: starts the old workloads again instead of ours"))
    .option("-y, --yes", "does not ask before it begins")
    .option("--json", "tells of it as JSON")
    .option("--out <file>", "writes it into a file")
    .option("--embedded", "on the stack's embedded cluster, whose pods are simulated")
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  done; of a plan: nothing is in the way\n" +
        "  1  not done, or there is no such release; the message says which\n" +
        "  3  refused: something is in the way, and nothing was changed\n" +
        "\nExamples, in the order of their use:\n" +
        "  npm run adopt -- --stack prod --release thunderline --namespace thunderline\n" +
        "  npm run adopt -- --stack prod --release thunderline --namespace thunderline --write\n" +
        "  npm run adopt -- --stack prod --release thunderline --namespace thunderline --apply\n" +
        "  npm run adopt -- --stack prod --release thunderline --namespace thunderline --finish",
    )
    .action((options: AdoptOptions) => adopt(options));
}

async function adopt(options: AdoptOptions): Promise<void> {
  const { stack, embedded = false } = options;
  const progress = showSteps();
  const where = { workspace: openWorkspace(), stack, embedded, progress };
  await withTarget(where, async (target) => {
    if (options.back === true) {
      await back(options, target);
      return;
    }
    const { release, namespace, system, leave } = options;
    const adoption = await during(progress, "Reading the release and rendering ours", () =>
      planAdoption(target, {
        ...{ release, namespace, leave, compare: options.finish !== true },
        ...(system === undefined ? {} : { system }),
      }),
    );
    await takeStep(options, target, adoption);
  });
}

async function takeStep(options: AdoptOptions, target: Target, adoption: Adoption): Promise<void> {
  const place = placeOf(target);
  const { stack, workspace } = target;
  const progress = showSteps();
  if (options.write === true) {
    const { missing, system } = adoption;
    const file = writeSettings(workspace, stack, system, missing);
    const added = missing.map(({ path }) => `platform:${system}.${path.join(".")}`);
    tell(
      options,
      { file, added },
      added.length === 0
        ? `${file} has all of the settings.`
        : `${file} has now:\n${added.map((name) => `  ${name}`).join("\n")}\nCommit it after --apply: until the old pods have left the volumes, an update is refused.`,
    );
  } else if (options.apply === true) {
    requireReady(stack, adoption);
    console.error(`${planText(adoption, place)}\n`);
    await agree(options.yes === true);
    const applied = await applyAdoption(target, adoption, progress, options.json !== true);
    tell(options, applied, appliedText(applied));
  } else if (options.finish === true) {
    console.error(
      "Removes what of the release holds no data, and Helm's marks. There is no --back after it.\n",
    );
    await agree(options.yes === true);
    const finished = await finishAdoption(target, adoption, progress);
    tell(options, finished, finishedText(finished));
  } else {
    tell(options, planData(adoption, place), planText(adoption, place));
    if (adoption.obstacles.length > 0) process.exitCode = refusedExit;
  }
}

async function back(options: AdoptOptions, target: Target): Promise<void> {
  const { kubectl } = target;
  const { namespace } = options;
  const release = await readRelease(kubectl, options.release, namespace);
  const system = options.system ?? systemIn(target, namespace);
  console.error(
    `Removes what of ours runs in ${namespace}, and starts release ${release.name} again. Its claims and\n` +
      "Secrets stay. What ours has written stays too: the old programs have to be able to read it.\n",
  );
  await agree(options.yes === true);
  const site = { kubectl, namespace, progress: showSteps() };
  const done = await interruptible(again, () => goBack(site, release, system));
  tell(options, done, wentBackText(done, placeOf(target)));
}

function placeOf({ stack, context, kind }: Target): Place {
  return { stack, context, embedded: kind === "embedded" };
}

function tell({ json, out }: AdoptOptions, data: unknown, text: string): void {
  const said = json === true ? JSON.stringify(data, undefined, 2) : text;
  if (out === undefined) {
    console.log(said);
  } else {
    writeWhole(out, `${said}\n`);
    console.error(`Written to ${out}.`);
  }
}

function collect(claim: string, before: readonly string[]): readonly string[] {
  return [...before, claim];
}
