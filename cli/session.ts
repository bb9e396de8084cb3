import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { ensureCluster, runningCluster, type EmbeddedCluster } from "./cluster";
import { UserError } from "./errors";
import type { ChildResult } from "./process";
import { silent } from "./progress";
import { ensureToolchain, type Toolchain } from "./toolchain";
import type { Progress, Step } from "./toolchain/progress";
import {
  openWorkspace,
  operationArguments,
  type Override,
  prepareStack,
  type PreparedStack,
  pulumi,
  type PulumiContext,
  type PulumiOptions,
  readSettings,
  removeHalfWritten,
  removeStaleLocks,
  requireStack,
  stateResources,
  withStackLock,
  withTemporaryFolder,
  type Workspace,
} from "./workspace";

/** A stack with all that pulumi needs to work on it. */
export interface Session {
  readonly stack: string;
  readonly tools: Toolchain;
  readonly context: PulumiContext;
  readonly prepared: PreparedStack;
  /** Undefined when it does not run; the session has a state of its own then, empty and thrown away. */
  readonly cluster: EmbeddedCluster | undefined;
}

/** Which stack, and how what takes long is shown. */
export interface SessionOptions {
  readonly workspace: Workspace;
  readonly stack: string;
  /** @default shows nothing */
  readonly progress?: Progress;
  /** Settings in place of the committed ones. */
  readonly overrides?: readonly Override[];
  /** `use` takes the cluster if it runs, `ensure` makes sure that it does. @default "ensure" */
  readonly cluster?: "ensure" | "use";
}

/**
 * Does something with a stack on its embedded cluster, while no other command does. All that is
 * missing is set up first.
 *
 * @example
 * await withSession({ workspace: openWorkspace(), stack: "dev" }, (session) =>
 *   operate(session, "up", ["--yes", "--skip-preview"]),
 * );
 */
export async function withSession<T>(
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { workspace, progress = silent } = options;
  const stack = requireStack(workspace, options.stack);
  const settings = readSettings(workspace, stack);
  const tools = await ensureToolchain();
  const run = (): Promise<T> =>
    withTemporaryFolder(workspace, async (tmp) => {
      await untilUnlocked({ workspace, stack, progress });
      removeHalfWritten(workspace, stack);
      stateResources(workspace, stack); // One that is broken is told before a cluster is started.
      const cluster = await findCluster();
      const context: PulumiContext =
        cluster === undefined
          ? { workspace: throwAway(workspace, tmp), engine: tools, tmp, throwAway: true }
          : { workspace, engine: tools, tmp, kubeconfig: cluster.kubeconfig };
      const prepared = await prepareStack(context, stack, options.overrides);
      return work({ stack, tools, context, prepared, cluster });
    });
  const findCluster = async (): Promise<EmbeddedCluster | undefined> => {
    if (options.cluster !== "use") {
      return ensureCluster(workspace, tools, stack, settings.cluster, progress);
    }
    return runningCluster(workspace, tools, stack);
  };
  return alone({ workspace, stack, progress }, run);
}

/** Does something while no other command works on the stack, and shows whom it waits for. */
export function alone<T>(
  { workspace, stack, progress = silent }: Pick<SessionOptions, "workspace" | "stack" | "progress">,
  work: () => Promise<T>,
): Promise<T> {
  let waiting: Step | undefined;
  return withStackLock(
    workspace,
    stack,
    () => {
      waiting?.end("done");
      return work();
    },
    (owner) => {
      waiting = progress.step(`Waiting for ${owner}, which works on stack ${stack}`);
    },
  );
}

/**
 * Waits for a pulumi that has outlived its command: one that was killed takes nothing with it.
 *
 * @throws UserError for one of another machine, of which nobody here knows whether it is still there
 */
async function untilUnlocked({
  workspace,
  stack,
  progress = silent,
}: Pick<SessionOptions, "workspace" | "stack" | "progress">): Promise<void> {
  let waiting: Step | undefined;
  for (;;) {
    const [holder] = removeStaleLocks(workspace, stack);
    if (holder === undefined) break;
    const { pid, host, user, since, file } = holder;
    if (host !== hostname()) {
      throw new UserError(
        `Stack ${stack} is locked by process ${pid} of ${user} on ${host}, since ${since}. Nothing was ` +
          "changed.",
        `Wait until it has ended. If it is no more, remove its lock: rm ${file}`,
      );
    }
    waiting ??= progress.step(
      `Waiting for pulumi, process ${pid}, which has outlived its command and works on stack ${stack}`,
    );
    await sleep(pollMs);
  }
  waiting?.end("done");
}

const pollMs = 300;

/** What makes pulumi look at the cluster where the state may be of an earlier one, that is no more. */
export function refreshArguments({ context, stack, cluster }: Session): readonly string[] {
  const forgotten =
    cluster?.created === true && stateResources(context.workspace, stack).length > 0;
  return forgotten ? ["--refresh"] : [];
}

/** A workspace below a folder that is removed soon. */
export function throwAway({ repository }: Workspace, folder: string): Workspace {
  return openWorkspace({ repository, base: join(folder, "throw-away") });
}

/** Runs an operation of pulumi (`up`, `preview`, `refresh`, `destroy`) on the session's stack. */
export function operate(
  session: Pick<Session, "context" | "prepared">,
  operation: string,
  args: readonly string[],
  options: PulumiOptions = {},
): Promise<ChildResult> {
  const all = [operation, ...operationArguments(session.prepared), ...args];
  return pulumi(session.context, all, options);
}
