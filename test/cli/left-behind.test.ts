/** What a command that was cut off leaves behind: its lock, half a state, and creations that nobody has seen the end of. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../../cli/errors";
import { withLock } from "../../cli/toolchain/lock";
import {
  pendingCreations,
  removeHalfWritten,
  removeStaleLocks,
  stateResources,
} from "../../cli/workspace";
import { openWorkspace, type Workspace } from "../../cli/workspace/workspace";

/** Above what the kernel gives out. */
const deadProcess = 4_194_305;

let folder: string;
let workspace: Workspace;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "platform-left-behind-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: demo\nruntime: nodejs\n");
  workspace = openWorkspace({ repository: folder, base: join(folder, "base") });
  file = join(workspace.state, ".pulumi/stacks/demo/dev.json");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

describe("what pulumi was writing beside the state", () => {
  const described = JSON.stringify({ "user.content_type": "text/plain" });

  it.each([
    ["an empty description of the state is removed", "dev.json.attrs", "", false],
    [
      "a description that was cut short is removed",
      "dev.json.bak.attrs",
      described.slice(0, 9),
      false,
    ],
    [
      "a state that was never put in place is removed",
      "dev.json.18ecf30410324fe3.tmp",
      "{}",
      false,
    ],
    ["a whole description stays", "dev.json.attrs", described, true],
    ["the copy of the state stays", "dev.json.bak", "", true],
    ["another stack's stays", "dev-2.json.attrs", "", true],
  ])("%s", (_, name, text, stays) => {
    put(file, "{}");
    const path = join(dirname(file), name);
    put(path, text);
    removeHalfWritten(workspace, "dev");
    expect(existsSync(path)).toBe(stays);
    expect(existsSync(file)).toBe(true);
  });

  it("is nothing where there is no state yet", () => {
    expect(() => {
      removeHalfWritten(workspace, "dev");
    }).not.toThrow();
  });
});

describe("the lock of a command", () => {
  const lockOf = (pid: number, host = hostname()): string => {
    const path = join(folder, "locks", "stack-dev");
    mkdirSync(`${path}.lock`, { recursive: true });
    writeFileSync(`${path}.owner`, JSON.stringify({ pid, host }));
    return path;
  };

  it("that died is taken over at once, not when it is stale for all", async () => {
    const path = lockOf(deadProcess);
    const started = Date.now();
    const waits: string[] = [];
    await withLock(path, async () => undefined, { onWait: (owner) => void waits.push(owner) });
    expect(waits).toEqual([
      `the lock of process ${String(deadProcess)}, which has died, to expire`,
    ]);
    expect(Date.now() - started).toBeLessThan(8_000);
  }, 20_000);

  it.each([
    ["that is at work", process.pid, hostname()],
    ["of another machine", deadProcess, "elsewhere"],
  ])("%s is left alone", async (_, pid, host) => {
    const path = lockOf(pid, host);
    let taken = false;
    const waiting = withLock(path, async () => void (taken = true), { pollMs: 50 });
    await sleep(3_000);
    expect(taken).toBe(false);
    rmSync(`${path}.lock`, { recursive: true });
    await waiting;
    expect(taken).toBe(true);
  });
});

it("tells whose lock of pulumi is left", () => {
  const lock = join(workspace.state, ".pulumi/locks/organization/demo/dev/1.json");
  const since = "2026-11-21T10:00:00Z";
  const theirs = { pid: 7, username: "anna", hostname: "elsewhere", timestamp: since };
  put(lock, JSON.stringify(theirs));
  expect(removeStaleLocks(workspace, "dev")).toEqual([
    { pid: 7, user: "anna", host: "elsewhere", since, file: lock },
  ]);
});

it("removes a lock of pulumi that was cut short", () => {
  const lock = join(workspace.state, ".pulumi/locks/organization/demo/dev/1.json");
  put(lock, '{"pid": 7, "user');
  expect(removeStaleLocks(workspace, "dev")).toEqual([]);
  expect(existsSync(lock)).toBe(false);
});

describe("a state", () => {
  const resource = { urn: "urn:pulumi:dev::demo::kubernetes:core/v1:Secret::a", type: "secret" };
  const state = (time: string, latest: object = {}): string =>
    JSON.stringify({
      checkpoint: { latest: { manifest: { time }, resources: [resource], ...latest } },
    });
  const backup = (name: string): string =>
    join(workspace.state, ".pulumi/backups/demo/dev", `dev.${name}.json`);

  const refusal = (): UserError => {
    try {
      stateResources(workspace, "dev");
    } catch (error) {
      if (error instanceof UserError) return error;
    }
    throw new Error("The state was not refused in words.");
  };

  it("that there never was has no resources", () => {
    expect(stateResources(workspace, "dev")).toEqual([]);
  });

  it.each([
    ["cut to nothing", ""],
    ["cut in the middle", state("2026-11-21T10:02:00Z").slice(0, 40)],
    ["without its last byte", state("2026-11-21T10:02:00Z").slice(0, -1)],
    ["that is something else", "\0\0garbage"],
    ["that is other JSON", "{}"],
    ["that is JSON and no object", "null"],
  ])("%s is refused, with the newest whole copy and what to type", (_, text) => {
    put(file, text);
    put(`${file}.bak`, state("2026-11-21T10:01:00Z"));
    put(backup("1"), state("2026-11-21T10:00:00Z"));
    put(backup("2"), "{");
    const { message, hint } = refusal();
    expect(message).toContain(`${file} is not the JSON that Pulumi wrote`);
    expect(message).toContain("Nothing was changed");
    expect(hint).toContain("of 2026-11-21T10:01:00Z, with 1 resources");
    expect(hint).toContain(`  cp ${file}.bak ${file}\n`);
    expect(hint).toContain("  npm run up -- --stack dev --refresh\n");
  });

  it("is taken from the last update where that copy is newer", () => {
    put(file, "");
    put(`${file}.bak`, state("2026-11-21T10:01:00Z"));
    put(backup("1"), state("2026-11-21T10:03:00.123456789Z"));
    put(backup("2"), state("2026-11-21T10:00:00Z"));
    expect(refusal().hint).toContain(`  cp ${backup("1")} ${file}\n`);
  });

  it("that is gone is refused while there are copies: other passwords would be made", () => {
    put(`${file}.bak`, state("2026-11-21T10:01:00Z"));
    expect(refusal().message).toContain(`${file} is missing`);
    expect(refusal().hint).toContain(`  cp ${file}.bak ${file}\n`);
  });

  it("without a copy is refused with the one way that is left", () => {
    put(file, "");
    expect(refusal().hint).toContain(`remove ${workspace.base}`);
  });

  it("knows what an update was making when it was cut off", () => {
    const inputs = { metadata: { name: "a", namespace: "b" } };
    put(
      file,
      state("2026-11-21T10:01:00Z", {
        pending_operations: [
          { type: "creating", resource: { ...resource, inputs } },
          { type: "updating", resource },
        ],
      }),
    );
    expect(pendingCreations(workspace, "dev")).toEqual([{ ...resource, inputs }]);
  });
});
