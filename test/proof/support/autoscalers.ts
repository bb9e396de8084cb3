import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import { clusterPaths } from "../../../cli/cluster";
import {
  type Api,
  type Deployment,
  type HorizontalPodAutoscaler,
  kinds,
  openApi,
} from "../../../cli/kubernetes";
import type { Checkout } from "./checkout";
import { type Usage, usageMarks } from "./metrics-server";

/** The name of each autoscaler, and how many pods its workload is to have. */
export type Numbers = Readonly<Record<string, number>>;

/** The autoscalers of a checkout's cluster, with the Deployments that they scale. */
export class Autoscalers {
  private constructor(
    readonly checkout: Checkout,
    readonly api: Api,
    readonly all: readonly HorizontalPodAutoscaler[],
  ) {}

  static async of(checkout: Checkout): Promise<Autoscalers> {
    const { kubeconfig } = clusterPaths(checkout.workspace, checkout.stack);
    const api = await openApi({ kubeconfig });
    return new Autoscalers(checkout, api, await api.list(kinds.horizontalPodAutoscalers));
  }

  /** The least that each may set. */
  lowest(): Numbers {
    return this.#each(({ spec }) => spec?.minReplicas ?? 1);
  }

  /** The most that each may set. */
  highest(): Numbers {
    return this.#each(({ spec }) => spec?.maxReplicas ?? 1);
  }

  /** What is wanted of the Deployments now. */
  async numbers(): Promise<Numbers> {
    return (await this.#deployments()).wanted;
  }

  /** Waits until these numbers are wanted, and as many pods ready. */
  async reach(numbers: Numbers, withinSeconds: number): Promise<void> {
    const wanted = { wanted: numbers, ready: numbers };
    const end = Date.now() + withinSeconds * 1000;
    let now = await this.#deployments();
    while (!isDeepStrictEqual(now, wanted)) {
      if (Date.now() > end) {
        throw new Error(
          `Not within ${String(withinSeconds)} s: ${JSON.stringify(numbers)} of ${JSON.stringify(now)}\n` +
            (await this.#conditions()),
        );
      }
      await sleep(1000);
      now = await this.#deployments();
    }
  }

  /**
   * Lets the controller of autoscalers set other numbers, without anything that tells it what pods use: for
   * a while they may not set less than that. What is declared of them is as before in the end.
   */
  async raise(numbers: Numbers): Promise<void> {
    try {
      for (const autoscaler of this.all) {
        const minReplicas = numbers[autoscaler.metadata.name];
        await this.api.patch(autoscaler, { spec: { minReplicas } });
      }
      await this.reach(numbers, 60);
    } finally {
      for (const autoscaler of this.all) {
        const { minReplicas } = autoscaler.spec ?? {};
        await this.api.patch(autoscaler, { spec: { minReplicas } });
      }
    }
  }

  /** Does something while they take pods away as soon as they may, and not only after a time of less load. */
  async hurried(work: () => Promise<void>): Promise<void> {
    const wait = (one: HorizontalPodAutoscaler, stabilizationWindowSeconds?: number) =>
      this.api.patch(one, { spec: { behavior: { scaleDown: { stabilizationWindowSeconds } } } });
    try {
      for (const one of this.all) await wait(one, 0);
      await work();
    } finally {
      for (const one of this.all) {
        await wait(one, one.spec?.behavior?.scaleDown?.stabilizationWindowSeconds);
      }
    }
  }

  /** Sets numbers in their place, the way that they do. */
  async set(numbers: Numbers): Promise<void> {
    for (const { metadata, spec } of this.all) {
      await this.checkout.kubectl(
        ...["scale", `deployment/${spec?.scaleTargetRef.name ?? ""}`],
        `--replicas=${String(numbers[metadata.name])}`,
        `--namespace=${metadata.namespace ?? ""}`,
      );
    }
    await this.reach(numbers, 60);
  }

  /** Says of the pods that run now what they use; undefined stands for next to nothing. */
  async use(usage: Usage | undefined): Promise<void> {
    const annotations = {
      [usageMarks.cpu]: usage?.cpu ?? null,
      [usageMarks.memory]: usage?.memory ?? null,
    };
    const deployments = await this.api.list(kinds.deployments);
    for (const autoscaler of this.all) {
      const { matchLabels = {} } = targetOf(autoscaler, deployments)?.spec?.selector ?? {};
      const selector = Object.entries(matchLabels).map((label) => label.join("="));
      const pods = await this.api.list(kinds.pods, {
        namespace: autoscaler.metadata.namespace ?? "",
        selector: selector.join(","),
      });
      for (const pod of pods) await this.api.patch(pod, { metadata: { annotations } });
    }
  }

  /** What the controller says of each, a line each. */
  async #conditions(): Promise<string> {
    const all = await this.api.list(kinds.horizontalPodAutoscalers);
    return all
      .flatMap(({ metadata, status }) =>
        (status?.conditions ?? []).map(({ message }) => `${metadata.name}: ${message ?? ""}`),
      )
      .join("\n");
  }

  async #deployments(): Promise<{ readonly wanted: Numbers; readonly ready: Numbers }> {
    const deployments = await this.api.list(kinds.deployments);
    return {
      wanted: this.#each((one) => targetOf(one, deployments)?.spec?.replicas ?? 0),
      ready: this.#each((one) => targetOf(one, deployments)?.status?.readyReplicas ?? 0),
    };
  }

  #each(number: (one: HorizontalPodAutoscaler) => number): Numbers {
    return Object.fromEntries(this.all.map((one) => [one.metadata.name, number(one)]));
  }
}

function targetOf(
  { metadata, spec }: HorizontalPodAutoscaler,
  deployments: readonly Deployment[],
): Deployment | undefined {
  return deployments.find(
    (one) =>
      one.metadata.namespace === metadata.namespace &&
      one.metadata.name === spec?.scaleTargetRef.name,
  );
}
