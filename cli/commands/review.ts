import { writeFileSync } from "node:fs";

import { type Command, Option } from "commander";

import { UserError } from "../errors";
import { type Plan, planAgainst, planUpdate } from "../plan";
import { policyArguments } from "../policy/arguments";
import { runChild } from "../process";
import { during, showSteps } from "../progress";
import { digestOf, writeDigest } from "../review/digest";
import {
  type Format,
  formats,
  isForbidden,
  reportText,
  type Review,
  reviewOf,
  type Subject,
} from "../review/report";
import { withTarget } from "../target";
import type { Progress } from "../toolchain/progress";
import { openWorkspace, requireStack, type Workspace } from "../workspace";
import { stackOption, type StackOptions } from "./stack-option";

interface ReviewOptions extends StackOptions {
  readonly against?: string;
  readonly format: Format;
  readonly out?: string;
  readonly digest?: string;
  readonly embedded?: boolean;
}

/** The codes of a report that says that the update would not go through. */
const wouldStop = { byFault: 1, byPolicy: 2 } as const;

/** `review`: what an update would change, for the people who have to agree to it. */
export function addReview(program: Command): void {
  program
    .command("review")
    .summary("tell what an update would change, worst first")
    .description(
      "Tells what an update of the stack would change, worst first: data, identity, exposure,\n" +
        "restarts, and what is quiet, with causes, connections in words, and totals. Changes nothing,\n" +
        "and shows no secret. docs/REVIEWING.md says how to read it.\n" +
        "Previews against the context that the stack names, with your own kubeconfig; where that has\n" +
        "none, against the stack's embedded cluster, or as a first deployment. With --against it\n" +
        "compares two revisions, and needs neither cluster nor credentials.",
    )
    .addOption(stackOption())
    .option("--against <ref>", "compares the working tree with this branch, tag or commit")
    .addOption(new Option("--format <format>", "how it is told").choices(formats).default("text"))
    .option("--out <file>", "writes the report to a file")
    .addOption(
      new Option(
        "--digest <file>",
        "writes what was reviewed, for `apply --reviewed`; only of a preview against a cluster",
      ).conflicts("against"),
    )
    .addOption(
      new Option("--embedded", "against the stack's embedded cluster").conflicts("against"),
    )
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  the report is made\n" +
        "  1  there is no report, or it tells of a fault that would stop the update\n" +
        "  2  the report tells of a mandatory rule of the policy pack that is not kept\n" +
        "\nExamples:\n" +
        "  npm run review -- --stack dev\n" +
        "  npm run review -- --stack prod --against main --format md --out review.md\n" +
        "  npm run review -- --stack prod --digest reviewed.json",
    )
    .action(run);
}

async function run(options: ReviewOptions): Promise<void> {
  const { stack, format, out, digest } = options;
  const workspace = openWorkspace();
  const { plan, subject } = await planOf(options, workspace, showSteps());
  const review = reviewOf(plan, subject);
  const text = reportText(review, format);
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  const code = exitCodeOf(review);
  if (digest !== undefined && code === 0) {
    writeDigest(digest, digestOf(stack, review.changes, await revisionOf(workspace)));
  } else if (digest !== undefined) {
    console.error(
      `${digest} is not written: this update would stop, so there is nothing to agree to.`,
    );
  }
  process.exitCode = code;
}

function exitCodeOf(review: Review): number {
  if (isForbidden(review)) return wouldStop.byPolicy;
  return review.errors.length > 0 ? wouldStop.byFault : 0;
}

interface Planned {
  readonly plan: Plan;
  readonly subject: Subject;
}

async function planOf(
  { stack, against, embedded = false, digest }: ReviewOptions,
  workspace: Workspace,
  progress: Progress,
): Promise<Planned> {
  const args = policyArguments(workspace);
  if (against !== undefined) {
    const { plan, base } = await planAgainst({ stack, ref: against, workspace, args, progress });
    const head = await revisionOf(workspace);
    return {
      plan,
      subject: {
        kind: "revisions",
        base: `${against} (${base.slice(0, 7)})`,
        head: head === undefined ? "the working tree" : head.slice(0, 7),
      },
    };
  }
  requireStack(workspace, stack);
  return withTarget({ stack, embedded, otherwise: "embedded", workspace, progress }, (target) => {
    const { kind, context } = target;
    if (kind === "none" && digest !== undefined) {
      throw new UserError(
        `Stack ${stack} has no cluster here: your kubeconfig has no context "${context}", and its ` +
          "embedded cluster does not run. A digest of a first deployment would fit nothing later.",
        `Set KUBECONFIG, or bring the embedded cluster up: npm run up -- --stack ${stack}`,
      );
    }
    return during(progress, `Previewing stack ${stack}`, async () => ({
      plan: await planUpdate(target, { args }),
      subject: { kind: "preview", target: kind, context },
    }));
  });
}

/** The commit that is checked out; undefined where the files differ from it, or it is not known. */
async function revisionOf({ repository }: Workspace): Promise<string | undefined> {
  const git = (...args: string[]): ReturnType<typeof runChild> =>
    runChild("git", args, { cwd: repository, env: process.env });
  const status = await git("status", "--porcelain");
  if (status.code !== 0 || status.stdout.trim() !== "") return undefined;
  const head = await git("rev-parse", "HEAD");
  return head.code === 0 ? head.stdout.trim() : undefined;
}
