// Programs that are run, files that are taken, and how progress reads.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../../cli/errors";
import { requireGo } from "../../../cli/toolchain/go";
import { copyManifests } from "../../../cli/toolchain/module-files";
import { run } from "../../../cli/toolchain/process";
import { createProgress, duration } from "../../../cli/toolchain/progress";
import { put, recordingStream, temporaryFolder } from "./support";

describe("run", () => {
  test("gives the output, each line of standard error, and the log", async () => {
    const log = join(temporaryFolder(), "log");
    const lines: string[] = [];
    const script = "echo out; echo one >&2; echo two >&2; exit 3";
    const result = await run("sh", ["-c", script], { log, onLine: (line) => lines.push(line) });
    expect(result).toMatchObject({ code: 3, stdout: "out\n", absent: false });
    expect(lines).toEqual(["one", "two"]);
    expect(readFileSync(log, "utf8").split("\n").sort()).toEqual(["", "one", "out", "two"]);
  });

  test("tells a program that is not there from one that fails", async () => {
    await expect(run("no-such-program-here", [])).resolves.toMatchObject({ absent: true });
    await expect(run("sh", ["-c", "exit 1"])).resolves.toMatchObject({ absent: false, code: 1 });
  });

  test("stops a program that takes too long, with what it started", async () => {
    const started = Date.now();
    const result = await run("sh", ["-c", "sleep 30 & wait"], { timeoutMs: 100 });
    expect(result.code).not.toBe(0);
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe("Go", () => {
  function goThat(script: string): { folder: string; env: NodeJS.ProcessEnv } {
    const folder = temporaryFolder();
    put(join(folder, "go.mod"), "module x\n\ngo 1.26.8\n");
    if (script !== "") put(join(folder, "go"), `#!/bin/sh\n${script}\n`, 0o755);
    return { folder, env: { PATH: folder } };
  }

  async function fault(script: string): Promise<UserError> {
    const { folder, env } = goThat(script);
    return requireGo(folder, "hammer", env).then(
      () => Promise.reject(new Error("Go was accepted")),
      (error: unknown) => error as UserError,
    );
  }

  test("that is absent is named with the mend", async () => {
    const error = await fault("");
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe("Go is not installed, and hammer must be made with it");
    expect(error.hint).toContain("install Go 1.26.8 or newer");
  });

  test("that is too old is named with both versions", async () => {
    const error = await fault('[ "$PWD" = / ] && echo go1.22.3 && exit 0; exit 1');
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe("Go 1.22.3 is too old: hammer needs Go 1.26.8");
  });

  test("that fails otherwise is quoted", async () => {
    const error = await fault("echo go1.26.8; echo 'no home' >&2; exit 1");
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe("the go command fails for hammer: no home");
  });

  test("that will do is accepted", async () => {
    const { folder, env } = goThat("echo go1.26.8");
    await expect(requireGo(folder, "hammer", env)).resolves.toBeUndefined();
  });
});

test("only manifests of the wanted kind are taken", () => {
  const [from, to] = [temporaryFolder(), temporaryFolder()];
  put(join(from, "a.yaml"), "---\nkind: Stage\n", 0o444);
  put(join(from, "kustomization.yaml"), "kind: Kustomization\nresources: [a.yaml]\n");
  put(join(from, "readme.md"), "kind: Stage\n");
  copyManifests(from, to, "Stage");
  expect(readdirSync(to)).toEqual(["a.yaml"]);
  expect(() => {
    copyManifests(from, to, "Stage");
  }).toThrow("EEXIST");
});

describe("progress", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test("in a log is a line at the start, a heartbeat, and a line at the end", () => {
    const stream = recordingStream(false);
    const step = createProgress(2, stream).step("hammer 1.2.3", 1.5);
    step.update("compiling, 3 of at most 9 packages");
    jest.advanceTimersByTime(31_000);
    step.end("built");
    jest.advanceTimersByTime(60_000);
    expect(stream.text()).toBe(
      [
        "[1/2] hammer 1.2.3: started, usually 1 min 30 s",
        "[1/2] hammer 1.2.3: compiling, 3 of at most 9 packages, 30 s, usually 1 min 30 s",
        "[1/2] hammer 1.2.3: built in 31 s",
        "",
      ].join("\n"),
    );
  });

  test("on a terminal is one line that changes and is not wider", () => {
    const stream = recordingStream(true);
    const step = createProgress(1, stream).step("hammer 1.2.3");
    step.update("x".repeat(200));
    jest.advanceTimersByTime(600);
    step.end("built");
    const [first, second, last] = stream.text().split("\r\x1b[K").slice(1);
    expect(first).toHaveLength(59);
    expect(second).toHaveLength(59);
    expect(last).toBe("[1/1] hammer 1.2.3: built in 1 s\n");
  });

  test.each([
    [400, "0 s"],
    [59_400, "59 s"],
    [86_000, "1 min 26 s"],
    [3_600_000, "60 min 0 s"],
  ])("%d ms reads %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
