/** State that an earlier version of this program saved, taken over by today's. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { operate } from "../../cli/session";
import type { Engine } from "../../cli/toolchain";
import { openWorkspace, prepareStack, pulumi } from "../../cli/workspace";

const fixtures = join(__dirname, "../fixtures");

/** The state of a stack as a version saved it. */
export interface SavedState {
  readonly version: string;
  readonly stack: string;
}

/** All that `npm run record` has kept. */
export const savedStates: readonly SavedState[] = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && /^v\d/.test(entry.name))
  .flatMap(({ name: version }) =>
    readdirSync(join(fixtures, version))
      .filter((file) => file.endsWith(".json.gz"))
      .map((file) => ({ version, stack: file.replace(".json.gz", "") })),
  );

interface Step {
  readonly op: string;
  readonly urn: string;
}

/** What an update of this state would do, step by step, unchanged resources included. */
export async function previewOf(
  { version, stack }: SavedState,
  engine: Engine,
  folder: string,
): Promise<readonly Step[]> {
  const workspace = openWorkspace({ base: folder });
  writeFileSync(workspace.passphrase, readFileSync(join(fixtures, version, "passphrase")), {
    mode: 0o600,
  });
  const tmp = join(folder, "pulumi");
  mkdirSync(tmp);
  const context = { workspace, engine, tmp };
  const prepared = await prepareStack(context, stack);
  const file = join(folder, "state.json");
  writeFileSync(file, gunzipSync(readFileSync(join(fixtures, version, `${stack}.json.gz`))));
  await pulumi(context, ["stack", "import", "--stack", stack, "--file", file]);
  const { stdout } = await operate({ context, prepared }, "preview", ["--json", "--show-sames"]);
  return (JSON.parse(stdout) as { steps: Step[] }).steps;
}
