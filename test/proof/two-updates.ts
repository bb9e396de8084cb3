import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { report } from "../../cli/testing";
import type { Checkout, Ended } from "./support/checkout";
import { sound, standingOf } from "./support/consistency";

const minutes = 60_000;

/** Two updates from nothing at once, which make the cluster too. */
export async function twoUpdates(checkout: Checkout): Promise<readonly Ended[]> {
  return Promise.all([checkout.run("up"), checkout.run("up")]);
}

/** What came of two updates of one stack at once, and of a command beside a pulumi that is at work. */
export function describeTwoUpdates(checkout: Checkout, both: () => readonly Ended[]): void {
  it(
    "both end well: one makes the stack, the other waits, says for whom, and has nothing to do",
    async () => {
      expect(both().map(({ code, output }) => (code === 0 ? "well" : output))).toEqual([
        "well",
        "well",
      ]);
      const [first, second] = [...both()].sort((a, b) => a.seconds - b.seconds);
      expect(first?.output).toContain("Stack dev is up.");
      expect(first?.output).not.toContain("which works on stack");
      expect(second?.output).toMatch(/^Waiting for process \d+, which works on stack dev …$/m);
      expect(second?.output).toContain("Nothing changed: the stack was up already.");
      expect(await standingOf(checkout)).toMatchObject(sound);
    },
    2 * minutes,
  );

  it(
    "a command waits for a pulumi that has outlived its own command, by its number",
    async () => {
      const other = spawn("sleep", ["6"]);
      const { pid } = other;
      leaveLock(checkout, { pid, username: "somebody", hostname: hostname() });
      const { output } = await checkout.succeed("preview", "--expect-no-changes");
      const words = `Waiting for pulumi, process ${String(pid)}, which has outlived its command`;
      expect(output).toContain(`${words} and works on stack dev …`);
      expect(other.exitCode).toBe(0);
      report({
        area: "faults",
        claim: "of two updates at once, one waits for the other and says for whom",
        trials: 2,
        of: "updates from nothing",
        seen: "both ended well, and the second changed nothing",
      });
    },
    2 * minutes,
  );
}

/** Leaves a lock as pulumi keeps it while it is at work. */
function leaveLock({ workspace, stack }: Checkout, content: object): void {
  const folder = join(workspace.state, ".pulumi/locks/organization/platform", stack);
  mkdirSync(folder, { recursive: true });
  const timestamp = new Date().toISOString();
  writeFileSync(join(folder, "left.json"), JSON.stringify({ ...content, timestamp }));
}
