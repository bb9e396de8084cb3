import { dirname } from "node:path";

import { report } from "../../cli/testing";
import { ensureToolchain } from "../../cli/toolchain";
import type { Checkout } from "./support/checkout";
import { standingOf } from "./support/consistency";
import { otherManager } from "./support/foreign-hands";
import { endedWith, failingUpdate } from "./support/hindrance";
import { isMended } from "./support/mended";
import { snapshotOf } from "./support/snapshot";

const minutes = 60_000;

/** Another program applies fields of ours by force, as an operator or a GitOps controller does. */
export function describeForeignManager(checkout: Checkout): void {
  it(
    "is told by drift and by the update that it refuses, and comes back by the commands that these print",
    async () => {
      const before = await standingOf(checkout);
      const untouched = await snapshotOf(checkout);
      await otherManager(checkout);
      const drift = endedWith(2, await checkout.run("drift"));
      for (const field of [
        "replicas: 1 → 2",
        "PHILOTES_API_WRITE_TIMEOUT\\].value",
        "limits.memory",
      ]) {
        expect(drift.output).toMatch(
          new RegExp(`${field}.*\\(acme-operator.*; an update is refused here\\)`),
        );
      }

      const refused = await failingUpdate(
        checkout,
        [
          /Deployment philotes\/philotes-api: has fields that belong to acme-operator/,
          /spec\.replicas was set by acme-operator/,
          /env\[name="PHILOTES_API_WRITE_TIMEOUT"\]\.value was set by acme-operator/,
          /resources\.limits\.memory was set by acme-operator/,
          /To leave them to it, give the settings the same values\. To take them back,/,
        ],
        "--refresh",
      );
      const commands =
        refused.output.match(/^ +kubectl .* patch deployment\/philotes-api .*$/gm) ?? [];
      expect(commands).toHaveLength(3);
      const { kubectl } = await ensureToolchain();
      for (const command of commands) {
        const typed = await checkout.type(`PATH="${dirname(kubectl)}:$PATH" ${command.trim()}`);
        endedWith(0, typed);
      }
      endedWith(0, await checkout.run("up", "--refresh"));
      await isMended(checkout, untouched, ["Deployment philotes/philotes-api"]);
      expect((await standingOf(checkout)).objects).toEqual(before.objects);
      report({
        area: "faults",
        claim:
          "fields that a foreign manager has taken are told with their owner, and come back by the printed commands",
        trials: 3,
        of: "fields",
        seen: "3 told by drift, 3 by the update; nothing else changed",
      });
    },
    6 * minutes,
  );
}
