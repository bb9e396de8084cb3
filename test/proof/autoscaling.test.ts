/**
 * Proves that updates leave the numbers of pods to the autoscalers, and that these work as declared, with
 * the commands that people type, the real engine, a real API server and the real controller of
 * HorizontalPodAutoscalers: stack prod. Pods are simulated, and what they use is made up. That a program
 * under load uses what its target supposes is not shown, nor anything about KEDA, whose operator does not
 * run here.
 *
 * That autoscalers go by what pods use is in the full trials only: metrics-server takes minutes to build.
 * The five minutes of less load after which they take pods away are not waited for.
 */
import { report } from "../../cli/testing";
import { Autoscalers, type Numbers } from "./support/autoscalers";
import { Checkout } from "./support/checkout";
import { endedWith } from "./support/hindrance";
import { MetricsServer } from "./support/metrics-server";
import { trials } from "./support/trials";

const minutes = 60_000;
const checkout = new Checkout(
  trials({ reduced: ["philotes"], full: ["thunderline", "faultmaven", "philotes"] }),
  "prod",
);
const describeFully = trials<typeof describe | undefined>({ reduced: undefined, full: describe });
/** So far above every target that pods which have just come and use nothing do not hide it. */
const plenty = { cpu: "100", memory: "100Gi" };
let autoscalers: Autoscalers;

beforeAll(async () => {
  await checkout.succeed("up");
  autoscalers = await Autoscalers.of(checkout);
  await autoscalers.reach(autoscalers.lowest(), 60);
}, 8 * minutes);
afterAll(() => checkout.end(), 2 * minutes);

describe("numbers of pods that autoscalers have set", () => {
  it(
    "stay through an update of the workload itself, and after it through a preview, drift and a refresh",
    async () => {
      expect(autoscalers.all).toHaveLength(trials({ reduced: 1, full: 3 }));
      const [more, most] = [above(autoscalers.lowest(), 1), above(autoscalers.lowest(), 2)];
      try {
        await autoscalers.raise(more);
        checkout.set(["philotes", "api", "readTimeout"], "20s");
        endedWith(0, await checkout.run("up"));
        expect(await autoscalers.numbers()).toEqual(more);

        // The update has put these numbers into the state; they are not to come back from there.
        await autoscalers.raise(most);
        await isLeftAlone(most);
        report({
          area: "faults",
          claim: "numbers of pods that autoscalers have set stay, whatever else an update changes",
          trials: autoscalers.all.length * 2,
          of: "numbers",
          seen: `${told(more)} and ${told(most)} pods; 0 undone by 2 updates, 0 told as drift`,
        });
      } finally {
        await autoscalers.set(autoscalers.lowest());
      }
    },
    6 * minutes,
  );
});

describeFully?.("autoscalers that go by what pods use", () => {
  let metrics: MetricsServer | undefined;

  beforeAll(async () => {
    metrics = await MetricsServer.beside(checkout);
  }, 6 * minutes);
  afterAll(() => metrics?.stop(), minutes);

  it(
    "grow their workloads to the most under load, which updates leave alone, and shrink them to the least after it",
    async () => {
      const [least, most] = [autoscalers.lowest(), autoscalers.highest()];
      try {
        await autoscalers.use(plenty);
        await autoscalers.reach(most, 300);
        await isLeftAlone(most);
      } finally {
        await autoscalers.use(undefined);
      }
      await autoscalers.hurried(() => autoscalers.reach(least, 300));
      expect(await autoscalers.numbers()).toEqual(least);
      report({
        area: "faults",
        claim:
          "autoscalers grow and shrink workloads by what metrics-server tells, and updates leave them alone",
        trials: autoscalers.all.length,
        of: "autoscalers",
        seen: `${told(least)} pods to ${told(most)} and back; 0 undone, 0 told as drift`,
      });
    },
    14 * minutes,
  );
});

/** No command finds anything to do about the numbers of pods, and none changes them. */
async function isLeftAlone(numbers: Numbers): Promise<void> {
  endedWith(0, await checkout.run("preview", "--expect-no-changes"));
  endedWith(0, await checkout.run("drift"));
  const { output } = endedWith(0, await checkout.run("up", "--refresh"));
  expect(output).toMatch(/Nothing changed/);
  expect(await autoscalers.numbers()).toEqual(numbers);
}

function above(numbers: Numbers, step: number): Numbers {
  return Object.fromEntries(Object.entries(numbers).map(([name, one]) => [name, one + step]));
}

function told(numbers: Numbers): string {
  return Object.values(numbers).join(" + ");
}
