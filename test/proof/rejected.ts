import { withSession } from "../../cli/session";
import { report } from "../../cli/testing";
import type { Checkout } from "./support/checkout";
import { standingOf } from "./support/consistency";
import { failingUpdate, hindered, longest, recovery } from "./support/hindrance";
import { RejectingWebhook, refusal } from "./support/webhook";

const minutes = 60_000;

/** An update from nothing is stopped at the first object of a kind that somebody else lets nobody make. */
export function describeWebhook(checkout: Checkout): void {
  it(
    "stops an update in words that name it, and the next one goes on where it was stopped",
    async () => {
      const { workspace, stack } = checkout;
      await withSession({ workspace, stack }, () => Promise.resolve());
      const webhook = new RejectingWebhook(checkout, "apps", "statefulsets");
      const failed = await hindered(webhook, () =>
        failingUpdate(checkout, [
          /StatefulSet philotes\/philotes-postgresql: is refused by an admission webhook/,
          new RegExp(`"guard\\.acme\\.example\\.com" denied the request: ${refusal}`),
          /kubectl .* get validatingwebhookconfigurations/,
          /then: npm run up -- --stack dev$/m,
        ]),
      );
      const before = await standingOf(checkout);
      expect(before.orphans).toEqual([]);
      const next = await recovery(checkout, before);
      report({
        area: "faults",
        claim:
          "an update of which a webhook rejects a kind ends in words, and the next one goes on",
        trials: 1,
        of: "update from nothing",
        seen: `failed after ${longest([failed])}, recovered in ${longest([next])}; nothing made twice`,
      });
    },
    6 * minutes,
  );
}
