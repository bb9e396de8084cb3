import { setTimeout as sleep } from "node:timers/promises";

import { report } from "../../cli/testing";
import { ApiServer, type Going } from "./support/api-server";
import type { Checkout, Ended } from "./support/checkout";
import { standingOf } from "./support/consistency";
import { completed, type Undisturbed, updateUntil } from "./support/cut-off";
import { longest } from "./support/hindrance";
import { trials } from "./support/trials";

const minutes = 60_000;
const awaySeconds = 5;
/** How long an update waits for a workload here. */
const readySeconds = 60;
/** An update ends within this time, whether its API server comes back or not. */
const boundSeconds = 240;

interface Outage {
  /** When it begins, by the share of the resources that the update has made; at 0 it previews. */
  readonly at: number;
  readonly by: Going;
  readonly back: "after a while" | "after the update has ended";
}

const all: readonly Outage[] = [
  { at: 0.5, by: "SIGKILL", back: "after a while" },
  { at: 0.1, by: "SIGTERM", back: "after a while" },
  { at: 0.9, by: "SIGTERM", back: "after a while" },
  { at: 0.3, by: "SIGSTOP", back: "after a while" },
  { at: 0.7, by: "SIGSTOP", back: "after a while" },
  { at: 0, by: "SIGKILL", back: "after the update has ended" },
  { at: 0.5, by: "SIGKILL", back: "after the update has ended" },
  { at: 0.5, by: "SIGSTOP", back: "after the update has ended" },
];
const outages = all.slice(0, trials({ reduced: 1, full: all.length }));

/** The API server goes away in the middle of an update from nothing, and comes back. */
export function describeApiServer(checkout: Checkout, undisturbed: () => Undisturbed): void {
  const cutOff: Ended[] = [];
  const next: Ended[] = [];

  beforeAll(() => {
    checkout.set(["cluster", "readySeconds"], readySeconds);
  });

  it.each(outages)(
    "goes by $by at $at of the resources and comes back $back: the update ends, in words where it fails, and the next one ends well",
    async ({ at, by, back }) => {
      const update = await updateUntil(at, checkout, undisturbed());
      await new ApiServer(checkout).away(by, () =>
        back === "after a while" ? sleep(awaySeconds * 1000) : update.ended,
      );
      const ended = await update.ended;
      expect(ended.seconds).toBeLessThan(boundSeconds);
      expectWords(ended);
      const before = at === 0 ? undefined : await standingOf(checkout);

      next.push(await completed(checkout, before, undisturbed()));
      cutOff.push(ended);
    },
    8 * minutes,
  );

  it("is away, and nothing is lost or there twice", () => {
    expect(cutOff).toHaveLength(outages.length);
    const failed = cutOff.filter(({ code }) => code !== 0).length;
    report({
      area: "faults",
      claim: "an update whose API server goes away ends, and the next one recovers",
      trials: outages.length,
      of: "outages in the middle of an update from nothing",
      seen:
        `${String(failed)} failed in words, ${String(outages.length - failed)} went on, ended after ` +
        `${longest(cutOff)} at most; recovered in ${longest(next)} at most; 0 orphans, 0 duplicates, ` +
        "0 second passwords",
    });
  });
}

/** Whoever reads why it has failed learns that it was the API server, and what to type. */
function expectWords({ code, output }: Ended): void {
  expect(output).not.toMatch(/Unexpected:|^\s+at .*:\d+:\d+/m);
  if (output.includes("goroutine ")) expect(output).toContain("and the trace above is its own");
  if (code === 0) return;
  expect(output).toMatch(/API server: (was away while|does not answer)/);
  expect(output).toMatch(/then: npm run up -- --stack dev$/m);
}
