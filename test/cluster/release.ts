import { join } from "node:path";

import {
  type Adoption,
  applyAdoption,
  finishAdoption,
  goBack,
  planAdoption,
  readRelease,
} from "../../cli/adopt";
import { withSettings } from "../../cli/adopt/proposal";
import { clusterPaths } from "../../cli/cluster";
import { runChild } from "../../cli/process";
import { silent } from "../../cli/progress";
import { withSession } from "../../cli/session";
import { type Target, withTarget } from "../../cli/target";
import { ensureItems } from "../../cli/toolchain";
import { helm } from "../../cli/toolchain/helm";
import { type Override, type Workspace } from "../../cli/workspace";

const chart = join(__dirname, "..", "fixtures", "chart-thunderhelm");

type Finishing = ReturnType<typeof finishAdoption>;

/** The release of the plan of consolidation: one name, in the namespace of Thunderline. */
export const request = { release: "thunderline", namespace: "thunderline" };

/** A release that the real Helm has installed on a stack's embedded cluster, and the steps of its adoption. */
export class ReleaseStage {
  /** What the stack says; `take` adds what the plan proposes. */
  overrides: readonly Override[];

  constructor(
    readonly workspace: Workspace,
    readonly stack: string,
  ) {
    const off = { enabled: false, data: "discard" };
    const others = ["faultmaven", "philotes", "telemetry"].map((system) => ({
      key: `platform:${system}`,
      value: off,
    }));
    // Less to bring up: what an adoption is about stays.
    const thunderline = {
      livebook: off,
      worker: { enabled: false },
      collector: { enabled: false },
      cerebros: { type: "off" },
    };
    this.overrides = [...others, { key: "platform:thunderline", value: thunderline }];
  }

  /** Starts the cluster with nothing of ours on it, and installs the release. */
  async install(...values: string[]): Promise<void> {
    const { workspace, stack } = this;
    await withSession({ workspace, stack }, () => Promise.resolve());
    const { name, namespace } = { name: request.release, namespace: request.namespace };
    await this.helm(
      "install",
      name,
      chart,
      "-n",
      namespace,
      "--create-namespace",
      "--wait",
      ...values,
    );
  }

  async helm(...args: string[]): Promise<string> {
    const located = await ensureItems([helm]);
    const program = located.get(helm)?.get("helm") ?? "";
    const { kubeconfig, folder } = clusterPaths(this.workspace, this.stack);
    const env = { ...process.env, KUBECONFIG: kubeconfig, HELM_CACHE_HOME: join(folder, "helm") };
    const { code, stdout, stderr } = await runChild(program, args, { cwd: folder, env });
    if (code !== 0) throw new Error(`helm ${args[0] ?? ""}: ${stderr}`);
    return stdout;
  }

  plan(leave: readonly string[] = []): Promise<Adoption> {
    return this.on((target) => this.#planned(target, leave));
  }

  /** Puts the proposed settings into the stack, as --write does with its file. */
  take({ system, missing }: Adoption): void {
    const { workspace, stack, overrides } = this;
    this.overrides = withSettings(workspace, stack, system, missing, overrides);
  }

  apply(): ReturnType<typeof applyAdoption> {
    return this.on(async (target) => applyAdoption(target, await this.#planned(target), silent));
  }

  /** Killed at the first command that `isLast` says so of, where one is given. */
  finish(isLast: (args: readonly string[]) => boolean = () => false): Finishing {
    return this.on(async (whole) => {
      const kubectl: Target["kubectl"] = (args, input) =>
        isLast(args) ? Promise.reject(new Error("killed")) : whole.kubectl(args, input);
      const target = { ...whole, kubectl };
      const { overrides } = this;
      const adoption = await planAdoption(target, { ...request, overrides, compare: false });
      return finishAdoption(target, adoption, silent);
    });
  }

  back(): ReturnType<typeof goBack> {
    return this.on(async ({ kubectl }) => {
      const { namespace } = request;
      const release = await readRelease(kubectl, request.release, namespace);
      return goBack({ kubectl, namespace, progress: silent }, release, "thunderline");
    });
  }

  #planned(target: Target, leave: readonly string[] = []): Promise<Adoption> {
    return planAdoption(target, { ...request, leave, overrides: this.overrides });
  }

  on<T>(work: (target: Target) => Promise<T>): Promise<T> {
    const { workspace, stack, overrides } = this;
    return withTarget({ workspace, stack, overrides, embedded: true }, work);
  }
}
