import { join } from "node:path";

import { ChildFailure } from "../process";
import { run } from "../toolchain/process";
import type { ClusterPaths } from "./names";

/** Runs kubectl on the embedded cluster, and on no other. */
export async function kubectl(
  program: string,
  { kubeconfig, folder }: ClusterPaths,
  args: readonly string[],
): Promise<string> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, "cache") };
  const { code, stdout, stderr } = await run(program, args, { env });
  if (code !== 0) throw new ChildFailure(`kubectl ${args[0] ?? ""}`, code, stderr);
  return stdout;
}
