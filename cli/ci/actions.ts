import { appendFileSync } from "node:fs";

import { requireRealCluster } from "../cluster";
import { clusterOf } from "../commands/cluster-of";
import { UserError } from "../errors";
import { during, showSteps } from "../progress";
import { systems } from "../promote/images";
import { renderObjects } from "../render/render";
import { backupsAmong } from "../restore/backups";
import { objectsOf } from "../restore/cluster";
import type { CronJob } from "../restore/objects";
import { namespacesOf } from "../restore/system";
import { ensureToolchain } from "../toolchain";
import { listStacks, openWorkspace, readSettings, requireStack } from "../workspace";
import { agesOf, agesTable, expectedBackups } from "./backup-age";
import { placeKubeconfig } from "./credentials";
import { keepDriftIssue, lookForDrift } from "./drift";
import { requireForward } from "./forward";
import { GitHub } from "./github";
import { runCommand, usersPulumi } from "./programs";
import { finishedRun } from "./pull-request";
import { commentReviews } from "./review-comments";
import { ownerOnGitHub, ownOwner, requireOwnHost } from "./run-host";
import { runPage, surroundings } from "./surroundings";
import { unlock } from "./unlock";

/** What the subcommands of `ci` do; each is called by a step of a workflow. */

export interface OnStack {
  readonly stack: string;
}

/** Leaves the kubeconfig of a stack for the steps after this one. */
export async function credentials({ stack }: OnStack): Promise<void> {
  const workspace = openWorkspace();
  const { cluster } = readSettings(workspace, requireStack(workspace, stack));
  process.env.KUBECONFIG = placeKubeconfig();
  const { kubectl } = await ensureToolchain();
  // Commands that only read would fall back to an embedded cluster, and find nothing amiss there.
  await requireRealCluster(
    workspace,
    kubectl,
    stack,
    cluster.context,
    "It comes from KUBECONFIG_DATA.",
  );
  console.log(`The kubeconfig has context ${cluster.context}.`);
}

/** Puts reviews under the pull request that they are of. */
export async function reviewComments({ folder }: { readonly folder: string }): Promise<void> {
  const run = finishedRun(process.env.GITHUB_EVENT_PATH);
  const stacks = listStacks(openWorkspace());
  const { pull, comments, refused } = await during(showSteps(), "Commenting", () =>
    commentReviews(new GitHub(surroundings()), run, folder, stacks),
  );
  if (pull === undefined) {
    console.log(`No open pull request has ${run.head_sha} as its newest commit: nothing to say.`);
    return;
  }
  for (const { stack, outcome } of comments) {
    console.log(`Pull request ${pull}, review of ${stack}: ${outcome}.`);
  }
  if (comments.length + refused.length === 0) console.log("The run has left no review.");
  if (refused.length > 0) throw new UserError(refused.join("\n"));
}

/** Looks for drift and leaves what it found in a folder. */
export async function drift({
  stack,
  folder,
}: OnStack & { readonly folder: string }): Promise<void> {
  const workspace = openWorkspace();
  const found = await lookForDrift(stack, folder, (args) => runCommand(workspace, args));
  console.log(`Stack ${stack}: ${found.drift ? "drift" : "no drift"}.`);
}

/** Opens, changes or closes the issue of a stack's drift. */
export async function driftIssue({
  stack,
  folder,
}: OnStack & { readonly folder: string }): Promise<void> {
  const around = surroundings();
  const { outcome, number } = await during(showSteps(), "Keeping the issue", () =>
    keepDriftIssue(new GitHub(around), stack, folder, around.page),
  );
  console.log(
    number === undefined
      ? "There is no issue, and no need of one."
      : `Issue ${number}: ${outcome}.`,
  );
}

/** Releases a lock that a job of ours has left: an earlier one, or only this very one. */
export async function releaseLock({
  stack,
  mine = false,
}: OnStack & { readonly mine?: boolean }): Promise<void> {
  // Asking takes the lock for a moment, and what is left of that must be known to be ours.
  const host = requireOwnHost(stack);
  const pulumi = await usersPulumi(openWorkspace());
  const outcome = await during(showSteps(), `Asking for the lock of stack ${stack}`, () => {
    if (mine) return unlock(stack, pulumi, async (one) => ownOwner(host, runPage(), one));
    const github = new GitHub(surroundings());
    return unlock(stack, pulumi, (one) => ownerOnGitHub(github, stack, one));
  });
  console.log(`Stack ${stack}: ${outcome}.`);
  if (outcome === "released") {
    console.log("The update that held it was cut short: the next one says what it left undone.");
  }
}

/** Refuses to go back to a commit older than what was applied. */
export async function forward({ stack }: OnStack): Promise<void> {
  const { GITHUB_SHA: commit = "" } = process.env;
  const applied = await requireForward(new GitHub(surroundings()), stack, commit);
  console.log(
    `Stack ${stack} has ${applied ?? "nothing that GitHub knows of"}; ${commit} may follow.`,
  );
}

/**
 * Fails where the newest backup of a store is too old, or nothing makes any. What there has to be is
 * rendered, since a CronJob that is gone tells nothing. Needs no right but to list CronJobs.
 */
export async function backups({
  stack,
  hours,
}: OnStack & { readonly hours: number }): Promise<void> {
  const workspace = openWorkspace();
  const settings = readSettings(workspace, requireStack(workspace, stack));
  const { context } = settings.cluster;
  const tools = await ensureToolchain();
  const kubectl = await clusterOf({ workspace, tools, stack, context, embedded: false });
  const progress = showSteps();
  const rendered = await during(progress, `Rendering stack ${stack}`, () =>
    renderObjects(stack, { workspace }),
  );
  const wanted = expectedBackups(rendered.files);
  const ages = await during(progress, "Asking for the backups", async () => {
    const each = systems.map(async (system) => {
      const namespaces = namespacesOf(settings, system);
      const cronJobs = await objectsOf(kubectl, namespaces, ["cronjobs.batch"]);
      const there = backupsAmong(cronJobs as readonly CronJob[]);
      const expected = wanted.filter(({ namespace }) => namespaces.includes(namespace));
      return agesOf(system, { expected, backups: there }, hours, new Date());
    });
    return (await Promise.all(each)).flat();
  });
  const table = agesTable(ages);
  console.log(table);
  const { GITHUB_STEP_SUMMARY: summary } = process.env;
  if (summary !== undefined) appendFileSync(summary, `### Backups of stack ${stack}\n\n${table}\n`);
  if (ages.length === 0) throw new UserError(`No store of stack ${stack} is backed up.`);
  const bad = ages.filter(({ fault }) => fault !== undefined).length;
  if (bad > 0) {
    throw new UserError(`${bad} of ${ages.length} stores lack a backup as new as expected.`);
  }
}
