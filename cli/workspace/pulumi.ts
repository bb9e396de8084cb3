import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { ChildFailure, runChild, type ChildResult } from "../process";
import type { Engine } from "../toolchain";
import type { Workspace } from "./workspace";

/** What pulumi runs with. */
export interface PulumiContext {
  readonly workspace: Workspace;
  readonly engine: Engine;
  /** For the files that pulumi and its providers leave behind; a new one for each run of ours. */
  readonly tmp: string;
  /** Without it pulumi knows of no cluster at all, not even of the user's own. */
  readonly kubeconfig?: string;
  /** Leaves out what only a state that is kept needs. */
  readonly throwAway?: boolean;
  /** The address of another backend. @default the workspace's own folder */
  readonly backend?: string;
}

/** How one run of pulumi talks to the user. */
export interface PulumiOptions {
  /** @default the repository */
  readonly cwd?: string;
  /** Shows its output as it comes; otherwise the output is returned, and nothing is shown. */
  readonly show?: boolean;
  readonly input?: string;
  /** A file that the engine writes its events to, one JSON a line. */
  readonly eventLog?: string;
  /** Variables on top of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs pulumi on the workspace's own backend. A failure is a ChildFailure with what it wrote. */
export async function pulumi(
  context: PulumiContext,
  args: readonly string[],
  options: PulumiOptions = {},
): Promise<ChildResult> {
  const { cwd = context.workspace.repository, eventLog, env = {}, ...rest } = options;
  const events = eventLogArguments(eventLog);
  const result = await runChild(
    context.engine.pulumi,
    ["--non-interactive", ...args, ...events.args],
    { cwd, env: { ...pulumiEnvironment(process.env, context), ...events.env, ...env }, ...rest },
  );
  if (result.code === 0) return result;
  throw new ChildFailure("pulumi", result.code, `${result.stdout}${result.stderr}`);
}

/** What makes pulumi write its events to a file, as the Automation API has it do. */
export function eventLogArguments(file: string | undefined): {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
} {
  if (file === undefined) return { args: [], env: {} };
  return { args: ["--event-log", file], env: { PULUMI_DEBUG_COMMANDS: "true" } };
}

/** Without what would have the language host read our TypeScript in another way than Pulumi.yaml says. */
export function withoutTsNode(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("TS_NODE_")));
}

/**
 * The environment of pulumi: the user's, without what would lead it to another backend, stack or
 * cluster than ours.
 */
export function pulumiEnvironment(
  user: NodeJS.ProcessEnv,
  context: PulumiContext,
): NodeJS.ProcessEnv {
  const { workspace, engine } = context;
  const kept = Object.entries(user).filter(([name]) => !name.startsWith("PULUMI_"));
  return {
    ...withoutTsNode(Object.fromEntries(kept)),
    PATH: [dirname(engine.pulumi), user.PATH].filter(Boolean).join(delimiter),
    TMPDIR: context.tmp,
    PULUMI_HOME: engine.pulumiHome,
    PULUMI_BACKEND_URL: context.backend ?? pathToFileURL(workspace.state).href,
    PULUMI_CONFIG_PASSPHRASE_FILE: workspace.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // A plugin that is missing is a fault of the set-up, and said at once.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Were it unset, the Kubernetes provider would turn to the one in the user's home.
    KUBECONFIG: context.kubeconfig ?? join(context.tmp, "no-cluster.kubeconfig"),
    ...(context.throwAway === true
      ? { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" }
      : {}),
  };
}
