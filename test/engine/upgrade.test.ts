/**
 * State that an earlier version of this program saved is taken over by today's: nothing of it is
 * replaced or deleted. There is no cluster here; what its API server would add is not seen.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { operate } from "../../cli/session";
import { ensureToolchain } from "../../cli/toolchain";
import { openWorkspace, prepareStack, pulumi, type PulumiContext } from "../../cli/workspace";

jest.setTimeout(120_000);

const fixtures = join(__dirname, "../fixtures");
const saved = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && /^v\d/.test(entry.name))
  .flatMap(({ name: version }) =>
    readdirSync(join(fixtures, version))
      .filter((file) => file.endsWith(".json.gz"))
      .map((file) => ({ version, stack: file.replace(".json.gz", "") })),
  );

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "platform-upgrade-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Step {
  readonly op: string;
  readonly urn: string;
}

describe("an upgrade of state that an earlier version saved", () => {
  it.each(saved)(
    "neither replaces nor deletes anything ($version, $stack)",
    async ({ version, stack }) => {
      const context = await restored(version, stack);
      const prepared = await prepareStack(context, stack);
      const { stdout } = await operate({ context, prepared }, "preview", [
        "--json",
        "--show-sames",
      ]);
      const { steps } = JSON.parse(stdout) as { steps: Step[] };
      expect(steps.length).toBeGreaterThan(100);
      expect(steps.filter(({ op }) => /replace|delete/.test(op))).toEqual([]);
    },
  );
});

async function restored(version: string, stack: string): Promise<PulumiContext> {
  const engine = await ensureToolchain({ only: "engine" });
  const workspace = openWorkspace({ base: folder });
  writeFileSync(workspace.passphrase, readFileSync(join(fixtures, version, "passphrase")), {
    mode: 0o600,
  });
  const tmp = join(folder, "pulumi");
  mkdirSync(tmp);
  const context = { workspace, engine, tmp };
  await prepareStack(context, stack);
  const file = join(folder, "state.json");
  writeFileSync(file, gunzipSync(readFileSync(join(fixtures, version, `${stack}.json.gz`))));
  await pulumi(context, ["stack", "import", "--stack", stack, "--file", file]);
  return context;
}
