/**
 * The state of the first tagged version previews to no replacement and no deletion, with the engine that
 * is pinned and with the newest one that can be had. Newer providers cannot be built where only package
 * registries are in reach, and are not tried. There is no cluster here: what its API server would add is
 * not seen.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { report } from "../../cli/testing";
import { type Engine, ensureItems, ensureToolchain } from "../../cli/toolchain";
import { newerPulumi, versions } from "../../cli/toolchain/tools";
import { previewOf, savedStates } from "../support/saved-state";
import { trials } from "./support/trials";

// The first use builds the newer engine.
jest.setTimeout(900_000);

const pinned = {
  engineVersion: versions.pulumi,
  engine: () => ensureToolchain({ only: "engine" }),
};
const newest = { engineVersion: versions.newerPulumi, engine: newerEngine };

const cases = trials({ reduced: [pinned], full: [pinned, newest] }).flatMap((one) =>
  savedStates.map((saved) => ({ ...one, ...saved })),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "platform-upgrade-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("state that an earlier version saved", () => {
  it.each(cases)(
    "loses nothing ($version, $stack, Pulumi $engineVersion)",
    async ({ engineVersion, engine, ...saved }) => {
      const steps = await previewOf(saved, await engine(), folder);
      expect(steps.length).toBeGreaterThan(100);
      expect(steps.filter(({ op }) => /replace|delete/.test(op))).toEqual([]);
      report({
        area: "faults",
        claim: `state of ${saved.version}, ${saved.stack}, is taken over with Pulumi ${engineVersion}`,
        trials: steps.length,
        of: "resources",
        seen: `0 replaced, 0 deleted, ${String(steps.filter(({ op }) => op === "create").length)} new`,
      });
    },
  );
});

async function newerEngine(): Promise<Engine> {
  const located = (await ensureItems([newerPulumi])).get(newerPulumi);
  const { pulumiHome } = await ensureToolchain({ only: "engine" });
  return { pulumi: located?.get("pulumi") ?? "", pulumiHome };
}
