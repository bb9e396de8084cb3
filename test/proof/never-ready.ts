import { report } from "../../cli/testing";
import type { Checkout, Ended } from "./support/checkout";
import { standingOf } from "./support/consistency";
import { failPods, healPods } from "./support/failing-pods";
import {
  changeApi,
  failingUpdate,
  type Hindrance,
  hindered,
  longest,
  recovery,
} from "./support/hindrance";
import { namespace } from "./support/philotes-api";
import { trials } from "./support/trials";

const minutes = 60_000;
const workload = "philotes-api";
const denied = 'Back-off pulling image "ghcr.io/janovincze/philotes-api:0.1.0"';
const nodes = "--selector=platform/embedded=true";

interface Case {
  readonly reason: string;
  readonly hindrance: (checkout: Checkout) => Hindrance;
  readonly words: readonly RegExp[];
  /** What is mended is in the pods: those that failed stay as they are, and new ones start. */
  readonly needsNewPods: boolean;
}

const all: readonly Case[] = [
  {
    reason: "its container ends again and again",
    hindrance: failing({
      reason: "CrashLoopBackOff",
      message: "back-off 5m0s restarting failed container",
      last: { reason: "OOMKilled", exitCode: 137, restarts: 4 },
    }),
    words: [
      /Deployment philotes\/philotes-api: does not come up \(CrashLoopBackOff\), started again 4 times/,
      /last ended as OOMKilled, exit code 137/,
      /It ran out of memory/,
      /kubectl .* logs pod\/philotes-api-\S+ -c philotes-api -n philotes --previous/,
    ],
    needsNewPods: true,
  },
  {
    reason: "no node takes it",
    hindrance: (checkout) => ({
      begin: () => checkout.kubectl("cordon", nodes),
      end: () => checkout.kubectl("uncordon", nodes),
    }),
    words: [
      /Deployment philotes\/philotes-api: a pod is pending/,
      /pod philotes-api-\S+: 0\/3 nodes are available: 3 node\(s\) were unschedulable/,
      /kubectl .* describe pod\/philotes-api-/,
    ],
    needsNewPods: false,
  },
  {
    reason: "its image cannot be pulled",
    hindrance: failing({ reason: "ImagePullBackOff", message: denied }),
    words: [
      /Deployment philotes\/philotes-api: cannot pull ghcr\.io\/\S+ \(ImagePullBackOff\)/,
      new RegExp(`pod philotes-api-\\S+, container philotes-api: ImagePullBackOff; ${denied}`),
    ],
    needsNewPods: true,
  },
];
const cases = all.slice(0, trials({ reduced: 2, full: all.length }));

/** Pods of a roll-out fail; those before it run on, as a roll-out promises. */
export function describeNeverReady(checkout: Checkout): void {
  const failed: Ended[] = [];
  const recovered: Ended[] = [];

  it.each(cases)(
    "because $reason: the update ends in time with the pod's reason, and the next one recovers",
    async ({ hindrance, words, needsNewPods }) => {
      const before = await standingOf(checkout);
      await hindered(hindrance(checkout), async () => {
        changeApi(checkout);
        failed.push(await failingUpdate(checkout, [...words, next]));
        expect(await ready(checkout)).toBe("1");
      });
      if (needsNewPods) changeApi(checkout);
      recovered.push(await recovery(checkout, before));
    },
    6 * minutes,
  );

  it("for any of these reasons", () => {
    expect(recovered).toHaveLength(cases.length);
    report({
      area: "faults",
      claim: "an update that waits in vain ends with the pod's reason, and the next one recovers",
      trials: cases.length,
      of: "reasons",
      seen: `failed after ${longest(failed)} at most, recovered in ${longest(recovered)} at most; nothing replaced`,
    });
  });
}

const next = /then: npm run up -- --stack dev$/m;

function failing(failure: Parameters<typeof failPods>[2]): Case["hindrance"] {
  return (checkout) => ({
    begin: () => failPods(checkout, workload, failure),
    end: () => healPods(checkout, workload),
  });
}

function ready(checkout: Checkout): Promise<string> {
  const status = "--output=jsonpath={.status.readyReplicas}";
  return checkout.kubectl("get", "deployment", workload, `--namespace=${namespace}`, status);
}
