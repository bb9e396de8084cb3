import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { clusterPaths, noteSeen } from "../../cli/cluster";
import { withSession } from "../../cli/session";
import { embeddedTarget, type Target } from "../../cli/target";
import { ensureToolchain } from "../../cli/toolchain";
import { type Override, readSettings } from "../../cli/workspace";
import type { Stage } from "./stage";

interface Kubeconfig {
  readonly contexts: readonly { readonly name: string; readonly context: object }[];
  readonly [field: string]: unknown;
}

/** A service account with these ClusterRoles everywhere; gives a kubeconfig that is nobody but it. */
export async function identity(
  stage: Stage,
  name: string,
  roles: readonly string[],
): Promise<string> {
  await stage.kubectl("create", "serviceaccount", name, "--namespace=default");
  for (const role of roles) {
    await stage.kubectl(
      ...["create", "clusterrolebinding", role, `--clusterrole=${role}`],
      `--serviceaccount=default:${name}`,
    );
  }
  const token = await stage.kubectl("create", "token", name, "--namespace=default");
  const { kubeconfig } = clusterPaths(stage.workspace, stage.stack);
  const admin = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
  const own = {
    ...admin,
    contexts: admin.contexts.map(({ name: context, context: said }) => ({
      name: context,
      context: { ...said, user: name },
    })),
    users: [{ name, user: { token: token.trim() } }],
  };
  const file = join(stage.workspace.base, `${name}.kubeconfig`);
  writeFileSync(file, stringify(own), { mode: 0o600 });
  return file;
}

/** How a stage is worked on. */
export interface Acting {
  /** Whose kubeconfig. @default the administrator's */
  readonly kubeconfig?: string;
  readonly overrides?: readonly Override[];
}

/** Does something with the stack of a stage, as the commands do it. */
export async function onTarget<T>(
  { workspace, stack }: Stage,
  { kubeconfig, overrides = [] }: Acting,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const settings = readSettings(workspace, stack);
  const tools = await ensureToolchain();
  return withSession({ workspace, stack, overrides }, (session) => {
    const context = kubeconfig === undefined ? session.context : { ...session.context, kubeconfig };
    const acting = { ...session, context };
    return work(embeddedTarget({ workspace, stack, settings, tools, session: acting }));
  });
}

/** An update by somebody. */
export async function up(stage: Stage, acting: Acting, ...args: string[]): Promise<void> {
  await onTarget(stage, acting, (target) =>
    target.operate("up", ["--yes", "--skip-preview", ...args]),
  );
  await noteSeen(stage.workspace, stage.stack);
}

/** Why something failed, in the words of the program that did. */
export async function complaintOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "nothing was refused",
    (error: unknown) => (error as { readonly output?: string }).output ?? String(error),
  );
}
