import { join } from "node:path";

import type { Settings } from "../config/settings";
import {
  clusterPaths,
  type Kubectl,
  kubectlOfEmbedded,
  kubectlOfUser,
  requireRealCluster,
} from "./cluster";
import { UserError } from "./errors";
import { ChildFailure, type ChildResult, runChild } from "./process";
import { alone, refreshArguments, type Session, withSession } from "./session";
import { ensureToolchain, type Toolchain } from "./toolchain";
import type { Progress } from "./toolchain/progress";
import {
  eventLogArguments,
  openWorkspace,
  operationArguments,
  type Override,
  pulumi,
  type PulumiOptions,
  readSettings,
  requireStack,
  withoutTsNode,
  withTemporaryFolder,
  type Workspace,
} from "./workspace";

/** A stack where it is: its state, and its cluster. */
export interface Target {
  readonly workspace: Workspace;
  readonly stack: string;
  readonly settings: Settings;
  readonly tools: Toolchain;
  /**
   * `real`: the cluster of the user's kubeconfig and the backend that the user is logged in to.
   * `embedded`: the stack's embedded cluster with the state that `up` keeps.
   * `none`: no cluster, and an empty state that is thrown away.
   */
  readonly kind: "real" | "embedded" | "none";
  /** The context of the kubeconfig that the stack is applied to. */
  readonly context: string;
  /** The file with that context; undefined where it is the user's own, found as kubectl finds it. */
  readonly kubeconfig: string | undefined;
  /** Ours alone, and gone afterwards. */
  readonly tmp: string;
  /** Runs an operation (`preview`, `up`, `refresh`) on the stack. A failure is a ChildFailure. */
  operate(
    operation: string,
    args: readonly string[],
    options?: PulumiOptions,
  ): Promise<ChildResult>;
  readonly kubectl: Kubectl;
  /** The session of the embedded cluster, for what concerns that alone. */
  readonly session?: Session;
}

/** Which target is meant. */
export interface TargetOptions {
  readonly stack: string;
  /** The embedded cluster, even where the kubeconfig has the stack's context. @default false */
  readonly embedded?: boolean;
  /**
   * What to do where the kubeconfig has no such context: `refuse`, as whatever changes a cluster has
   * to, or take the `embedded` one if it runs and none if it does not. @default "refuse"
   */
  readonly otherwise?: "refuse" | "embedded";
  /** @default the one of this repository */
  readonly workspace?: Workspace;
  /** Settings in place of the committed ones, on the embedded cluster alone. @default none */
  readonly overrides?: readonly Override[];
  /** @default shows nothing */
  readonly progress?: Progress;
}

/**
 * Does something with a stack where it is, while no other command of this workspace does.
 *
 * @throws UserError where the kubeconfig has no cluster for the stack
 */
export async function withTarget<T>(
  options: TargetOptions,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const { workspace = openWorkspace(), embedded = false, otherwise = "refuse" } = options;
  const { overrides = [] } = options;
  const stack = requireStack(workspace, options.stack);
  const settings = readSettings(workspace, stack, overrides);
  const { context } = settings.cluster;
  const shown = options.progress === undefined ? {} : { progress: options.progress };
  const tools = await ensureToolchain();
  if (!embedded && (await hasRealCluster({ workspace, tools, stack, context, otherwise }))) {
    return alone({ workspace, stack, ...shown }, () =>
      withTemporaryFolder(workspace, (tmp) =>
        work(realTarget({ workspace, stack, settings, tools, tmp })),
      ),
    );
  }
  const here = { workspace, stack, overrides, cluster: "use", ...shown } as const;
  return withSession(here, async (session) => {
    if (session.cluster === undefined && otherwise === "refuse") {
      throw new UserError(
        `The embedded cluster of stack ${stack} does not run.`,
        `Start it: npm run up -- --stack ${stack}`,
      );
    }
    return work(embeddedTarget({ workspace, stack, settings, tools, session }));
  });
}

type Common = Pick<Target, "workspace" | "stack" | "settings" | "tools">;

async function hasRealCluster({
  workspace,
  tools,
  stack,
  context,
  otherwise,
}: Pick<Target, "workspace" | "tools" | "stack" | "context"> &
  Pick<Required<TargetOptions>, "otherwise">): Promise<boolean> {
  try {
    const hint = "For the embedded cluster, give --embedded.";
    await requireRealCluster(workspace, tools.kubectl, stack, context, hint);
    return true;
  } catch (error) {
    if (otherwise === "refuse" || !(error instanceof UserError)) throw error;
    return false;
  }
}

function realTarget(common: Common & Pick<Target, "tmp">): Target {
  const { workspace, stack, settings, tools } = common;
  const { context } = settings.cluster;
  return {
    ...common,
    kind: "real",
    context,
    kubeconfig: undefined,
    operate: async (operation, args, options = {}) => {
      const { cwd = workspace.repository, eventLog, env: own = {}, ...rest } = options;
      const events = eventLogArguments(eventLog);
      const all = ["--non-interactive", operation, "--stack", stack, ...args, ...events.args];
      const env = { ...withoutTsNode(process.env), ...events.env, ...own };
      return succeeded("pulumi", await runChild(tools.pulumi, all, { cwd, env, ...rest }));
    },
    kubectl: kubectlOfUser(tools.kubectl, context),
  };
}

/** The target of a session that has begun already. */
export function embeddedTarget({
  session,
  ...common
}: Common & { readonly session: Session }): Target {
  const { workspace, stack, settings, tools } = common;
  const paths = clusterPaths(workspace, stack);
  const kubeconfig = session.context.kubeconfig ?? join(session.context.tmp, "no-cluster");
  return {
    ...common,
    kind: session.cluster === undefined ? "none" : "embedded",
    context: settings.cluster.context,
    kubeconfig,
    tmp: session.context.tmp,
    operate: (operation, args, options) =>
      pulumi(
        session.context,
        [
          ...[operation, ...operationArguments(session.prepared)],
          "--suppress-permalink=true",
          // A refresh looks at the cluster by itself, and knows no such argument.
          ...(operation === "refresh" ? [] : refreshArguments(session)),
          ...args,
        ],
        options,
      ),
    kubectl: kubectlOfEmbedded(tools.kubectl, { ...paths, kubeconfig }),
    session,
  };
}

function succeeded(program: string, result: ChildResult): ChildResult {
  if (result.code === 0) return result;
  throw new ChildFailure(program, result.code, `${result.stdout}${result.stderr}`);
}
