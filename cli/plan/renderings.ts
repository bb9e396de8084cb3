import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors";
import { ChildFailure } from "../process";
import { during, silent } from "../progress";
import { operate, throwAway } from "../session";
import { ensureToolchain } from "../toolchain";
import type { Progress } from "../toolchain/progress";
import {
  openWorkspace,
  prepareStack,
  type PreparedStack,
  type PulumiContext,
  readState,
  readStackFile,
  stackSetting,
  withTemporaryFolder,
  type Workspace,
} from "../workspace";
import { stateOf, type Told } from "./events";
import { legacyPatches } from "./legacy";
import type { Plan, PlannedResource } from "./model";
import { planUpdate } from "./preview";
import { layOut } from "./revision";

/** Two revisions of one stack. */
export interface AgainstOptions {
  readonly stack: string;
  /** The revision that is compared with: a branch, a tag or a commit. */
  readonly ref: string;
  /** What is looked at: its working tree as it is. @default the one of this repository */
  readonly workspace?: Workspace;
  /** Further arguments of the preview, such as those of the policy pack. @default none */
  readonly args?: readonly string[];
  /** @default shows nothing */
  readonly progress?: Progress;
}

/** What came of a comparison. */
export interface Comparison {
  readonly plan: Plan;
  /** The commit that was compared with. */
  readonly base: string;
}

/**
 * What the working tree changes against a revision: that revision is rendered onto an empty state,
 * and the engine previews today's program against it. So the engine and the providers themselves
 * decide what is replaced, aliases count, and neither a cluster nor credentials are needed. Secrets
 * are placeholders on both sides.
 *
 * What only a cluster knows is not in it, such as what has drifted. The patches of the old telemetry
 * stack, which a rendering leaves out, are told by the settings of both.
 *
 * @throws UserError where there is no such revision or stack, or the revision's own program fails
 */
export async function planAgainst({
  stack,
  ref,
  workspace = openWorkspace(),
  args = [],
  progress = silent,
}: AgainstOptions): Promise<Comparison> {
  const engine = await ensureToolchain({ only: "engine" });
  return withTemporaryFolder(workspace, async (folder) => {
    const { folder: revision, commit } = await during(progress, `Laying out revision ${ref}`, () =>
      layOut(workspace, ref, folder),
    );
    const tmp = join(folder, "tmp");
    mkdirSync(tmp);
    const head = throwAway(workspace, folder);
    const base = { ...head, repository: revision };
    const context = (of: Workspace): PulumiContext => ({
      workspace: of,
      engine,
      tmp,
      throwAway: true,
    });
    const known = { base: hasStack(base, stack), head: hasStack(head, stack) };
    if (!known.base && !known.head) throw noStack(stack, ref);
    if (known.base) {
      await during(progress, `Rendering stack ${stack} of revision ${ref}`, () =>
        renderBase(context(base), stack, ref, folder),
      );
    }
    const wholly = (plan: Plan): Comparison => ({
      plan: withLegacy(plan, known.base ? base : undefined, known.head ? head : undefined),
      base: commit,
    });
    if (!known.head) return wholly(allGone(stack, readState(base, stack)));
    const prepared = await prepare(context(head), stack, folder);
    const plan = await during(progress, `Previewing stack ${stack} as it is now`, () =>
      planUpdate(
        {
          stack,
          tmp,
          operate: (operation, given, options) =>
            operate({ context: context(head), prepared }, operation, given, options),
        },
        { args },
      ),
    );
    return wholly(known.base ? withCluster(plan, base, head) : plan);
  });
}

async function renderBase(
  context: PulumiContext,
  stack: string,
  ref: string,
  folder: string,
): Promise<void> {
  try {
    const prepared = await prepare(context, stack, folder);
    await operate({ context, prepared }, "up", ["--yes", "--skip-preview"]);
  } catch (error) {
    if (!(error instanceof ChildFailure)) throw error;
    throw new UserError(
      `Stack ${stack} of revision ${ref} cannot be rendered, so there is nothing to compare with:\n` +
        error.output.trim(),
      "Compare with a revision whose program runs.",
    );
  }
}

/** Both revisions render into the same folder: another one would be another provider. */
function prepare(context: PulumiContext, stack: string, folder: string): Promise<PreparedStack> {
  const value = { directory: join(folder, "rendered"), placeholders: true };
  return prepareStack(context, stack, [{ key: "platform:render", value }], () => "placeholder");
}

function hasStack({ repository }: Workspace, stack: string): boolean {
  return existsSync(join(repository, `Pulumi.${stack}.yaml`));
}

function noStack(stack: string, ref: string): UserError {
  return new UserError(
    `There is no stack "${stack}", neither here nor in revision ${ref}.`,
    "A stack is a file Pulumi.<stack>.yaml beside Pulumi.yaml.",
  );
}

/** A stack that is there no more: what its revision had, and nothing of it stays. */
function allGone(stack: string, state: string): Plan {
  const { checkpoint } = JSON.parse(state) as {
    readonly checkpoint?: { readonly latest?: { readonly resources?: readonly Told[] } };
  };
  const resources = (checkpoint?.latest?.resources ?? []).flatMap((told): PlannedResource[] => {
    const before = stateOf(told);
    if (before === undefined) return [];
    return [{ urn: told.urn, type: told.type, operation: "delete", before, replacedFor: [] }];
  });
  return { stack, resources, violations: [], errors: [], warnings: [] };
}

/**
 * A rendering has no cluster, so its provider does not tell of another one. On a real one every
 * object would be made anew.
 */
function withCluster(plan: Plan, base: Workspace, head: Workspace): Plan {
  const [was, is] = [base, head].map((workspace) => clusterName(workspace, plan.stack));
  if (was === is) return plan;
  const moved = (resource: PlannedResource): PlannedResource => {
    const { before, after } = resource;
    if (!resource.type.startsWith("pulumi:providers:kubernetes") || !before || !after) {
      return resource;
    }
    return {
      ...resource,
      operation: "replace",
      before: { ...before, inputs: { ...before.inputs, clusterIdentifier: was } },
      after: { ...after, inputs: { ...after.inputs, clusterIdentifier: is } },
      replacedFor: ["clusterIdentifier"],
    };
  };
  return { ...plan, resources: plan.resources.map(moved) };
}

/** With what becomes of the old telemetry stack's Deployments; nothing is known of a faulty program. */
function withLegacy(plan: Plan, base: Workspace | undefined, head: Workspace | undefined): Plan {
  const [before, after] = [base, head].map(
    (workspace) =>
      workspace && stackSetting(readStackFile(workspace, plan.stack), "platform:telemetry"),
  );
  const patches = legacyPatches(plan.stack, before, after);
  return plan.errors.length > 0 ? plan : { ...plan, resources: [...plan.resources, ...patches] };
}

/** As the settings name it; the context stands in for an identifier that is left out. */
function clusterName(workspace: Workspace, stack: string): unknown {
  const cluster = stackSetting(readStackFile(workspace, stack), "platform:cluster");
  const { identifier, context } = (cluster ?? {}) as Readonly<Record<string, unknown>>;
  return identifier ?? context;
}
