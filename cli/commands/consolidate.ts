import { join, resolve } from "node:path";

import { type Command, InvalidArgumentError, Option } from "commander";

import { type Adopting, adopting } from "../adopt";
import { systemIn } from "../adopt/adoption";
import { readPassphrase } from "../backup";
import {
  advance,
  deleteLeftovers,
  findRemaining,
  goAllBack,
  type Phase,
  phases,
  planConsolidation,
  planTextOf,
  releasesOf,
  type Request,
  type Site,
  Store,
} from "../consolidate";
import { Journal, journalFile } from "../journal";
import { openApi } from "../kubernetes";
import { during, showSteps } from "../progress";
import { agree } from "../restore/session";
import { type Target, withTarget } from "../target";
import { openWorkspace } from "../workspace";
import { stackOption, type StackOptions } from "./stack-option";

interface ConsolidateOptions extends StackOptions {
  readonly keep: string;
  readonly retire: readonly string[];
  readonly system?: Adopting;
  readonly decide: Readonly<Record<string, string>>;
  readonly leave: readonly string[];
  readonly withoutData: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly passphraseFile?: string;
  readonly apply?: true;
  readonly to: Phase;
  readonly write?: true;
  readonly back?: true;
  readonly deleteLeftovers?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly embedded?: true;
}

/** `consolidate`: several Helm releases as one stack. */
export function addConsolidate(program: Command): void {
  program
    .command("consolidate")
    .summary("make one stack of several Helm releases")
    .description(
      "Walks the plan of a consolidation: audit, backup, merge, retire, apply, validate. One release is\n" +
        "kept, which means that this program takes over its volumes and credentials (as adopt does); the\n" +
        "duplicates are uninstalled by Helm's own record, and their volumes stay. Without a step it shows\n" +
        "what each phase would do and changes nothing. What was done is written down, so that a run which\n" +
        "was cut off is ended by the next one.",
    )
    .addOption(stackOption())
    .requiredOption("--keep <namespace/release>", "the release that becomes the stack", key)
    .requiredOption(
      "--retire <namespace/release>",
      "a release that goes (may be said again)",
      (text: string, before: readonly string[] | undefined) => [...(before ?? []), key(text)],
    )
    .addOption(
      new Option(
        "--system <system>",
        "who takes over (default: the one in that namespace)",
      ).choices(adopting),
    )
    .addOption(
      new Option(
        "--decide <path=namespace/release>",
        "whose value is taken where the releases differ (may be said again)",
      )
        .argParser(decision)
        .default({}, "none"),
    )
    .addOption(
      new Option(
        "--leave <claim>",
        "a claim of the kept release that stays where it is (may be said again)",
      )
        .argParser(collect)
        .default([], "none"),
    )
    .addOption(
      new Option(
        "--without-data <namespace/release=reason>",
        "goes on although a release's data could not be archived; its volumes stay (may be said again)",
      )
        .argParser(exception)
        .default({}, "none"),
    )
    .option("--folder <folder>", "its state and archives (default: .platform/consolidations/STACK)")
    .option(
      "--passphrase-file <file>",
      "opens the archives (default: the variable PLATFORM_BACKUP_PASSPHRASE)",
    )
    .addOption(
      new Option("--apply", "goes on with the first phase that is not done").conflicts([
        "back",
        "deleteLeftovers",
      ]),
    )
    .addOption(
      new Option("--to <phase>", "with --apply: the last phase of this run")
        .choices(phases)
        .default("validate"),
    )
    .option("--write", "with --apply: writes missing settings into the stack file, and ends there")
    .addOption(
      new Option("--back", "goes back to where it began, from any phase").conflicts([
        "apply",
        "deleteLeftovers",
      ]),
    )
    .addOption(
      new Option(
        "--delete-leftovers",
        "at the end: deletes what is left of the releases, claims too, where a whole archive has their data; nothing goes back from it",
      ).conflicts(["apply", "back"]),
    )
    .option("-y, --yes", "does not ask before it begins")
    .option("--json", "tells of it as JSON")
    .option("--embedded", "on the stack's embedded cluster, whose pods are simulated")
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  done as far as was asked; of a plan: it could be made\n" +
        "  1  a phase failed; what it says is written down, and the next run begins with it\n" +
        "  3  refused: something is in the way, and nothing was changed by that phase\n" +
        "\nExamples, in the order of their use:\n" +
        "  npm run consolidate -- --stack prod --keep thunderline/thunderline --retire thunder/thunderline --retire cerebros/thunder\n" +
        "  npm run consolidate -- ... --apply --to merge --write\n" +
        "  npm run consolidate -- ... --apply\n" +
        "  npm run consolidate -- ... --back\n" +
        "  npm run consolidate -- ... --delete-leftovers",
    )
    .action(consolidate);
}

