import { report } from "../../cli/testing";
import { pendingCreations } from "../../cli/workspace";
import type { Checkout, Ended } from "./support/checkout";
import { standingOf } from "./support/consistency";
import { completed, type Undisturbed, updateUntil } from "./support/cut-off";
import { longest } from "./support/hindrance";
import { trials } from "./support/trials";

const minutes = 60_000;
const points = trials({ reduced: 3, full: 20 });
/** Of the resources that an update makes. The first point is in the preview, before any is made. */
const shares = Array.from({ length: points }, (_, i) => i / points).map((share) => ({
  share,
  percent: Math.round(share * 100),
}));

/**
 * An update from nothing is killed with all that it has started, at points that are spread over its run,
 * and the same command is typed again.
 */
export function describeKilledUpdate(checkout: Checkout, undisturbed: () => Undisturbed): void {
  const recovered: Ended[] = [];
  let withinCreation = 0;

  it.each(shares)(
    "at $percent % of its resources, the next one ends well, and nothing is there twice or with another password",
    async ({ share }) => {
      const cutOff = await updateUntil(share, checkout, undisturbed());
      expect(await cutOff.kill()).toMatchObject({ code: 137 });
      const pending = pendingCreations(checkout.workspace, checkout.stack);
      const before = share === 0 ? undefined : await standingOf(checkout);

      recovered.push(await completed(checkout, before, undisturbed()));
      if (pending.length > 0) withinCreation += 1;
    },
    6 * minutes,
  );

  it("leaves nothing behind at any point", () => {
    expect(recovered).toHaveLength(points);
    report({
      area: "faults",
      claim: "what an update that is killed has begun, the next one ends",
      trials: points,
      of: "points of an update from nothing",
      seen:
        `0 orphans, 0 duplicates, 0 second passwords; ${String(withinCreation)} times in the middle of a ` +
        `creation; recovered in ${longest(recovered)} at most`,
    });
  });
}
