import { type Command, InvalidArgumentError, Option } from "commander";

import {
  backups,
  credentials,
  drift,
  driftIssue,
  forward,
  releaseLock,
  reviewComments,
} from "../ci/actions";

/** `ci`: what the workflows of GitHub Actions call, so that they hold nothing that needs a test. */
export function addCi(program: Command): void {
  const ci = program
    .command("ci")
    .summary("the steps of the workflows of GitHub Actions")
    .description(
      "The steps of the workflows in .github/workflows; docs/CI.md says what each workflow does.\n" +
        "They read GITHUB_TOKEN and the variables that GitHub Actions sets.",
    )
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  done, or nothing was to be done\n" +
        "  1  refused or failed; the message says why\n" +
        "\nExample:\n  npm run ci -- unlock --stack prod",
    );
  addReviews(ci);
  addApplying(ci);
  addNightly(ci);
  // npm takes options for itself until a `--`.
  ci.configureHelp({ commandUsage: () => "npm run ci -- SUBCOMMAND [options]" });
  for (const one of ci.commands) {
    one.configureHelp({ commandUsage: () => `npm run ci -- ${one.name()} [options]` });
  }
}

function addReviews(ci: Command): void {
  ci.command("review-comments")
    .description(
      "Puts the reviews of a finished run under its pull request, one comment a stack. What is in the\n" +
        "folder is not trusted: a fork's code may have written it.",
    )
    .addOption(folder())
    .action(reviewComments);
}

function addApplying(ci: Command): void {
  ci.command("credentials")
    .description(
      "Puts KUBECONFIG_DATA into a file for the steps after this one, and refuses one that lacks the\n" +
        "stack's context: commands that only read would take an embedded cluster instead.",
    )
    .addOption(stack())
    .action(credentials);
  ci.command("forward")
    .description("Refuses a commit older than what the stack's environment has.")
    .addOption(stack())
    .action(forward);
  ci.command("unlock")
    .description(
      "Releases the stack's lock if a job of ours that is over has left it, which the name of its\n" +
        "machine tells. Anybody else's is refused, with the name of who holds it.",
    )
    .addOption(stack())
    .option("--mine", "only if this very job has left it")
    .action(releaseLock);
}

function addNightly(ci: Command): void {
  ci.command("drift")
    .description("Looks for drift and leaves the report in a folder. Needs no token of GitHub.")
    .addOption(stack())
    .addOption(folder())
    .action(drift);
  ci.command("drift-issue")
    .description("Opens, changes or closes the one issue of the stack's drift. Needs no cluster.")
    .addOption(stack())
    .addOption(folder())
    .action(driftIssue);
  ci.command("backups")
    .description(
      "Fails where the newest backup of a store that is to be backed up by the clock is too old, or\n" +
        "the cluster has nothing that makes any.",
    )
    .addOption(stack())
    .option("--hours <number>", "the most that a backup may be old", hours, 26)
    .action(backups);
}

const stack = (): Option =>
  new Option("-s, --stack <stack>", "the stack, by its file").makeOptionMandatory();

const folder = (): Option =>
  new Option("--folder <folder>", "where the reports are").makeOptionMandatory();

function hours(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError("Expected a whole number of hours.");
}
