/** Which arguments go on to pulumi, and how progress and interrupts are handled. */
import { setTimeout as sleep } from "node:timers/promises";

import { leftovers } from "../../cli/commands/down";
import { isWhole, pulumiArguments } from "../../cli/commands/pulumi-arguments";
import { UserError } from "../../cli/errors";
import { Interrupted, runChild } from "../../cli/process";
import { during, seconds, showSteps } from "../../cli/progress";
import { countTests, layerNamed } from "../../cli/testing";

describe("arguments for pulumi", () => {
  it("go on as they are", () => {
    expect(pulumiArguments(["--diff", "--target", "urn"])).toEqual(["--diff", "--target", "urn"]);
  });

  it.each([
    ["--config-file", "x"],
    ["--config-file=x"],
    ["-C", "/x"],
    ["-C/x"],
    ["-yC/x"],
    ["--cwd=/x"],
    ["--stack", "prod"],
    ["--stack=prod"],
    ["-s", "prod"],
    ["-sprod"],
    ["-s=prod"],
    ["-fdsprod"],
    ["-c", "platform:size=1"],
    ["-cplatform:size=1"],
    ["--config=platform:size=1"],
    ["--config-path"],
  ])("are refused where they would lead pulumi elsewhere: %s", (...args) => {
    expect(() => pulumiArguments(["--diff", ...args])).toThrow(/works on its own state/);
  });

  it.each([
    ["--policy-pack", "/x"],
    ["--policy-pack=/x"],
    ["--policy-pack-config", "off.json"],
    ["--policy-pack-config=off.json"],
  ])("are refused where they would loosen the rules: %s", (...args) => {
    expect(() => pulumiArguments(args)).toThrow(/keeps the rules of policy\//);
  });

  it.each([
    ["-mscale"],
    ["-tsC"],
    ["-p4"],
    ["-rfd"],
    ["-r=false"],
    ["--show-config"],
    ["--message=-s"],
  ])("go on where only their value has such a letter: %s", (...args) => {
    expect(pulumiArguments(args)).toEqual(args);
  });

  it("are refused without their value, which may be a secret", () => {
    expect(() => pulumiArguments(["--config=key=hunter2"])).toThrow(/^--config cannot/);
    expect(() => pulumiArguments(["-ckey=hunter2"])).toThrow(/^-c cannot/);
    expect(() => pulumiArguments(["-yckey=hunter2"])).toThrow(/^-c cannot/);
  });
});

it.each([
  [["--diff", "--refresh"], true],
  [["--target", "urn"], false],
  [["--target-dependents", "-t=urn"], false],
  [["--exclude=urn"], false],
  [["--preview-only"], false],
])("knows whether %j leaves a part of the stack alone", (args, whole) => {
  expect(isWhole(args)).toBe(whole);
});

it("names what is left of a stack, protected or not, and not what is no more than a name", () => {
  const urn = (name: string) => `urn:pulumi:dev::platform::x::${name}`;
  const left = leftovers([
    { urn: urn("platform-dev"), type: "pulumi:pulumi:Stack" },
    { urn: urn("cluster"), type: "pulumi:providers:kubernetes" },
    { urn: urn("thunderline"), type: "platform:systems:Thunderline" },
    { urn: urn("web"), type: "kubernetes:core/v1:Service", id: "demo/web" },
    { urn: urn("key"), type: "random:index/randomPassword:RandomPassword", protect: true },
  ]);
  expect(left).toEqual([
    "kubernetes:core/v1:Service demo/web",
    "random:index/randomPassword:RandomPassword key, which is protected",
  ]);
});

describe("a layer of tests", () => {
  it("is all of them unless one is named", () => {
    expect([layerNamed(undefined), layerNamed("unit")]).toEqual([undefined, "unit"]);
  });

  it.each(["-t", "naming", "toString"])("is refused when there is none of the name: %s", (name) => {
    expect(() => layerNamed(name)).toThrow(UserError);
  });

  it.each([
    [0, { passed: 0, failed: 0 }],
    [1, { passed: 0, failed: 1 }],
  ])("without a report counts by its exit code %d", (code, expected) => {
    expect(countTests("/nowhere/report.json", code)).toEqual(expected);
  });
});

describe("a child", () => {
  const options = { cwd: process.cwd(), env: process.env };

  it("gets its input and gives its output", async () => {
    const result = await runChild("cat", [], { ...options, input: "hello" });
    expect(result).toMatchObject({ code: 0, stdout: "hello" });
  });

  it("tells its exit code", async () => {
    const { code } = await runChild("sh", ["-c", "exit 7"], options);
    expect(code).toBe(7);
  });

  it("is asked to end when we are, and has the time to do so", async () => {
    const script =
      "trap 'sleep 0.2; echo tidy; exit 0' INT; echo ready; while :; do sleep 0.05; done";
    const running = runChild("sh", ["-c", script], options);
    await sleep(300);
    const started = Date.now();
    process.emit("SIGTERM", "SIGTERM");
    await expect(running).rejects.toBeInstanceOf(Interrupted);
    expect(Date.now() - started).toBeGreaterThan(150);
  });
});

describe("progress", () => {
  it("says how each step ended and how long it took", async () => {
    const written: string[] = [];
    let now = 0;
    const progress = showSteps({ write: (text: string) => written.push(text) }, () => now);
    await during(progress, "Making tea", () => {
      now = 3_400;
      return Promise.resolve();
    });
    await expect(
      during(progress, "Milk", () => Promise.reject(new Error("none"))),
    ).rejects.toThrow();
    expect(written).toEqual(["Making tea: done in 3.4 s\n", "Milk: failed in 0.0 s\n"]);
  });

  it("counts in tenths as long as they matter", () => {
    expect([seconds(340), seconds(9_940), seconds(86_000)]).toEqual([
      "0.3 s",
      "9.9 s",
      "1 min 26 s",
    ]);
  });
});