async function consolidate(options: ConsolidateOptions): Promise<void> {
  const { stack, embedded = false } = options;
  const workspace = openWorkspace();
  const progress = showSteps();
  await withTarget({ workspace, stack, embedded, progress }, async (target) => {
    const site = await siteOf(options, target);
    const { request, store } = site;
    store.check(target, request);
    if (options.deleteLeftovers === true) {
      await leftovers(options, site);
      return;
    }
    const releases = await releasesOf(site);
    if (options.back === true) {
      console.error("Starts again what was there before. Archives, volumes and Secrets stay.\n");
      await agree(options.yes === true);
      const undone = await goAllBack(site, releases);
      tell(options, { undone }, undone.join("\n") || "Nothing was done that could be undone.");
      return;
    }
    if (options.apply === true) {
      await agree(options.yes === true);
      store.open(target, request);
      const { done, stop } = await advance(site, releases, options.to);
      const lines = done.map(({ phase, says }) => `${phase}: ${says}`);
      tell(
        options,
        { done, stop },
        [...lines, ...(stop === undefined ? [] : [stop])].join("\n") ||
          `All phases to ${options.to} are done.`,
      );
      return;
    }
    const { plans, leftovers: left } = await during(
      progress,
      "Looking at what each phase would do",
      () => planConsolidation(site, releases),
    );
    tell(options, { plans, leftovers: left }, planTextOf(site, plans, left));
  });
}

async function leftovers(options: ConsolidateOptions, site: Site): Promise<void> {
  console.error(
    "Deletes what is left of the releases, their claims too. Nothing brings it back but the archives.\n",
  );
  await agree(options.yes === true);
  const { deleted, volumes, left } = await deleteLeftovers(
    site,
    await findRemaining(site.api, site.request),
  );
  tell(
    options,
    { deleted, volumes, left },
    [
      `Deleted: ${deleted.join(", ") || "nothing was left"}.`,
      ...(volumes.length === 0
        ? []
        : [`Volumes that stay, released, until you delete them: ${volumes.join(", ")}.`]),
      ...(left.length === 0 ? [] : [`Not deleted, since data may hang on it: ${left.join(", ")}.`]),
    ].join("\n"),
  );
}

async function siteOf(options: ConsolidateOptions, target: Target): Promise<Site> {
  const { workspace, stack, context, kubeconfig } = target;
  const progress = showSteps();
  const { keep, retire, decide, leave, withoutData } = options;
  const [namespace = ""] = keep.split("/");
  const request: Request = {
    ...{ keep, retire, leave, withoutData, decisions: decide, write: options.write === true },
    system: options.system ?? systemIn(target, namespace),
  };
  const folder = options.folder ?? join(workspace.base, "consolidations", stack);
  const startedAt = new Date();
  const head = { command: "consolidate", context, startedAt: startedAt.toISOString() };
  return {
    ...{ target, request, progress, show: options.json !== true },
    api: await openApi({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) }),
    store: new Store(resolve(folder)),
    journal: new Journal(journalFile(workspace, "consolidate", startedAt), head, progress),
    passphrase: readPassphrase(options.passphraseFile, process.env),
  };
}

function tell({ json }: ConsolidateOptions, data: unknown, text: string): void {
  console.log(json === true ? JSON.stringify(data, undefined, 2) : text);
}

function key(text: string): string {
  if (/^[a-z0-9-]+\/[a-z0-9][a-z0-9.-]*$/.test(text)) return text;
  throw new InvalidArgumentError("Expected namespace and name, such as thunderline/thunderline.");
}

function decision(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const at = text.lastIndexOf("=");
  if (at <= 0) throw new InvalidArgumentError("Expected web.replicas=thunder/thunderline.");
  return { ...before, [text.slice(0, at)]: key(text.slice(at + 1)) };
}

/** Only for a release that is named: what nobody can ask any more says nothing of the others. */
function exception(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  const reason = text.slice(at + 1).trim();
  if (at <= 0 || reason === "") {
    throw new InvalidArgumentError('Expected thunder/thunderline="why its data cannot be saved".');
  }
  return { ...before, [key(text.slice(0, at))]: reason };
}

function collect(claim: string, before: readonly string[]): readonly string[] {
  return [...before, claim];
}
