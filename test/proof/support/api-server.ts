import { clusterPaths, type ClusterPaths } from "../../../cli/cluster";
import { startControlPlane } from "../../../cli/cluster/control-plane";
import { ownProcesses } from "../../../cli/cluster/processes";
import { ensureToolchain } from "../../../cli/toolchain";
import type { Checkout } from "./checkout";
import { until } from "./until";

/** How an API server goes: it refuses connections after the first two, and takes them in vain after the last. */
export type Going = "SIGKILL" | "SIGTERM" | "SIGSTOP";

/** The API server of a checkout's embedded cluster. */
export class ApiServer {
  readonly #paths: ClusterPaths;

  constructor(readonly checkout: Checkout) {
    this.#paths = clusterPaths(checkout.workspace, checkout.stack);
  }

  /** Sends it away while something is done, and has it back whatever comes of that. */
  async away(by: Going, work: () => Promise<unknown>): Promise<void> {
    const [pid] = this.#processes();
    if (pid === undefined) throw new Error("The API server does not run.");
    try {
      process.kill(pid, by);
      await work();
    } finally {
      await this.#back(by, pid);
    }
  }

  async #back(by: Going, pid: number): Promise<void> {
    if (by === "SIGSTOP") {
      process.kill(pid, "SIGCONT");
      return;
    }
    // Asked to end, it lets open requests end first, which those that watch never do.
    if (this.#processes().includes(pid)) process.kill(pid, "SIGKILL");
    await until(() => this.#processes().length === 0);
    await startControlPlane(this.checkout.workspace, await ensureToolchain(), this.#paths);
  }

  #processes(): readonly number[] {
    return ownProcesses(this.#paths.folder)
      .filter(({ component }) => component === "kube-apiserver")
      .map(({ pid }) => pid);
  }
}
