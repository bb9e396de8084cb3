// The order of the ways, and what is left when one breaks off. Nothing is built here.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { ensureEntry, type Way } from "../../../cli/toolchain/ensure";
import { Layout } from "../../../cli/toolchain/layout";
import { withLock } from "../../../cli/toolchain/lock";
import { ensurePulumiHome } from "../../../cli/toolchain/pulumi-home";
import { readEntry } from "../../../cli/toolchain/stamp";
import { put, recordingStep, temporaryFolder } from "./support";

let layout: Layout;
let folder: string;

beforeEach(() => {
  layout = new Layout(temporaryFolder());
  folder = join(layout.root, "tools", "hammer", "1");
});

function makes(how: string, calls: string[] = []): Way {
  return {
    how,
    make: async (aside) => {
      calls.push(how);
      await sleep(30);
      put(join(aside, "bin", "hammer"), how);
      return { hammer: "bin/hammer" };
    },
  };
}

function refuses(how: string, reason: string): Way {
  return {
    how,
    make: (aside) => {
      put(join(aside, "half"), "half");
      return Promise.resolve(reason);
    },
  };
}

function ensure(ways: readonly Way[], step = recordingStep()): ReturnType<typeof ensureEntry> {
  return ensureEntry("hammer", folder, ways, layout, step, { pollMs: 5 });
}

test("the first way that works is taken, and says so", async () => {
  const calls: string[] = [];
  const step = recordingStep();
  const found = await ensure([makes("downloaded", calls), makes("built", calls)], step);
  expect(calls).toEqual(["downloaded"]);
  expect(found).toEqual(new Map([["hammer", join(folder, "bin", "hammer")]]));
  expect(step.lines).toEqual(["end: downloaded"]);
});

test("a closed way is named and leaves nothing to the next", async () => {
  const step = recordingStep();
  await ensure([refuses("downloaded", "out of reach"), makes("built")], step);
  expect(step.lines).toEqual(["not downloaded (out of reach)", "end: built"]);
  expect(readdirSync(folder).sort()).toEqual(["bin", "stamp.json"]);
});

test("a fault leaves nothing, and the next time starts over", async () => {
  const breaks: Way = {
    how: "built",
    make: (aside) => {
      put(join(aside, "bin", "hammer"), "half");
      return Promise.reject(new Error("interrupted"));
    },
  };
  await expect(ensure([breaks])).rejects.toThrow("interrupted");
  expect(readEntry(folder)).toBeUndefined();
  expect(existsSync(layout.aside("hammer"))).toBe(false);
  await expect(ensure([makes("built")])).resolves.toBeDefined();
});

test("without a way that works, all reasons are given", async () => {
  await expect(
    ensure([refuses("downloaded", "closed"), refuses("built", "no Go")]),
  ).rejects.toThrow("hammer cannot be set up (downloaded: closed; built: no Go)");
});

test("what a dead process left is removed, and an entry without a stamp is made anew", async () => {
  put(join(layout.aside("hammer"), "dead", "half"), "half");
  put(join(folder, "bin", "old"), "old");
  await ensure([makes("built")]);
  expect(existsSync(layout.aside("hammer"))).toBe(false);
  expect(readdirSync(join(folder, "bin"))).toEqual(["hammer"]);
});

test("an entry from which a file is missing does not count", async () => {
  await ensure([makes("built")]);
  rmSync(join(folder, "bin", "hammer"));
  expect(readEntry(folder)).toBeUndefined();
});

test("of two at once, one makes it and the other waits for it by name", async () => {
  const calls: string[] = [];
  const steps = [recordingStep(), recordingStep()];
  const found = await Promise.all(steps.map((step) => ensure([makes("built", calls)], step)));
  expect(calls).toEqual(["built"]);
  expect(found[0]).toEqual(found[1]);
  const lines = steps.flatMap((step) => step.lines);
  expect(lines).toContain("end: built");
  expect(lines).toContain("end: set up by another process");
  expect(lines.filter((line) => line.startsWith("waiting for "))).toHaveLength(1);
});

test("the lock of a killed process is taken over", async () => {
  const lock = layout.lock("hammer");
  mkdirSync(`${lock}.lock`, { recursive: true });
  writeFileSync(`${lock}.owner`, JSON.stringify({ pid: 2 ** 22 + 1, host: "elsewhere" }));
  const waits: string[] = [];
  await withLock(lock, () => Promise.resolve(), {
    staleMs: 2_000, // The least that the library takes.
    pollMs: 50,
    onWait: (owner) => void waits.push(owner),
  });
  expect(waits).toEqual([`process ${2 ** 22 + 1} on elsewhere`]);
});

test("a home for Pulumi has real plugins in real folders, and another when they change", async () => {
  const path = put(join(layout.root, "pulumi-resource-a"), "one", 0o755);
  const plugin = { program: "pulumi-resource-a", version: "1.2.3", path };
  const home = await ensurePulumiHome([plugin], layout);
  expect(existsSync(join(home, "plugins", "resource-a-v1.2.3", "pulumi-resource-a"))).toBe(true);
  await expect(ensurePulumiHome([plugin], layout)).resolves.toBe(home);
  put(path, "another", 0o755);
  await expect(ensurePulumiHome([plugin], layout)).resolves.not.toBe(home);
});
