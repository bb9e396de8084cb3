/** The folder that the commands keep: its modes, its passphrase, its temporary files and its locks. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { UserError } from "../../cli/errors";
import { ensurePassphrase, placeholderSecret } from "../../cli/workspace/passphrase";
import { pulumiEnvironment } from "../../cli/workspace/pulumi";
import { readSettings } from "../../cli/workspace/settings";
import { listStacks, requireStack } from "../../cli/workspace/stacks";
import { describeResource, removeStaleLocks } from "../../cli/workspace/state";
import { openWorkspace, withTemporaryFolder, type Workspace } from "../../cli/workspace/workspace";

/** Above what the kernel gives out. */
const deadProcess = 4_194_305;

let folder: string;
let workspace: Workspace;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "platform-workspace-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: demo\nruntime: nodejs\n");
  writeFileSync(join(folder, "Pulumi.prod.yaml"), "");
  writeFileSync(join(folder, "Pulumi.dev.yaml"), "");
  workspace = openWorkspace({ repository: folder, base: join(folder, "base") });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("where it is", () => {
  const before = process.env.PLATFORM_DIR;

  afterEach(() => {
    if (before === undefined) delete process.env.PLATFORM_DIR;
    else process.env.PLATFORM_DIR = before;
  });

  it.each([
    ["", ".platform"],
    ["elsewhere", "elsewhere"],
  ])("with PLATFORM_DIR=%s", (value, expected) => {
    process.env.PLATFORM_DIR = value;
    expect(openWorkspace({ repository: folder }).base).toBe(join(folder, expected));
  });
});

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

it("is for its owner alone", () => {
  expect([workspace.base, workspace.state, workspace.tmp].map(mode)).toEqual([0o700, 0o700, 0o700]);
});

describe("the passphrase", () => {
  it("is made once, for its owner alone", () => {
    ensurePassphrase(workspace);
    const first = readFileSync(workspace.passphrase, "utf8");
    ensurePassphrase(workspace);
    expect(readFileSync(workspace.passphrase, "utf8")).toBe(first);
    expect(first.length).toBeGreaterThan(40);
    expect(mode(workspace.passphrase)).toBe(0o600);
  });

  it("is not made anew for a state that needs the old one", () => {
    mkdirSync(join(workspace.state, ".pulumi/stacks/demo"), { recursive: true });
    expect(() => {
      ensurePassphrase(workspace);
    }).toThrow(UserError);
  });
});

it("makes placeholders that do as passwords and go into URLs as they are", () => {
  expect(placeholderSecret()).toMatch(/^Aa0[A-Za-z0-9]{29}$/);
  expect(placeholderSecret()).not.toBe(placeholderSecret());
});

describe("a temporary folder", () => {
  it("is gone after the work, also when that fails", async () => {
    let path = "";
    await expect(
      withTemporaryFolder(workspace, (own) => {
        path = own;
        writeFileSync(join(own, "kubeconfig"), "secret");
        return Promise.reject(new Error("no"));
      }),
    ).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
  });

  it("of a process that was killed goes when the workspace is next opened", () => {
    const left = join(workspace.tmp, `${String(deadProcess)}-abc`);
    const inUse = join(workspace.tmp, `${String(process.pid)}-abc`);
    mkdirSync(left);
    mkdirSync(inUse);
    openWorkspace({ repository: folder, base: workspace.base });
    expect([left, inUse].map((path) => existsSync(path))).toEqual([false, true]);
  });
});

describe("a lock of pulumi", () => {
  it.each([
    ["a process that is no more", { pid: deadProcess, hostname: hostname() }, false],
    ["a process that runs", { pid: process.pid, hostname: hostname() }, true],
    ["a process on another machine", { pid: deadProcess, hostname: "elsewhere" }, true],
  ])("of %s", (_, owner, stays) => {
    const locks = join(workspace.state, ".pulumi/locks/organization/demo/dev");
    mkdirSync(locks, { recursive: true });
    const lock = join(locks, "1.json");
    writeFileSync(lock, JSON.stringify(owner));
    removeStaleLocks(workspace, "dev");
    expect(existsSync(lock)).toBe(stays);
  });
});

describe("a stack", () => {
  it("is one that has a file", () => {
    expect(listStacks(workspace)).toEqual(["dev", "prod"]);
    expect(requireStack(workspace, "prod")).toBe("prod");
  });

  it("that has none is refused, with those that do", () => {
    let hint: string | undefined;
    try {
      requireStack(workspace, "prd");
    } catch (error) {
      hint = (error as UserError).hint;
    }
    expect(hint).toContain("there are dev, prod");
  });
});

describe("the settings of a stack", () => {
  const say = (text: string) => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), text);
  };

  it("may be said once and used again", () => {
    say(
      [
        "config:",
        "  platform:environment: dev",
        "  demo:name: &name team-dev",
        "  platform:cluster: { context: *name }",
        "  platform:faultmaven: { enabled: false }",
        "  platform:philotes: { enabled: false }",
        "  platform:telemetry: { enabled: false }",
      ].join("\n"),
    );
    expect(readSettings(workspace, "dev").cluster.context).toBe("team-dev");
  });

  it.each([["config: {"], ["config:\n  platform:environment: *nowhere\n"]])(
    "are refused in words where they are no YAML: %j",
    (text) => {
      say(text);
      expect(() => readSettings(workspace, "dev")).toThrow(/not valid YAML/);
      expect(() => readSettings(workspace, "dev")).toThrow(UserError);
    },
  );
});

describe("the environment of pulumi", () => {
  const engine = { pulumi: "/tools/pulumi", pulumiHome: "/home" };
  const user = {
    PATH: "/usr/bin",
    HTTPS_PROXY: "http://proxy",
    KUBECONFIG: "/mine",
    PULUMI_ACCESS_TOKEN: "t",
    PULUMI_STACK: "x",
    PULUMI_CONFIG_PASSPHRASE: "p",
    TS_NODE_PROJECT: "other.json",
  };

  it("has nothing of the user's that leads elsewhere, or reads the program in another way", () => {
    const env = pulumiEnvironment(user, { workspace, engine, tmp: "/tmp/1", kubeconfig: "/ours" });
    expect(env).toMatchObject({ PATH: "/tools:/usr/bin", HTTPS_PROXY: "http://proxy" });
    expect(env).toMatchObject({ KUBECONFIG: "/ours", TMPDIR: "/tmp/1", PULUMI_HOME: "/home" });
    const theirs = [
      ...["PULUMI_ACCESS_TOKEN", "PULUMI_STACK", "PULUMI_CONFIG_PASSPHRASE"],
      "TS_NODE_PROJECT",
    ];
    expect(Object.keys(env).filter((name) => theirs.includes(name))).toEqual([]);
  });

  it("names a kubeconfig that is not there where there is no cluster", () => {
    const env = pulumiEnvironment(user, { workspace, engine, tmp: workspace.tmp });
    expect(existsSync(env.KUBECONFIG ?? "")).toBe(false);
  });
});

it("names a resource by its object, and never by an id that may be a password", () => {
  const urn = "urn:pulumi:dev::platform::x$y::data";
  const claim = { urn, type: "kubernetes:core/v1:PersistentVolumeClaim", id: "demo/data" };
  expect(describeResource(claim)).toBe("kubernetes:core/v1:PersistentVolumeClaim demo/data");
  const password = { urn, type: "random:index/randomPassword:RandomPassword", id: "hunter2" };
  expect(describeResource(password)).toBe("random:index/randomPassword:RandomPassword data");
});
