import { join } from "node:path";

import { ChildFailure, runChild } from "../process";
import { run } from "../toolchain/process";
import type { ClusterPaths } from "./names";

/** Runs kubectl on one cluster and gives what it writes. A failure is a ChildFailure. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** That of the user's own kubeconfig. */
export function kubectlOfUser(program: string, context: string): Kubectl {
  return (args, input) => child(program, process.env, ["--context", context, ...args], input);
}

/** That of the embedded cluster, and of no other. */
export function kubectlOfEmbedded(program: string, paths: ClusterPaths): Kubectl {
  return (args, input) => child(program, environmentOf(paths), args, input);
}

/** As {@link kubectlOfEmbedded} without an input, for what is not to outlive us. */
export async function kubectl(
  program: string,
  paths: ClusterPaths,
  args: readonly string[],
): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, { env: environmentOf(paths) });
  if (code !== 0) throw new ChildFailure(`kubectl ${args[0] ?? ""}`, code, stderr);
  return stdout;
}

function environmentOf({ kubeconfig, folder }: ClusterPaths): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, "cache") };
}

async function child(
  program: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const given = input === undefined ? {} : { input };
  const { code, stdout, stderr } = await runChild(program, args, {
    cwd: process.cwd(),
    env,
    ...given,
  });
  if (code !== 0) throw new ChildFailure(`kubectl ${args[0] ?? ""}`, code, stderr);
  return stdout;
}
