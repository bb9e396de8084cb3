/**
 * Proves with actionlint that GitHub would read the workflows: their expressions, contexts, events and
 * inputs. Does not prove that they do what they are meant to: nothing here runs them.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ensureItems } from "../../cli/toolchain";
import { actionlint } from "../../cli/toolchain/data-tools";
import { run, type RunResult } from "../../cli/toolchain/process";

// The first use builds actionlint.
jest.setTimeout(300_000);

const folder = join(__dirname, "../../.github/workflows");

async function lint(files: readonly string[]): Promise<RunResult> {
  const program = (await ensureItems([actionlint])).get(actionlint)?.get("actionlint");
  if (program === undefined) throw new Error("actionlint was not set up");
  // Without programs that one machine has and another has not.
  const args = ["-no-color", "-shellcheck=", "-pyflakes=", ...files];
  return run(program, args, { timeoutMs: 60_000, env: process.env });
}

it("actionlint finds nothing amiss in any workflow", async () => {
  const files = readdirSync(folder).map((name) => join(folder, name));
  expect(files.length).toBeGreaterThan(0);
  const { code, stdout, stderr } = await lint(files);
  expect({ code, found: stdout + stderr }).toEqual({ code: 0, found: "" });
});

it("actionlint would find a text of a stranger in a script", async () => {
  const repository = mkdtempSync(join(tmpdir(), "workflow-"));
  try {
    const workflows = join(repository, ".github/workflows");
    mkdirSync(workflows, { recursive: true });
    const file = join(workflows, "bad.yml");
    writeFileSync(
      file,
      "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n" +
        "      - run: echo ${{ github.event.pull_request.title }}\n",
    );
    const { code, stdout } = await lint([file]);
    expect(code).toBe(1);
    expect(stdout).toContain("potentially untrusted");
  } finally {
    rmSync(repository, { recursive: true });
  }
});
