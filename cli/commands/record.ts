import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { Command } from "commander";

import { deleteCluster } from "../cluster";
import { showSteps } from "../progress";
import { operate, withSession } from "../session";
import { ensureToolchain } from "../toolchain";
import { listStacks, openWorkspace, pulumi, withTemporaryFolder } from "../workspace";

/** Opens the states under test/fixtures, which belong to stacks that are no more. */
const passphrase = "the state of a throw-away stack";

/** `record`: the state of every stack as this version makes it, for the upgrade tests to come. */
export function addRecord(program: Command): void {
  program
    .command("record")
    .summary("keep this version's state for upgrade tests")
    .description(
      "Brings every stack up on an embedded cluster of its own, saves its state below\n" +
        "test/fixtures/VERSION and removes the cluster again. Once for each tagged version.",
    )
    .argument("<version>", "the tag of this version")
    .addHelpText("after", "\nExample:\n  npm run record -- v0.2.0")
    .action(record);
}

async function record(version: string): Promise<void> {
  const committed = openWorkspace();
  const folder = join(committed.repository, "test", "fixtures", version);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "passphrase"), passphrase);
  for (const stack of listStacks(committed)) {
    const state = await withTemporaryFolder(committed, (base) => stateAfterUp(base, stack));
    writeFileSync(join(folder, `${stack}.json.gz`), gzipSync(state, { level: 9 }));
  }
}

async function stateAfterUp(base: string, stack: string): Promise<string> {
  const workspace = openWorkspace({ base });
  writeFileSync(workspace.passphrase, passphrase, { mode: 0o600 });
  try {
    return await withSession({ workspace, stack, progress: showSteps() }, async (session) => {
      await operate(session, "up", ["--yes", "--skip-preview"]);
      const { stdout } = await pulumi(session.context, ["stack", "export", "--stack", stack]);
      return JSON.stringify(JSON.parse(stdout));
    });
  } finally {
    await deleteCluster(workspace, await ensureToolchain(), stack);
  }
}
