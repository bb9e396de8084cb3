import { stateResources } from "../../../cli/workspace";
import type { Checkout, Running } from "./checkout";
import { type Standing, startOver } from "./consistency";
import { type Recovery, recovery } from "./hindrance";

/** What is known of an update from nothing that nobody disturbs. */
export type Undisturbed = Pick<Standing, "resources" | "objects">;

/** An update from nothing that has made this share of its resources; at 0 it previews. */
export async function updateUntil(
  share: number,
  checkout: Checkout,
  undisturbed: Undisturbed,
): Promise<Running> {
  const { workspace, stack } = checkout;
  const resources = Math.floor(share * undisturbed.resources);
  await startOver(checkout);
  const update = checkout.start("up");
  await update.until(() =>
    resources === 0
      ? update.output().includes("Previewing")
      : stateResources(workspace, stack).length >= resources,
  );
  return update;
}

/** The update after it: it ends well, with all objects that there would be without a disturbance. */
export async function completed(
  checkout: Checkout,
  before: Standing | undefined,
  undisturbed: Undisturbed,
): Promise<Recovery> {
  const next = await recovery(checkout, before);
  expect(Object.keys(next.standing.objects)).toEqual(Object.keys(undisturbed.objects));
  return next;
}
