import { report } from "../../cli/testing";
import { pendingCreations, stateResources } from "../../cli/workspace";
import type { Checkout, Running } from "./support/checkout";
import { sound, standingOf, startOver, type Standing } from "./support/consistency";
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
export function describeKilledUpdate(checkout: Checkout, undisturbed: () => Standing): void {
  const seen = { recoveries: [] as number[], withinCreation: 0 };

  it.each(shares)(
    "at $percent % of its resources, the next one ends well, and nothing is there twice or with another password",
    async ({ share }) => {
      await startOver(checkout);
      const { resources } = undisturbed();
      const cutOff = checkout.start("up");
      await reached(cutOff, checkout, Math.floor(share * resources));
      expect(await cutOff.kill()).toMatchObject({ code: 137 });
      const pending = pendingCreations(checkout.workspace, checkout.stack);
      const before = share === 0 ? undefined : await standingOf(checkout);

      const next = await checkout.succeed("up");
      const after = await standingOf(checkout);
      expect(after).toMatchObject(sound);
      expect(Object.keys(after.objects)).toEqual(Object.keys(undisturbed().objects));
      // What was made before is the same object still, with the same values.
      expect(after.objects).toMatchObject(before?.objects ?? {});
      expect(after.secrets).toMatchObject(before?.secrets ?? {});
      expect(after.passwords).toEqual(expect.arrayContaining([...(before?.passwords ?? [])]));
      await checkout.succeed("preview", "--expect-no-changes");
      seen.recoveries.push(next.seconds);
      if (pending.length > 0) seen.withinCreation += 1;
    },
    6 * minutes,
  );

  it("leaves nothing behind at any point", () => {
    expect(seen.recoveries).toHaveLength(points);
    report({
      area: "faults",
      claim: "what an update that is killed has begun, the next one ends",
      trials: points,
      of: "points of an update from nothing",
      seen:
        `0 orphans, 0 duplicates, 0 second passwords; ${seen.withinCreation} times in the middle of a ` +
        `creation; recovered in ${Math.max(...seen.recoveries).toFixed(1)} s at most`,
    });
  });
}

/** Waits until an update has made so many resources; for none, until it previews. */
export async function reached(
  update: Running,
  { workspace, stack }: Checkout,
  resources: number,
): Promise<void> {
  await update.until(() =>
    resources === 0
      ? update.output().includes("Previewing")
      : stateResources(workspace, stack).length >= resources,
  );
}
