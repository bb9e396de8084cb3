/**
 * Proves with the real pulumi and its file backend whose lock is released. Backends in a cloud keep the
 * same files; they are not asked here.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { type Holder, holdersOf, type RunPulumi } from "../../cli/ci/lock";
import { ownOwner } from "../../cli/ci/run-host";
import { unlock } from "../../cli/ci/unlock";
import { runChild } from "../../cli/process";
import { ensureToolchain } from "../../cli/toolchain";

// The first use builds pulumi.
jest.setTimeout(900_000);

const at = (time: string): Date => new Date(`2026-11-21T${time}Z`);
const holder: Holder = {
  user: "runner",
  host: "platform-5-1-prod",
  pid: 4242,
  since: at("10:00:00"),
};

let folder: string;
let program: string;
let env: NodeJS.ProcessEnv;
let pulumi: RunPulumi;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "unlock-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: platform\nruntime: nodejs\n");
  mkdirSync(join(folder, "state"));
  const engine = await ensureToolchain({ only: "engine" });
  program = engine.pulumi;
  env = {
    PATH: `${dirname(program)}:${process.env.PATH ?? ""}`,
    HOME: folder,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "only for tests",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  pulumi = (args) => runChild(program, ["--non-interactive", ...args], { cwd: folder, env });
  const { code, stderr } = await pulumi(["stack", "init", "prod"]);
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const locks = (): string => join(folder, "state/.pulumi/locks/organization/platform/prod");

/** Leaves a lock as a pulumi that died does. */
function leave(name: string, { user, host, pid, since }: Holder): void {
  mkdirSync(locks(), { recursive: true });
  const content = { pid, username: user, hostname: host, timestamp: since.toISOString() };
  writeFileSync(join(locks(), `${name}.json`), JSON.stringify(content));
}

afterEach(() => {
  rmSync(locks(), { recursive: true, force: true });
});

describe("who holds a lock", () => {
  it("is nobody where there is none, and asking changes nothing", async () => {
    expect(await holdersOf(pulumi, "prod")).toEqual([]);
    expect(await holdersOf(pulumi, "prod")).toEqual([]);
  });

  it("is nobody where there is no stack yet", async () => {
    expect(await holdersOf(pulumi, "staging")).toEqual([]);
  });

  it("is everybody whom pulumi names", async () => {
    leave("one", holder);
    leave("two", { ...holder, user: "anna", host: "laptop.local", pid: 7 });
    const holders = await holdersOf(pulumi, "prod");
    expect(holders).toHaveLength(2);
    expect(holders).toEqual(
      expect.arrayContaining([holder, { ...holder, user: "anna", host: "laptop.local", pid: 7 }]),
    );
    expect(readdirSync(locks())).toHaveLength(2);
  });
});

describe("a lock is released", () => {
  const over = { page: "a run", since: at("09:59:30"), until: at("10:30:00") };

  it("where a run that is over had taken it", async () => {
    leave("one", holder);
    expect(await unlock("prod", pulumi, async () => over)).toBe("released");
    expect(await holdersOf(pulumi, "prod")).toEqual([]);
    expect(await unlock("prod", pulumi, async () => over)).toBe("no lock");
  });

  it("not where one of two is somebody's", async () => {
    leave("one", holder);
    leave("two", { ...holder, user: "anna" });
    const ownerOf = async ({ user }: Holder) => (user === "runner" ? over : undefined);
    await expect(unlock("prod", pulumi, ownerOf)).rejects.toThrow(
      /locked by anna@platform-5-1-prod \(pid 4242\) since 2026-11-21T10:00:00.000Z, and that is no job/,
    );
    expect(readdirSync(locks())).toHaveLength(2);
  });

  it("not by asking Pulumi's service, which takes locks back itself", async () => {
    const service: RunPulumi = async () => ({
      ...{ code: 0, stdout: '{"url":"https://app.pulumi.com/acme"}', stderr: "" },
    });
    expect(await unlock("prod", service, async () => undefined)).toMatch("by itself");
  });

  it("where this very job was cut short, and its process is no more", async () => {
    await cutShort();
    const ownerOf = async (one: Holder) => ownOwner(hostname(), "this job", one);
    expect(await holdersOf(pulumi, "prod")).toHaveLength(1);
    expect(await unlock("prod", pulumi, ownerOf)).toBe("released");
    expect(await holdersOf(pulumi, "prod")).toEqual([]);
  });
});

/** Starts an update whose program never ends, and kills it once it has the lock. */
async function cutShort(): Promise<void> {
  symlinkSync(join(__dirname, "../../node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "index.js"), "setInterval(() => undefined, 1000);\n");
  const args = ["--non-interactive", "up", "--yes", "--skip-preview", "--stack", "prod"];
  // A group of its own, so that the program's own process goes with it.
  const child = spawn(program, args, { cwd: folder, env, stdio: "ignore", detached: true });
  const ended = once(child, "exit");
  while (!existsSync(locks()) || readdirSync(locks()).length === 0) {
    if (child.exitCode !== null) throw new Error("The update ended before it had the lock.");
    await sleep(20);
  }
  process.kill(-(child.pid ?? 0), "SIGKILL");
  await ended;
}
